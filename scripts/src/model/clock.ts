/** Time and randomness. Both are parameters, so that tests control them. */
export interface Clock {
  /** Milliseconds that only ever grow; every deadline is measured with these. */
  monotonic(): number;
  /** Milliseconds since the epoch, by this machine. It may jump: only for dates that other processes or machines read, and for what outlasts a process. */
  wall(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number from 0 up to 1. */
  random(): number;
}

export const DAY_MS = 24 * 3600_000;

/** setTimeout fires at once for longer delays. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  // Not performance.now(): the first use of `performance` costs 3 ms.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  wall: () => Date.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    // Loaded only here: most calls wait for nothing.
    const { setTimeout } = process.getBuiltinModule('node:timers/promises');
    try {
      await setTimeout(Math.min(Math.max(0, ms), LONGEST_TIMER_MS), undefined, { signal });
    } catch {
      // Node's own error only wraps the reason.
      throw signal?.reason;
    }
  },
};

/** A number of two digits, as dates and times have it. */
export const two = (number: number): string => String(number).padStart(2, '0');

/** Returns the local day of a time in milliseconds, as in 2026-11-21. */
export function dayOf(ms: number): string {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
