import type { Clock } from '../http/clock.ts';
import { heeded, intervalBefore, type PollSchedule, pauseAfter, RETRY_PAUSES } from '../http/retry.ts';
import { Failure } from '../model/failure.ts';
import { isTerminal } from '../model/task.ts';
import type { TaskStatus } from '../providers/provider.ts';

export interface WaitOptions {
  clock: Clock;
  schedule: PollSchedule;
  /** On the monotonic clock. */
  deadline: number;
  /** Until then "not found" may only mean that the task is too young to be seen; on the monotonic clock. */
  graceUntil?: number;
  signal?: AbortSignal;
  /** What was wrong with a look that was made before the wait: the first pause heeds it. */
  trouble?: Failure | undefined;
  onPoll?(sighting: TaskStatus, progress: { elapsedMs: number; nextMs: number }): void;
  onError?(failure: Failure): void;
}

export interface Waited {
  /** The last state that the service told; undefined when no look succeeded. */
  last: TaskStatus | undefined;
  /** What was wrong with the looks since the last good one; undefined when the last one was good. */
  trouble: Failure | undefined;
}

/**
 * Looks at a task until it has ended or the deadline is reached. A failed look does not end the wait; a failure that
 * stays (`endsWait`) does, by being thrown.
 * @param poll null when there was none, which changes nothing
 */
export async function pollUntilEnd(
  poll: () => Promise<TaskStatus | null>,
  options: WaitOptions,
): Promise<Waited> {
  const { clock, schedule, deadline, signal } = options;
  const start = clock.monotonic();
  let last: TaskStatus | undefined;
  let trouble = options.trouble;
  let troubles = trouble ? 1 : 0;

  for (let n = 0; ; n += 1) {
    let pause = intervalBefore(n, schedule, clock.random);
    const before = trouble && heeded(trouble);
    if (before) pause = Math.max(pause, pauseAfter(before, troubles, RETRY_PAUSES, clock.random));
    const left = deadline - clock.monotonic();
    // A look after the deadline is not made; nor is one that the service asked to put off beyond it.
    if (left <= 0) return { last, trouble };
    if ((before?.details.retryAfter ?? 0) * 1000 > left) return { last, trouble };
    pause = Math.min(pause, left);
    if (last) options.onPoll?.(last, { elapsedMs: clock.monotonic() - start, nextMs: pause });
    await clock.sleep(pause, signal);

    try {
      const seen = await poll();
      if (!seen) continue;
      last = merge(last, seen);
      trouble = undefined;
      troubles = 0;
      if (isTerminal(seen.state)) return { last, trouble };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const tooYoung = error.code === 'TASK_NOT_FOUND' && clock.monotonic() < (options.graceUntil ?? 0);
      if (endsWait(error) && !tooYoung) throw error;
      trouble = error;
      troubles += 1;
      options.onError?.(error);
    }
  }
}

/**
 * Whether a failed look says that no other one will do better: the key is refused, the task does not exist, the address
 * cannot be spoken to. An answer that nobody understands says nothing of the kind.
 */
export function endsWait({ code, details }: Failure): boolean {
  return !details.transient && code !== 'UNKNOWN_ERROR';
}

/** The newer sighting; a word that we do not know leaves the last known state standing and is reported beside it. */
export function merge(before: TaskStatus | undefined, now: TaskStatus): TaskStatus {
  const record = { ...before?.record, ...now.record };
  return now.state === 'UNKNOWN' && before ? { ...now, state: before.state, record } : { ...now, record };
}
