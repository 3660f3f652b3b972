import type { Contract } from '../contracts/contract.ts';
import { Failure } from '../model/failure.ts';
import type { ExpectedDuration } from './observer.ts';
import type { Session } from './session.ts';

/**
 * Returns how long tasks of a model usually take, by the runs that its contract records; null where nothing is known, and
 * for a service on this machine, which has times of its own.
 */
export async function expectedDuration(
  { provider, loopback }: Session,
  model: string,
): Promise<ExpectedDuration | null> {
  if (loopback !== null) return null;
  const { durations } = (await contractOf(provider.id, model)) ?? { durations: null };
  if (!durations) return null;
  const [from, to] = durations.seconds;
  const { runs, asOf } = durations;
  return { fromMs: from * 1000, toMs: to * 1000, runs, source: 'contract', asOf };
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
