import type { RecordedDuration } from '../contracts/durations.ts';
import { Failure } from '../model/failure.ts';
import type { OutputKind } from '../model/output-kind.ts';
import type { Session } from './session.ts';

/** How long tasks of a model took, from submit to end. */
export interface KnownDurations {
  /** Of the latest tasks of this machine, in seconds. */
  own: number[];
  /** Of the runs on record in the model's contract. */
  recorded: RecordedDuration[];
  /** What the model makes; undefined where no contract says so. */
  output: OutputKind | undefined;
}

/** Returns what is known of how long tasks of a model take. A wait works without it: what cannot be read is not known. */
export async function knownDurations(session: Session, model: string): Promise<KnownDurations> {
  const own = orNothing(async () => (await (await session.records())?.durationsOf(model)) ?? []);
  const contract = orNothing(async () => {
    const { loadContract } = await import('../contracts/contract.ts');
    return [await loadContract(session.provider.id, model)];
  });
  const [known] = await contract;
  return { own: await own, recorded: known?.durations ?? [], output: known?.output };
}

async function orNothing<T>(read: () => Promise<T[]>): Promise<T[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
