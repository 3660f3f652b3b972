import type { RequestRecord } from '../../model/request-record.ts';
import type { RecordStore } from '../../ports/record-store.ts';

/** Returns how many requests that equal this one, and itself, have a submit whose outcome is not known. @param idempotencyKey its key */
export async function equalSubmits(store: RecordStore, idempotencyKey: string): Promise<number> {
  const { equals } = await equalsOf(store, idempotencyKey);
  return 1 + equals.filter(({ phase }) => phase === 'unknown' || phase === 'submitting').length;
}

/**
 * Returns whether another process is submitting a request that equals this one just now: a task that the list shows without
 * a key may be that of the other one, and its answer will tell.
 */
export async function isEqualUnderWay(store: RecordStore, idempotencyKey: string): Promise<boolean> {
  const { own, equals } = await equalsOf(store, idempotencyKey);
  for (const { request, phase } of equals) {
    // A process that may submit a request is alone with all its records.
    if (phase !== 'submitting' || request === own?.request) continue;
    const lock = await store.lock(request, 0);
    if ('heldBy' in lock) return true;
    // Its process has died.
    await lock.release();
  }
  return false;
}

/** Equal requests can be told apart only by their keys: a task that the list shows without its key may be that of either. */
export function isEqualRequest(one: RequestRecord, other: RequestRecord): boolean {
  return one.model === other.model && one.payloadHash === other.payloadHash;
}

/** Returns the record with this key, and the other unfinished ones of the same model and payload. */
async function equalsOf(
  store: RecordStore,
  idempotencyKey: string,
): Promise<{ own?: RequestRecord; equals: RequestRecord[] }> {
  const records = (await store.pending()).filter((entry) => store.isOwn(entry)).map(({ record }) => record);
  const own = records.find((record) => record.idempotencyKey === idempotencyKey);
  if (!own) return { equals: [] };
  return { own, equals: records.filter((record) => record !== own && isEqualRequest(record, own)) };
}
