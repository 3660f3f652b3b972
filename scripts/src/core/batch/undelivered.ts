import { nameOfPayload } from '../../model/claim-rules.ts';
import type { RecordStore, StoredRequest } from '../../ports/record-store.ts';
import type { BatchLine } from './line.ts';

/** A task of a line that no call has delivered. */
export interface UndeliveredTask {
  line: number;
  taskId: string;
}

/**
 * Returns the tasks of these lines that no call has delivered: a line has several of them where calls for new tasks were
 * interrupted.
 * @param pending the requests that are unfinished or not delivered
 */
export function undeliveredTasks(
  store: RecordStore | null,
  lines: readonly Pick<BatchLine, 'number' | 'contract' | 'payloadHash' | 'ordinal'>[],
  pending: readonly StoredRequest[],
): UndeliveredTask[] {
  const made = pending.filter((entry) => entry.record.taskId !== null && store!.isOwn(entry));
  if (!store || made.length === 0) return [];
  const numbers = new Map(
    lines.map(({ number, contract, ...line }) => [
      nameOfPayload({ ...line, model: contract.model }, store.place),
      number,
    ]),
  );
  return made.flatMap(({ record: { request, taskId } }) => {
    const line = numbers.get(request);
    return line === undefined ? [] : [{ line, taskId: taskId! }];
  });
}
