import type { CheckedRequest, Place } from '../checked-request.ts';
import { checkNameIsFree } from '../deliver/place.ts';
import { checkFunds } from '../money/check-price.ts';
import { creditsOf } from '../result.ts';
import type { Session } from '../session.ts';
import type { RequestTask } from './request-task.ts';
import { type SubmitLog, submit } from './submit-or-reconcile.ts';

/**
 * Submits a request of which no record is kept: a lost answer is reconciled by this process alone.
 * @param deadline on the monotonic clock
 * @throws Failure when there is no task, or when that is not known
 */
export async function submitWithoutRecord(
  session: Session,
  { contract, generation, terms, quote: known, folder, output }: CheckedRequest & Place,
  deadline: number,
): Promise<RequestTask> {
  if (terms.maxCreditsPerDay !== null) throw new Error('A limit for a day needs records.');
  const quote = known ?? (await checkFunds(session, contract, generation, terms.maxCreditsPerDay, deadline));
  await checkNameIsFree(folder, output);
  let isResubmitted = false;
  const nothing = async () => {};
  const log: SubmitLog = {
    sending: nothing,
    rejected: nothing,
    lost: nothing,
    resubmitting: async () => {
      isResubmitted = true;
    },
    resubmitRejected: async () => {
      isResubmitted = false;
    },
  };
  const result = await submit(session, generation, log, deadline);
  if (result.kind !== 'accepted') throw result.failure;
  const { task } = result;
  session.observer.task(task.id, task.state);
  return {
    task,
    credits: creditsOf(task, { quoted: quote?.credits ?? null, charged: null, refunded: null }),
    isResumed: false,
    isResubmitted,
  };
}
