import type { OtherAccount } from '../../model/submit-facts.ts';
import type { RecordStore, RequestIdentity } from '../../ports/record-store.ts';

/** Returns what is on record of the same request under another key or address: here it is another request, and a new charge. */
export async function otherAccountOf(
  store: RecordStore,
  request: RequestIdentity,
): Promise<OtherAccount | undefined> {
  const found = await store.underOtherAccount(request);
  if (!found) return undefined;
  const { created, taskId, account, service } = found.record;
  const other = (value: string, own: string) => (value === own ? null : value);
  const { place } = store;
  return { created, taskId, account: other(account, place.account), service: other(service, place.service) };
}
