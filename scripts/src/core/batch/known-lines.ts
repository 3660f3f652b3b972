import { nameOfPayload, newestOf } from '../../model/claim-rules.ts';
import { isUnsaved } from '../../model/request-record.ts';
import { isTerminal, type TaskState } from '../../model/task.ts';
import type { RecordStore, StoredRequest } from '../../ports/record-store.ts';
import type { BatchLine, LineResult } from './line.ts';

/** The newest record of a line's request that counts; `isUnknown` also where it cannot be read. */
export interface Known {
  entry: StoredRequest | undefined;
  /** Whether it was charged is not known. */
  isUnknown: boolean;
  /** Its other records with a task of which this machine has not every file. */
  older: readonly StoredRequest[];
}

const NOTHING: Known = { entry: undefined, isUnknown: false, older: [] };

/** Returns what the records say of each line, in the order of the lines. */
export async function knownLines(store: RecordStore | null, lines: readonly BatchLine[]): Promise<Known[]> {
  if (!store) return lines.map(() => NOTHING);
  const known: Known[] = [];
  for (const { contract, payloadHash, ordinal } of lines) {
    const records = await store.allOf(
      nameOfPayload({ model: contract.model, payloadHash, ordinal }, store.account),
    );
    const entry = newestOf(records);
    const older = records.filter((one) => one !== null && one !== entry && isUnsaved(one.record));
    const isUnknown = entry === null || entry?.record.taskId === null;
    known.push({ entry: entry ?? undefined, isUnknown, older: older as StoredRequest[] });
  }
  return known;
}

/** Returns the state of all lines together, as their records know it; undefined where there is no record. */
export function statusOf(known: readonly Known[]): TaskState | undefined {
  const states = known.map(({ entry }) => entry?.record.status);
  if (states.every((state) => state === undefined)) return undefined;
  if (states.some((state) => state === undefined || !isTerminal(state))) return 'PROGRESS';
  return states.every((state) => state === 'COMPLETED') ? 'COMPLETED' : 'FAILED';
}

/** An earlier task of a line, of which this machine has not every file. */
export interface UnsavedTask {
  line: number;
  taskId: string;
}

/**
 * Returns the tasks of these lines that are not saved and that no line returns: calls for new tasks took their place.
 * @param lines as far as this call came with them
 */
export function unsavedTasks(
  lines: readonly (Pick<LineResult, 'number' | 'taskId'> & { known: Known })[],
): UnsavedTask[] {
  const newest = new Set(lines.map(({ taskId, known }) => taskId ?? known.entry?.record.taskId));
  return lines.flatMap(({ number, known: { entry, older } }) => {
    const records = [...(entry && isUnsaved(entry.record) ? [entry] : []), ...older];
    const taskIds = records.map(({ record }) => record.taskId!).filter((taskId) => !newest.has(taskId));
    return taskIds.map((taskId) => ({ line: number, taskId }));
  });
}
