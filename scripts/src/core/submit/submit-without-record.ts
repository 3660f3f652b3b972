import type { CheckedRequest, FilePlace } from '../checked-request.ts';
import { checkNameIsFree } from '../deliver/place.ts';
import { checkPrice } from '../money/check-price.ts';
import { creditsOf, type SubmittedTask } from '../result.ts';
import type { Session } from '../session.ts';
import { submitOrReconcile } from './submit-or-reconcile.ts';

/**
 * Submits a request of which no record is kept: a lost answer is reconciled by this process alone.
 * @throws Failure when there is no task, or when that is not known
 */
export async function submitWithoutRecord(
  session: Session,
  { contract, generation, terms, quote: known, folder, output }: CheckedRequest & FilePlace,
  deadline: number,
): Promise<SubmittedTask> {
  if (terms.caps.maxCreditsPerDay !== undefined) throw new Error('A limit for a day needs records.');
  await checkNameIsFree(folder, output);
  const quote = known ?? (await checkPrice(session, contract, generation, terms.caps, deadline));
  const result = await submitOrReconcile(session, generation, null, deadline);
  if (result.kind !== 'accepted') throw result.failure;
  const { task, isResubmitted } = result;
  session.observer.task(task.id, task.state);
  const credits = creditsOf(task, { quoted: quote?.credits ?? null, charged: null, refunded: null });
  return { known: { task, model: generation.model, credits, origin: { isResubmitted } }, warnings: [] };
}
