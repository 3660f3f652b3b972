import { heeded } from '../../http/retry.ts';
import type { Clock } from '../../model/clock.ts';
import { Failure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import type { TaskStatus } from '../../providers/provider.ts';
import { intervalBefore, type PollSchedule } from './interval.ts';
import { graceAfter, isMissingForNow } from './not-found-grace.ts';
import { pauseAfterFailure } from './pause-after-failure.ts';

/** Its times are by the monotonic clock. */
export interface PollOptions {
  clock: Clock;
  schedule: PollSchedule;
  deadline: number;
  /** When the task was submitted; absent where that is not known. */
  submittedAt?: number | undefined;
  stop?: AbortSignal | undefined;
  /** Until then "not found" says nothing about the task: `not-found-grace.ts`. */
  graceUntil?: number | undefined;
  /** Why a status query before the wait failed: the first pause respects its Retry-After. */
  failure?: Failure | undefined;
  onPoll?(status: TaskStatus, nextMs: number): void;
  onError?(failure: Failure): void;
}

/** By the monotonic clock. */
export interface PollTimes {
  dueAt: number;
  /** Not sooner than this, however the queries of several tasks are spread: the one before it failed. */
  earliest: number;
}

/**
 * Polls a task until it has ended or the deadline is reached. A failed query does not end the wait, unless every later
 * query would fail too (`endsWait`): then the failure is thrown.
 * @returns the last status that the service gave, and why the last query failed if it did
 * @param poll returns the next status of the task: by a query when it is due, or sooner where it is known sooner; null when
 * the time was over first
 */
export async function pollUntilEnd(
  poll: (times: PollTimes) => Promise<TaskStatus | null>,
  options: PollOptions,
): Promise<{ last: TaskStatus | undefined; failure: Failure | undefined }> {
  const { clock, schedule, deadline, submittedAt, stop } = options;
  const start = clock.monotonic();
  let last: TaskStatus | undefined;
  let { graceUntil = 0 } = options;
  let { failure } = options;
  let failures = failure ? 1 : 0;

  for (let polls = 0; ; polls += 1) {
    const now = clock.monotonic();
    const ageMs = submittedAt === undefined ? undefined : now - submittedAt;
    const progress = { polls, waitedMs: now - start, ageMs };
    const least = pauseAfterFailure(failure, failures, clock.random);
    const left = deadline - now;
    // No query is sent after the deadline, nor one that the service asked to delay beyond it.
    if (left <= 0 || stop?.aborted) return { last, failure };
    if (failure && (heeded(failure).details.retryAfter ?? 0) * 1000 > left) return { last, failure };
    const pause = Math.min(Math.max(intervalBefore(progress, schedule, clock.random), least), left);
    if (last) options.onPoll?.(last, pause);

    try {
      const seen = await poll({ dueAt: now + pause, earliest: now + Math.min(least, left) });
      if (!seen) continue;
      last = merge(last, seen);
      failure = undefined;
      failures = 0;
      graceUntil = Math.max(graceUntil, graceAfter(clock.monotonic()));
      if (isTerminal(seen.state)) return { last, failure };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (endsWait(error) && !isMissingForNow(error, graceUntil, clock.monotonic())) throw error;
      failure = error;
      failures += 1;
      options.onError?.(error);
    }
  }
}

/** Every later query would fail too: the key is rejected, there is no such task or service. An unreadable answer says no such thing. */
export function endsWait({ code, details }: Failure): boolean {
  return !details.transient && code !== 'UNKNOWN_ERROR';
}

/** Returns the newer status. An unknown state word keeps the last known state and is reported beside it. */
export function merge(before: TaskStatus | undefined, now: TaskStatus): TaskStatus {
  const record = { ...before?.record, ...now.record };
  return now.state === 'UNKNOWN' && before ? { ...now, state: before.state, record } : { ...now, record };
}
