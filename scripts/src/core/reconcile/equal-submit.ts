import type { RecordStore } from '../../ports/record-store.ts';

/**
 * Returns whether another process is submitting a request that equals this one just now: a task that the list shows without
 * a key may be that of the other one, and its answer will tell.
 * @param idempotencyKey of a request that this process alone may submit
 */
export async function isEqualUnderWay(store: RecordStore, idempotencyKey: string): Promise<boolean> {
  const records = (await store.pending()).filter((entry) => store.isOwn(entry)).map(({ record }) => record);
  const own = records.find((record) => record.idempotencyKey === idempotencyKey);
  if (!own) return false;
  for (const { request, phase, model, payloadHash } of records) {
    const isEqual = model === own.model && payloadHash === own.payloadHash;
    // A process that may submit a request is alone with all its records.
    if (phase !== 'submitting' || !isEqual || request === own.request) continue;
    const fence = await store.fence(request);
    if ('heldBy' in fence) return true;
    // Its process has died.
    await fence.release();
  }
  return false;
}
