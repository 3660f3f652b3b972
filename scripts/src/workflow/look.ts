import type { Pace } from '../journal/pace.ts';
import type { Sighting } from '../providers/provider.ts';
import { Failure } from '../types/failure.ts';
import type { Session } from './session.ts';

/**
 * One look at a task's state. An answer that may be either the failed task or an error is settled by the task's record.
 * @param until when the wait is over, on the monotonic clock
 * @throws Failure when the look itself failed; the task is then as it was
 */
export async function lookOnce({ api, provider }: Session, taskId: string, until: number): Promise<Sighting> {
  const sighting = await api.once(provider.status(taskId), { until });
  return settleDoubt(sighting, () => api.once(provider.task(taskId), { until }));
}

/** The same, repeated until `deadline` as the policy for reads allows. */
export async function look(
  { api, provider }: Session,
  taskId: string,
  deadline: number,
  until = Infinity,
): Promise<Sighting> {
  const sighting = await api.read(provider.status(taskId), deadline, { until });
  return settleDoubt(sighting, () => api.read(provider.task(taskId), deadline, { until }));
}

// A turn lasts about as long.
const TURN_PAUSE_MS = 1_000;

/**
 * The same as `lookOnce`, among the processes of this machine that share the service's limit: what another one saw a
 * moment ago counts, and otherwise a turn is waited for.
 * @param deadline on the monotonic clock
 * @returns null when the time was over before the next turn, and the last look was a moment ago; `crowded` when it was not
 */
export async function lookInTurn(
  session: Session,
  pace: Pace,
  taskId: string,
  deadline: number,
): Promise<Sighting | null | 'crowded'> {
  const { clock, signal } = session.api;
  for (;;) {
    const state = await pace.seenByOthers(taskId);
    if (state) return { state, record: {} };
    if (await pace.takeTurn()) break;
    const left = deadline - clock.monotonic();
    if (left <= 0) {
      return pace.lookedLately(taskId) ? null : 'crowded';
    }
    await clock.sleep(Math.min(left, TURN_PAUSE_MS * (0.5 + clock.random())), signal);
  }
  pace.looks(taskId);
  try {
    const sighting = await lookOnce(session, taskId, deadline);
    await pace.saw(taskId, sighting.state);
    return sighting;
  } catch (error) {
    // A limit is everybody's; a server that is down may be up again for the next one.
    const rest = error instanceof Failure && error.code === 'RATE_LIMITED' && error.details.retryAfter;
    if (rest) await pace.restFor(rest * 1000);
    throw error;
  }
}

async function settleDoubt(sighting: Sighting, fetchTask: () => Promise<Sighting>): Promise<Sighting> {
  // Where the record is not to be had either, its failure tells more, and whether to look again.
  return sighting.doubt ? fetchTask() : sighting;
}
