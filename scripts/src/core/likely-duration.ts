import { Failure } from '../model/failure.ts';
import type { LikelyDuration } from './poll-schedule.ts';
import type { Session } from './session.ts';

/** Records that can tell how many seconds the latest tasks of a model took. */
interface KnowsDurations {
  durationsOf?(model: string): Promise<number[]>;
}

// Recorded runs are few: others are a little faster, or slower.
const EARLIER = 0.9;
const LATER = 1.25;
// Of many runs on this machine the fastest and the slowest twentieth say little.
const MANY = 20;

/**
 * Returns how long a task of a model is likely to take: by the runs on record in its contract, and by the tasks of this
 * machine. Undefined where nothing is known.
 */
export async function likelyDuration(session: Session, model: string): Promise<LikelyDuration | undefined> {
  const [recorded, own] = await Promise.all([recordedSeconds(session, model), ownSeconds(session, model)]);
  const seconds = [...recorded, ...withoutExtremes(own)];
  if (seconds.length === 0) return undefined;
  return {
    earliestMs: Math.min(...seconds) * EARLIER * 1000,
    latestMs: Math.max(...seconds) * LATER * 1000,
  };
}

async function recordedSeconds({ provider }: Session, model: string): Promise<number[]> {
  const { loadContract } = await import('../contracts/contract.ts');
  try {
    return (await loadContract(provider.id, model)).durations.flatMap(({ seconds }) => seconds);
  } catch (error) {
    // A model without a contract can be waited for.
    if (error instanceof Failure) return [];
    throw error;
  }
}

/** Returns the seconds that tasks of this machine took, if its records can tell. */
async function ownSeconds(session: Session, model: string): Promise<number[]> {
  try {
    const records = (await session.records()) as KnowsDurations | null;
    return (await records?.durationsOf?.(model)) ?? [];
  } catch (error) {
    // A task is waited for without its record too.
    if (error instanceof Failure) return [];
    throw error;
  }
}

function withoutExtremes(seconds: readonly number[]): number[] {
  const sorted = seconds.filter((one) => one > 0).sort((a, b) => a - b);
  const extremes = sorted.length >= MANY ? Math.floor(sorted.length / MANY) : 0;
  return sorted.slice(extremes, sorted.length - extremes);
}
