import { newestOf, type RequestClaim, requestNameOf } from '../../model/claim-rules.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import { jsonHash } from '../../model/fingerprint.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { CheckedRequest, FilePlace } from '../checked-request.ts';
import { promptExcerpt } from '../record/prompt-excerpt.ts';

/** Returns what the record of a request says before its submit. @param now by the wall clock, in milliseconds */
export function claimOf(
  { generation, terms, note, folder, output }: CheckedRequest & FilePlace,
  now: number,
): RequestClaim {
  const { model, payload, idempotencyKey } = generation;
  const { isNamed, isNew } = terms;
  const { owner, wait, ordinal = 1 } = note;
  const payloadHash = jsonHash(payload);
  const alone = isNew ? { began: new Date(now).toISOString(), lines: payloadHash } : undefined;
  const newRun = note.newRun ?? alone;
  return {
    ...{ model, payloadHash, ordinal, idempotencyKey, isNamed, isNew },
    ...{ promptExcerpt: promptExcerpt(payload), owner, wait, download: folder, output },
    ...(newRun && { newRun }),
  };
}

/**
 * Returns a failure that came before the submit with what the record of the request says: its task may run, or be paid for,
 * and the answer must not read as if there were none.
 */
export async function withRecorded(
  store: RecordStore | null,
  { generation: { model, payload, idempotencyKey }, terms, note: { ordinal = 1 } }: CheckedRequest,
  failure: Failure,
): Promise<Failure> {
  if (!store || terms.isNew) return failure;
  const { isNamed } = terms;
  const request = { model, payloadHash: jsonHash(payload), ordinal, idempotencyKey, isNamed };
  const entries = await orFailure(store.allOf(requestNameOf(request, store.place)));
  const known = entries instanceof Failure ? undefined : newestOf(entries);
  if (!known) return failure;
  const { taskId, status } = known.record;
  return failure.with({ taskId: taskId ?? undefined, status });
}
