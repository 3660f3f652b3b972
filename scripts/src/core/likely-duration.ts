import { knownDurations } from './known-durations.ts';
import type { LikelyDuration } from './poll-schedule.ts';
import type { Session } from './session.ts';

// Recorded runs are few: others are a little faster, or slower.
const EARLIER = 0.9;
const LATER = 1.25;
// Of many runs on this machine the fastest and the slowest twentieth say little.
const MANY = 20;

// Where no run of a model is on record: no recorded run of any video model took less than 2 min, and most took 2 to 7 min
// (AIVideoMaker, 2026-09-10 and 2026-09-17).
const ANY_VIDEO: LikelyDuration = { earliestMs: 120_000, latestMs: 420_000 };

/**
 * Returns how long a task of a model is likely to take: by the runs on record in its contract, and by the tasks of this
 * machine, else by those of other video models. Undefined where nothing is known.
 */
export async function likelyDuration(session: Session, model: string): Promise<LikelyDuration | undefined> {
  const { own, recorded, output } = await knownDurations(session, model);
  const seconds = [...recorded.flatMap((run) => run.seconds), ...withoutExtremes(own)];
  if (seconds.length === 0) return output === 'video' && session.loopback === null ? ANY_VIDEO : undefined;
  return {
    earliestMs: Math.min(...seconds) * EARLIER * 1000,
    latestMs: Math.max(...seconds) * LATER * 1000,
  };
}

function withoutExtremes(seconds: readonly number[]): number[] {
  const sorted = seconds.filter((one) => one > 0).sort((a, b) => a - b);
  const extremes = sorted.length >= MANY ? Math.floor(sorted.length / MANY) : 0;
  return sorted.slice(extremes, sorted.length - extremes);
}
