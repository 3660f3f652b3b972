import { sha256Text } from '../../model/fingerprint.ts';
import {
  type AccountId,
  isPending,
  isReplaced,
  lastUse,
  type RequestRecord,
  spentOn,
} from '../../model/request-record.ts';
import { recordedRow, type SpendingRow } from '../../model/spending-row.ts';

/** What the index keeps of one record. */
export interface Facts {
  isPending: boolean;
  isReplaced: boolean;
  /** The marks of its task, if it has one, and of its idempotency key. */
  task: string | null;
  key: string;
  /** Provider, service and account. */
  account: string;
  spent: number | null;
  row: SpendingRow | null;
  /** When it was last used, in milliseconds; null where it stays until its outcome is known. */
  used: number | null;
  duration: [model: string, seconds: number] | null;
}

/** Returns a short hash of a task id or of a key. Two may have the same mark: the record decides. */
export function markOf(text: string): string {
  return sha256Text(text).slice(0, 8);
}

export function accountName({ provider, service, account }: AccountId): string {
  return JSON.stringify([provider, service, account]);
}

export function factsOf(record: RequestRecord): Facts {
  const { taskId, idempotencyKey, duration, model } = record;
  return {
    isPending: isPending(record),
    isReplaced: isReplaced(record),
    task: taskId === null ? null : markOf(taskId),
    key: markOf(idempotencyKey),
    account: accountName(record),
    spent: spentOn(record),
    row: recordedRow(record) ?? null,
    used: lastUse(record) ?? null,
    duration: duration === null ? null : [model, duration],
  };
}
