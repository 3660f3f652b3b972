/** How long tasks of a model took, from submit to end: the shortest and the longest that are likely. */
export interface LikelyDuration {
  earliestMs: number;
  latestMs: number;
}

export interface PollSchedule {
  /** Milliseconds before the first poll, and the shortest interval after it. */
  firstMs: number;
  likely?: LikelyDuration | undefined;
}

interface WaitProgress {
  polls: number;
  waitedMs: number;
  /** Milliseconds since the submit; undefined where that is not known. */
  ageMs?: number | undefined;
}

// Of the 60 queries a minute that a service allows an address, one task uses 20 on average: with these intervals the end is
// seen 1.2 s late on average where it is likely, 1.6 s where nothing is known.
const AVERAGE_MS = 3_020;
const DENSE_MS = 2_150;
const SPARSE_MS = 20_000;
// The longer a task takes beyond what is likely, the less a few seconds matter.
const LATE_SHARE = 1 / 200;
const LATEST_MS = 12_000;
const POLL_JITTER = 0.03;
// From one interval to the next, while the wait begins.
const GROWTH = 1.8;

// Only a server on this machine may be polled more often than this.
const LEAST_SHARED_MS = 1_000;

/** Whether polls are so frequent that neither a limit nor what is seen can be shared. */
export function isFast({ firstMs }: PollSchedule): boolean {
  return firstMs < LEAST_SHARED_MS;
}

/** Returns the interval before the next poll, in milliseconds: sparse until the task may have ended, dense while it is likely to end. */
export function intervalBefore(progress: WaitProgress, schedule: PollSchedule, random: () => number): number {
  const { firstMs } = schedule;
  const first = firstMs * GROWTH ** Math.min(progress.polls, 200);
  const plain = Math.max(firstMs, usual(progress, schedule));
  return Math.min(first, plain) * (1 - POLL_JITTER + 2 * POLL_JITTER * random());
}

function usual({ polls, waitedMs, ageMs }: WaitProgress, { firstMs, likely }: PollSchedule): number {
  const capMs = Math.max(firstMs, AVERAGE_MS);
  const age = ageMs ?? waitedMs;
  const late = Math.min(LATEST_MS, Math.max(capMs, (age - (likely?.latestMs ?? 0)) * LATE_SHARE));
  if (!likely || ageMs === undefined || age > likely.latestMs) return late;
  if (age < likely.earliestMs) return Math.min(SPARSE_MS, Math.max(DENSE_MS, likely.earliestMs - age));
  // What was saved before the likely time is spent in it.
  return (polls + 1) * AVERAGE_MS <= waitedMs ? DENSE_MS : capMs;
}
