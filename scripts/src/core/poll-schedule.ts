/** The intervals between the polls of a task. */
export interface PollSchedule {
  /** Milliseconds before the first poll. */
  firstMs: number;
  /** Factor from one interval to the next. */
  growth: number;
  /** The longest interval in milliseconds, before jitter. */
  capMs: number;
}

// 4.4 s, which is soon reached, with a little jitter: no minute holds more than 15 queries, the record of the finished
// task among them, of the 60 that the service allows an address; and the end is seen about 2.2 s late on average.
const POLL_CAP_MS = 4_400;
const POLL_JITTER = 0.03;

/** Returns the poll schedule that begins with `firstMs` milliseconds. */
export function pollSchedule(firstMs: number): PollSchedule {
  return { firstMs, growth: 1.8, capMs: Math.max(firstMs, POLL_CAP_MS) };
}

/** Returns the interval before poll number `n` (0 = the first), in milliseconds. */
export function intervalBefore(n: number, schedule: PollSchedule, random: () => number): number {
  const plain = Math.min(schedule.capMs, schedule.firstMs * schedule.growth ** Math.min(n, 200));
  return plain * (1 - POLL_JITTER + 2 * POLL_JITTER * random());
}
