import { ANY_VIDEO } from '../../model/any-video.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { ExpectedDuration } from '../observer.ts';
import type { LikelyDuration } from '../poll/interval.ts';
import type { Session } from '../session.ts';

// Of fewer tasks, an unusual one would be half of the estimate.
const LEAST_RUNS = 5;
// One task in ten was faster, and one slower.
const SHARE = 0.1;

/** By the tasks of this machine if they are enough, else by the runs that the model's contract records. Null: nothing is known. */
export async function expectedDuration(session: Session, model: string): Promise<ExpectedDuration | null> {
  const { own, recorded } = await knownDurations(session, model);
  if (own.length >= LEAST_RUNS) return rangeOf(own);
  // A service on this machine has times of its own.
  if (session.loopback !== null || recorded.length === 0) return null;
  const seconds = recorded.flatMap((run) => run.seconds);
  return {
    fromMs: Math.min(...seconds) * 1000,
    toMs: Math.max(...seconds) * 1000,
    runs: recorded.reduce((sum, { runs }) => sum + runs, 0),
    source: 'contract',
    asOf: recorded.reduce((latest, { date }) => (date > latest ? date : latest), ''),
  };
}

function rangeOf(seconds: readonly number[]): ExpectedDuration {
  const sorted = [...seconds].sort((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (share: number) => sorted[Math.round(share * last)]! * 1000;
  return { fromMs: at(SHARE), toMs: at(1 - SHARE), runs: seconds.length, source: 'machine' };
}

// Recorded runs are few: others are a little faster, or slower.
const EARLIER = 0.9;
const LATER = 1.25;
// Of many runs on this machine the fastest and the slowest twentieth say little.
const MANY = 20;

/** By the runs on record and by the tasks of this machine, else by other video models. Undefined: nothing is known. */
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

/** Returns the latest of this machine, in seconds, and the runs on record. A wait works without: what cannot be read is not known. */
async function knownDurations(session: Session, model: string) {
  const { loadContract } = await import('../../contracts/contract.ts');
  const [own, contract] = await Promise.all([
    orFailure(durationsIn(session, model)),
    orFailure(loadContract(session.provider.id, model)),
  ]);
  const { durations: recorded = [], output } = contract instanceof Failure ? {} : contract;
  return { own: own instanceof Failure ? [] : own, recorded, output };
}

// The answer is in the records of all requests, and a batch asks for each of a thousand tasks.
const KEPT_MS = 60_000;

/** Returns how long the latest tasks of a model took, in seconds, as of a minute ago at most. */
async function durationsIn({ records, durations, api }: Session, model: string): Promise<number[]> {
  const store = await records();
  if (!store) return [];
  const now = api.clock.monotonic();
  const before = durations.get(model);
  if (before && now - before.at < KEPT_MS) return before.seconds;
  const seconds = store.durationsOf(model);
  durations.set(model, { at: now, seconds });
  return seconds;
}
