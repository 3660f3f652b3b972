import { Failure } from '../model/failure.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { TaskStatus } from '../providers/provider.ts';
import type { Session } from './session.ts';

/**
 * Returns the state of a task, by one status query. Where the answer may be either a failed task or an error, the task's
 * record decides.
 * @param until when the wait is over, on the monotonic clock
 * @throws Failure when the query itself failed; that says nothing about the task
 */
export async function pollOnce(
  { api, provider }: Session,
  taskId: string,
  until: number,
): Promise<TaskStatus> {
  const status = await api.once(provider.status(taskId), { until });
  return withCheckedError(status, () => api.once(provider.task(taskId), { until }));
}

/** Returns the state of a task; the query is retried until `deadline`, as the policy for reads allows. */
export async function fetchStatus(
  { api, provider }: Session,
  taskId: string,
  deadline: number,
  until = Infinity,
): Promise<TaskStatus> {
  const status = await api.read(provider.status(taskId), deadline, { until });
  return withCheckedError(status, () => api.read(provider.task(taskId), deadline, { until }));
}

// About the time after which the rate limiter grants the next permit.
const PERMIT_PAUSE_MS = 1_000;

/**
 * Returns the state of a task, by one status query that the rate limiter permits. All processes of this machine share
 * that limit: a state that another process read a moment ago saves the query.
 * @param deadline on the monotonic clock
 * @returns null when the time was over before the next permit, and the last query was a moment ago; `crowded` when it was not
 */
export async function pollWithPermit(
  session: Session,
  limiter: RateLimiter,
  taskId: string,
  deadline: number,
): Promise<TaskStatus | null | 'crowded'> {
  const { clock, signal } = session.api;
  for (;;) {
    const state = await limiter.statusFromOthers(taskId);
    if (state) return { state, record: {} };
    if (await limiter.acquire()) break;
    const left = deadline - clock.monotonic();
    if (left <= 0) {
      return limiter.polledLately(taskId) ? null : 'crowded';
    }
    await clock.sleep(Math.min(left, PERMIT_PAUSE_MS * (0.5 + clock.random())), signal);
  }
  limiter.recordPoll(taskId);
  try {
    const status = await pollOnce(session, taskId, deadline);
    await limiter.share(taskId, status.state);
    return status;
  } catch (error) {
    // The service limits the key, so every process has to pause; a server that is down may be up for the next query.
    const seconds = error instanceof Failure && error.code === 'RATE_LIMITED' && error.details.retryAfter;
    if (seconds) await limiter.pauseFor(seconds * 1000);
    throw error;
  }
}

/** Returns the status, or the task's record where the status may be an error of the query. */
async function withCheckedError(
  status: TaskStatus,
  fetchTask: () => Promise<TaskStatus>,
): Promise<TaskStatus> {
  // Where the record cannot be read either, that failure says more, and whether to retry.
  return status.possibleError ? fetchTask() : status;
}
