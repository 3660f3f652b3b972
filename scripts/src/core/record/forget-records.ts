import { Failure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { whileLocked } from './while-locked.ts';

/** Dropped records of one request. */
export interface Forgotten {
  /** The newest of them. */
  record: RequestRecord;
  count: number;
}

/**
 * Drops the record of a task, or those of an idempotency key. The task itself does not change.
 * @throws Failure where there is none, or where the request is being submitted
 */
export async function forgetRecords(
  records: Pick<RecordStore, 'byTask' | 'byIdempotencyKey' | 'lock'>,
  { taskId, idempotencyKey = '' }: { taskId: string | undefined; idempotencyKey: string | undefined },
): Promise<Forgotten> {
  const entries =
    taskId === undefined
      ? await records.byIdempotencyKey(idempotencyKey)
      : [await records.byTask(taskId)].filter((entry) => entry !== undefined);
  const first = entries[0];
  if (!first) {
    throw new Failure('TASK_NOT_FOUND', 'There is no such record, so there is nothing to forget.', {
      reason: { kind: 'noRecord' },
    });
  }
  for (const entry of entries) {
    const { taskId: known } = entry.record;
    await whileLocked(records, entry, async () => {
      // A submit that has just come to its end gave it one.
      if (known !== entry.record.taskId) {
        throw new Failure('UNKNOWN_ERROR', 'This request has just been given a task; its record stays.', {
          reason: { kind: 'justSubmitted' },
        });
      }
      await entry.drop();
    });
  }
  return { record: first.record, count: entries.length };
}
