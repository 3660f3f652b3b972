import type { Contract } from '../contracts/contract.ts';
import { Failure } from '../model/failure.ts';
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
  const { provider, loopback } = session;
  const seconds = await recordedSeconds(session, model);
  if (seconds.length >= LEAST_RUNS) return rangeOf(seconds);
  // A service on this machine has times of its own.
  if (loopback !== null) return null;
  const { durations } = (await contractOf(provider.id, model)) ?? { durations: null };
  if (!durations) return null;
  const [from, to] = durations.seconds;
  const { runs, asOf } = durations;
  return { fromMs: from * 1000, toMs: to * 1000, runs, source: 'contract', asOf };
}

/** Returns how long the latest tasks of this machine took, in seconds. */
async function recordedSeconds({ records }: Session, model: string): Promise<number[]> {
  try {
    return (await (await records())?.durationsOf(model)) ?? [];
  } catch (error) {
    // A wait works without an estimate.
    if (error instanceof Failure) return [];
    throw error;
  }
}

function rangeOf(seconds: readonly number[]): ExpectedDuration {
  const sorted = [...seconds].sort((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (share: number) => sorted[Math.round(share * last)]! * 1000;
  return { fromMs: at(SHARE), toMs: at(1 - SHARE), runs: seconds.length, source: 'machine' };
}

/** Returns a contract; undefined where there is none that can be used. */
async function contractOf(provider: string, model: string): Promise<Contract | undefined> {
  const { loadContract } = await import('../contracts/contract.ts');
  try {
    return await loadContract(provider, model);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
