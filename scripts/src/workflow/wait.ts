import { heeded, type PollRhythm, pauseAfter, pauseBeforeLook, RETRY_PAUSES } from '../http/again.ts';
import type { Clock } from '../http/clock.ts';
import type { Sighting } from '../providers/provider.ts';
import { Failure } from '../types/failure.ts';
import { isTerminal } from '../types/task.ts';

export interface WaitOptions {
  clock: Clock;
  rhythm: PollRhythm;
  /** On the monotonic clock. */
  deadline: number;
  /** Until then "not found" may only mean that the task is too young to be seen; on the monotonic clock. */
  graceUntil?: number;
  signal?: AbortSignal;
  /** What was wrong with a look that was made before the wait: the first pause heeds it. */
  trouble?: Failure | undefined;
  onLook?(sighting: Sighting, progress: { elapsedMs: number; nextMs: number }): void;
  onTrouble?(failure: Failure): void;
}

export interface Waited {
  /** The last state that the service told; undefined when no look succeeded. */
  last: Sighting | undefined;
  /** What was wrong with the looks since the last good one; undefined when the last one was good. */
  trouble: Failure | undefined;
}

/**
 * Looks at a task until it has ended or the deadline is reached. A failed look does not end the wait; a failure that
 * stays (`endsWait`) does, by being thrown.
 * @param look null when there was none, which changes nothing
 */
export async function waitForEnd(
  look: () => Promise<Sighting | null>,
  options: WaitOptions,
): Promise<Waited> {
  const { clock, rhythm, deadline, signal } = options;
  const start = clock.monotonic();
  let last: Sighting | undefined;
  let trouble = options.trouble;
  let troubles = trouble ? 1 : 0;

  for (let n = 0; ; n += 1) {
    let pause = pauseBeforeLook(n, rhythm, clock.random);
    const before = trouble && heeded(trouble);
    if (before) pause = Math.max(pause, pauseAfter(before, troubles, RETRY_PAUSES, clock.random));
    const left = deadline - clock.monotonic();
    // A look after the deadline is not made; nor is one that the service asked to put off beyond it.
    if (left <= 0) return { last, trouble };
    if ((before?.details.retryAfter ?? 0) * 1000 > left) return { last, trouble };
    pause = Math.min(pause, left);
    if (last) options.onLook?.(last, { elapsedMs: clock.monotonic() - start, nextMs: pause });
    await clock.sleep(pause, signal);

    try {
      const seen = await look();
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
      options.onTrouble?.(error);
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
export function merge(before: Sighting | undefined, now: Sighting): Sighting {
  const record = { ...before?.record, ...now.record };
  return now.state === 'UNKNOWN' && before ? { ...now, state: before.state, record } : { ...now, record };
}
