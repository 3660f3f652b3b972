import { knownDurations } from './known-durations.ts';
import type { ExpectedDuration } from './observer.ts';
import type { Session } from './session.ts';

// Of fewer tasks, an unusual one would be half of the estimate.
const LEAST_RUNS = 5;
// One task in ten was faster, and one slower.
const SHARE = 0.1;

/**
 * Returns how long tasks of a model usually take: by those of this machine if they are enough, else by the runs that the
 * model's contract records. Null where nothing is known.
 */
export async function expectedDuration(session: Session, model: string): Promise<ExpectedDuration | null> {
  const { own, recorded } = await knownDurations(session, model);
  if (own.length >= LEAST_RUNS) return rangeOf(own);
  // A service on this machine has times of its own.
  if (session.loopback !== null || recorded.length === 0) return null;
  const seconds = recorded.flatMap((run) => run.seconds);
  return {
    fromMs: Math.min(...seconds) * 1000,
    toMs: Math.max(...seconds) * 1000,
    runs: recorded.length,
    source: 'contract',
    asOf: recorded
      .map(({ date }) => date)
      .sort()
      .at(-1)!,
  };
}

function rangeOf(seconds: readonly number[]): ExpectedDuration {
  const sorted = [...seconds].sort((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (share: number) => sorted[Math.round(share * last)]! * 1000;
  return { fromMs: at(SHARE), toMs: at(1 - SHARE), runs: seconds.length, source: 'machine' };
}
