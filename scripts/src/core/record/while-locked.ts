import { Failure } from '../../model/failure.ts';
import type { RecordStore, StoredRequest } from '../../ports/record-store.ts';

/**
 * Changes the record of a request while no process submits that request.
 * @param change is called with the record as it is stored now
 * @throws Failure where a process is submitting the request
 */
export async function whileLocked(
  store: Pick<RecordStore, 'lock'>,
  entry: StoredRequest,
  change: () => Promise<void>,
): Promise<void> {
  const lock = await store.lock(entry.record.request, 0);
  if ('heldBy' in lock) {
    const { pid, host } = lock.heldBy;
    const message = `Process ${pid} on ${host} is submitting this request just now; its record stays.`;
    throw new Failure('UNKNOWN_ERROR', message, { reason: { kind: 'beingSubmitted' } });
  }
  try {
    await entry.refresh();
    await change();
  } finally {
    await lock.release();
  }
}
