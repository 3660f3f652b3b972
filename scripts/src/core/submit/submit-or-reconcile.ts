import type { GenerationRequest } from '../../providers/provider.ts';
import { type Reconciled, type ReconcileLog, reconcile } from '../reconcile/reconcile.ts';
import type { Session } from '../session.ts';
import { type SendLog, sendUntilAccepted } from './send-until-accepted.ts';

/** Writes the steps of a submit to its record, so that a later process can resume it. */
export interface SubmitLog extends SendLog, ReconcileLog {}

/**
 * Submits one request. Retries it only where the service certainly did not accept it; submits a lost one once more where
 * the service's list has been clear of its task for long enough.
 * @param deadline on the monotonic clock: until then a rejected submit is retried, and a lost one is reconciled
 */
export async function submit(
  session: Session,
  generation: GenerationRequest,
  log: SubmitLog,
  deadline: number,
): Promise<Reconciled> {
  const { clock } = session.api;
  let sentAt = clock.wall();
  const result = await sendUntilAccepted(session, generation, deadline, {
    ...log,
    sending: () => {
      sentAt = clock.wall();
      return log.sending();
    },
  });
  if (result.kind === 'accepted') return { ...result, wasThere: false };
  if (result.kind === 'rejected') return result;
  await log.lost();
  session.submits?.lost();
  const { failure } = result;
  if (session.provider.can.list) session.observer.queryFailed(failure);
  const since = { wall: clock.wall(), monotonic: clock.monotonic() };
  return reconcile(session, generation, { sentAt, since, resubmitted: false, failure }, log, deadline);
}
