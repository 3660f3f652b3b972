import { Failure, type Undecidable } from '../../model/failure.ts';
import type { Session } from '../session.ts';
import type { LostSubmit } from './reconcile.ts';

interface Why {
  failure?: Failure;
  notResubmitted?: Failure;
  /** Seconds until the list can tell. */
  after?: number;
  /** Why no later list can. */
  why?: Undecidable;
}

/** Returns the failure of a submit whose outcome is not known: it says when the same command will know, and what to do. */
export async function unknownOutcome(
  session: Session,
  { generation, sentAt, failure: lost }: LostSubmit,
  { failure: later, notResubmitted, after: clearIn, why }: Why,
): Promise<Failure> {
  const { model, idempotencyKey } = generation;
  const isRecorded = (await session.records()) !== null;
  // Without a record, the same command is another submit.
  const after = isRecorded ? (clearIn ?? later?.details.retryAfter) : undefined;
  const named = lost.details.taskId;
  const request = { model, idempotencyKey, sentAt: new Date(sentAt).toISOString(), isRecorded };
  const message = `Whether ${session.provider.title} accepted this submit, and charged for it, is not known. ${lost.message}`;
  return new Failure('SUBMIT_OUTCOME_UNKNOWN', message, {
    status: 'UNKNOWN',
    unclear: true,
    cause: lost,
    data: { idempotencyKey, model },
    retryAfter: after,
    taskId: named,
    reason: { kind: 'submitUnknown', ...request, after, why, named, lost, later, notResubmitted },
  });
}
