import type { RequestRecord } from '../../model/request-record.ts';
import type { RecordStore } from '../../ports/record-store.ts';

/** Equal requests can be told apart only by their keys: a task that the list shows without its key may be that of either. */
export function isEqualRequest(one: RequestRecord, other: RequestRecord): boolean {
  return one.model === other.model && one.payloadHash === other.payloadHash;
}

/** The submits without a known outcome of the requests that equal one; `request` is the name of that one. */
interface EqualSubmits {
  request?: string;
  others: RequestRecord[];
}

/** Returns the submits of the requests that equal the one with this key; none where that has no record. */
export async function equalSubmits(store: RecordStore, idempotencyKey: string): Promise<EqualSubmits> {
  const records = (await store.pending()).filter((entry) => store.isOwn(entry)).map(({ record }) => record);
  const own = records.find((record) => record.idempotencyKey === idempotencyKey);
  if (!own) return { others: [] };
  const isUnknown = ({ phase }: RequestRecord) => phase === 'unknown' || phase === 'submitting';
  const isOther = (record: RequestRecord) => record !== own && isEqualRequest(record, own);
  return { request: own.request, others: records.filter((record) => isOther(record) && isUnknown(record)) };
}

/**
 * Returns whether another process is submitting one of these requests just now: a task that the list shows without a key may
 * be that of the other one, and its answer will tell.
 */
export async function isUnderWay(
  store: RecordStore,
  { request: own, others }: EqualSubmits,
): Promise<boolean> {
  for (const { request, phase } of others) {
    // A process that may submit a request is alone with all its records.
    if (phase !== 'submitting' || request === own) continue;
    const lock = await store.lock(request, 0);
    if ('heldBy' in lock) return true;
    // Its process has died.
    await lock.release();
  }
  return false;
}
