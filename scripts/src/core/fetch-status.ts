import { Failure } from '../model/failure.ts';
import type { TaskStatus } from '../providers/provider.ts';
import type { RateLimiter } from '../stores/file/rate-limiter.ts';
import type { Session } from './session.ts';

/**
 * One look at a task's state. An answer that may be either the failed task or an error is settled by the task's record.
 * @param until when the wait is over, on the monotonic clock
 * @throws Failure when the look itself failed; the task is then as it was
 */
export async function pollOnce(
  { api, provider }: Session,
  taskId: string,
  until: number,
): Promise<TaskStatus> {
  const sighting = await api.once(provider.status(taskId), { until });
  return resolveDoubt(sighting, () => api.once(provider.task(taskId), { until }));
}

/** The same, repeated until `deadline` as the policy for reads allows. */
export async function fetchStatus(
  { api, provider }: Session,
  taskId: string,
  deadline: number,
  until = Infinity,
): Promise<TaskStatus> {
  const sighting = await api.read(provider.status(taskId), deadline, { until });
  return resolveDoubt(sighting, () => api.read(provider.task(taskId), deadline, { until }));
}

// A turn lasts about as long.
const TURN_PAUSE_MS = 1_000;

/**
 * The same as `pollOnce`, among the processes of this machine that share the service's limit: what another one saw a
 * moment ago counts, and otherwise a turn is waited for.
 * @param deadline on the monotonic clock
 * @returns null when the time was over before the next turn, and the last look was a moment ago; `crowded` when it was not
 */
export async function pollWithPermit(
  session: Session,
  pace: RateLimiter,
  taskId: string,
  deadline: number,
): Promise<TaskStatus | null | 'crowded'> {
  const { clock, signal } = session.api;
  for (;;) {
    const state = await pace.statusFromOthers(taskId);
    if (state) return { state, record: {} };
    if (await pace.acquire()) break;
    const left = deadline - clock.monotonic();
    if (left <= 0) {
      return pace.polledLately(taskId) ? null : 'crowded';
    }
    await clock.sleep(Math.min(left, TURN_PAUSE_MS * (0.5 + clock.random())), signal);
  }
  pace.recordPoll(taskId);
  try {
    const sighting = await pollOnce(session, taskId, deadline);
    await pace.share(taskId, sighting.state);
    return sighting;
  } catch (error) {
    // A limit is everybody's; a server that is down may be up again for the next one.
    const rest = error instanceof Failure && error.code === 'RATE_LIMITED' && error.details.retryAfter;
    if (rest) await pace.pauseFor(rest * 1000);
    throw error;
  }
}

async function resolveDoubt(sighting: TaskStatus, fetchTask: () => Promise<TaskStatus>): Promise<TaskStatus> {
  // Where the record is not to be had either, its failure tells more, and whether to look again.
  return sighting.possibleError ? fetchTask() : sighting;
}
