import type { OtherAccount } from '../../model/submit-facts.ts';
import type { RecordStore, RequestClaim } from '../../ports/record-store.ts';

/** Returns what is on record of the same request under another key or address: here it is another request, and a new charge. */
export async function otherAccountOf(
  store: RecordStore,
  claim: RequestClaim,
): Promise<OtherAccount | undefined> {
  const found = await store.underOtherAccount(claim);
  if (!found) return undefined;
  const { created, taskId, account, service } = found.record;
  const other = (value: string, own: string) => (value === own ? null : value);
  const { place } = store;
  return {
    ...{ created, taskId },
    ...{ account: other(account, place.account), service: other(service, place.service) },
  };
}
