import type { CallOptions } from '../../http/api.ts';
import type { Clock } from '../../model/clock.ts';
import { Failure, orFailure, type Undecidable } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { ProviderRequest } from '../../providers/provider.ts';
import {
  type ListSource,
  type LostSubmit,
  reconcile,
  reconcileDeadline,
  search,
} from '../reconcile/reconcile.ts';
import type { Session } from '../session.ts';

/** The outcome of one attempt to submit a request. */
export type Sent =
  | { kind: 'accepted'; task: Task }
  /** The service certainly did not accept it: nothing was charged. */
  | { kind: 'rejected'; failure: Failure }
  /** It may have been accepted, although no usable answer came. */
  | { kind: 'lost'; failure: Failure };

/** The outcome of a submit, as far as it can be found out. */
export type Submitted =
  /** `by`: the answer to a submit, or the list, which showed it: then nothing was submitted now. */
  | { kind: 'accepted'; task: Task; by: 'answer' | 'list'; isResubmitted: boolean }
  /** The service certainly did not accept it: nothing was charged. */
  | { kind: 'rejected'; failure: Failure }
  /** Not known yet. The failure says when the same command will know, and what to do. */
  | { kind: 'unknown'; failure: Failure };

/** Writes each step to the disk before the next one: the process may end between any two. */
export interface SubmitLog {
  /** An attempt is about to be sent, some time after the request was recorded; earlier ones were rejected. */
  sending(): Promise<void>;
  rejected(): Promise<void>;
  lost(): Promise<void>;
  /** The request is about to be submitted once more, although the service may have accepted the first submit. @throws where it must not be */
  resubmitting(): Promise<void>;
  /** The service certainly did not accept the second submit. */
  resubmitRejected(): Promise<void>;
}

// A submit that is cut short may have been accepted, and then its outcome is unknown: it gets this long even after the wait.
const LEAST_SUBMIT_MS = 10_000;
const SOON_MS = 500;
const INTERRUPTED = 'The call was interrupted before this submit.';

/**
 * Submits one request. Retries it only where the service certainly did not accept it. A lost one is reconciled, and
 * submitted once more where the list proves that it has no task.
 * @param log null where no record is kept
 * @param deadline until then a rejected submit is retried, and a lost one is reconciled
 */
export async function submitOrReconcile(
  session: Session,
  generation: ProviderRequest,
  log: SubmitLog | null,
  deadline: number,
): Promise<Submitted> {
  const first = await submitFirst(session, generation, log, deadline);
  return first.kind === 'lost' ? reconcileOrResubmit(session, first, log, deadline) : first;
}

/** Submits the request, again after each rejection that time may mend, until there is an answer or one is lost. */
async function submitFirst(
  session: Session,
  generation: ProviderRequest,
  log: SubmitLog | null,
  deadline: number,
): Promise<Submitted | LostSubmit> {
  const { api, observer, submits, provider } = session;
  const { clock } = api;
  let sentAt = clock.wall();
  for (let attempt = 1; ; attempt += 1) {
    const asked = clock.monotonic();
    const held = submits && (await orFailure(submits.ready()));
    if (held) return { kind: 'rejected', failure: held };
    // Nothing was sent: the request need not be reconciled.
    if (api.signal?.aborted) return { kind: 'rejected', failure: new Failure('UNKNOWN_ERROR', INTERRUPTED) };
    if (attempt > 1 || clock.monotonic() > asked + SOON_MS) {
      // The record says when the submit is sent: from then on the list must be clear.
      sentAt = clock.wall();
      await log?.sending();
    }
    observer.submitting();
    const sent = await sendOnce(session, generation, { deadline });
    if (sent.kind === 'accepted')
      return { kind: 'accepted', task: sent.task, by: 'answer', isResubmitted: false };
    const { failure } = sent;
    if (sent.kind === 'lost') {
      await log?.lost();
      submits?.lost();
      if (provider.can.list) observer.queryFailed(failure);
      return { kind: 'lost', generation, sentAt, since: now(clock), resubmitted: false, failure };
    }
    observer.rejected();
    const pause = api.pauseFor(failure, attempt, deadline);
    if (pause === null) return sent;
    submits?.pauseFor(pause);
    await log?.rejected();
    await clock.sleep(pause, api.signal);
  }
}

/**
 * Searches the service's list for the task of a lost submit; when that has been clear of its task for a minute, the request
 * is submitted once more, with the same idempotency key.
 * @param until the submit is reconciled that long, and a rejected resubmit is retried
 */
export async function reconcileOrResubmit(
  session: Session,
  first: LostSubmit,
  log: SubmitLog | null,
  until: number,
): Promise<Submitted> {
  const { api, observer, submits } = session;
  const deadline = reconcileDeadline(session, until);
  let lost = first;
  for (let attempt = 1; ; attempt += 1) {
    // It may have been accepted: the list is read before each attempt.
    const found = await reconcile(session, lost, deadline);
    if (found.kind === 'found') return inList(found.task, lost);
    if (found.kind !== 'mayResubmit') return outcomeUnknown(session, lost, found);
    const held = submits && (await orFailure(submits.ready()));
    const notResubmitted = held || (log && (await orFailure(log.resubmitting())));
    if (notResubmitted) return outcomeUnknown(session, lost, { notResubmitted });
    observer.submitting();
    const sent = await sendOnce(session, lost.generation, { deadline });
    if (sent.kind === 'accepted')
      return { kind: 'accepted', task: sent.task, by: 'answer', isResubmitted: true };
    const { failure } = sent;
    if (sent.kind === 'lost') {
      await log?.lost();
      lost = { ...lost, since: now(api.clock), resubmitted: true, failure };
      attempt = 0;
      continue;
    }
    const pause = api.pauseFor(failure, attempt, deadline);
    if (pause === null) {
      const judged = await judgeRejection(session, lost, failure, deadline);
      // The first submit may have the key: sending it again would change nothing.
      const isInVain = judged.kind === 'unknown' && failure.code === 'IDEMPOTENCY_CONFLICT';
      if (judged.kind !== 'rejected' && !isInVain) await log?.resubmitRejected();
      return judged;
    }
    submits?.pauseFor(pause);
    await log?.resubmitRejected();
    await api.clock.sleep(pause, api.signal);
  }
}

/**
 * Sends a submit in one attempt, on a fresh connection.
 * @returns `lost` where the service may have accepted it, `rejected` where it certainly did not
 */
export async function sendOnce(
  { api, provider }: Pick<Session, 'api' | 'provider'>,
  generation: ProviderRequest,
  options: Pick<CallOptions, 'deadline' | 'onLeave'>,
): Promise<Sent> {
  const fresh = { ...options, fresh: true, leastMs: LEAST_SUBMIT_MS };
  const sent = await orFailure(api.once(provider.submit(generation), fresh));
  if (!(sent instanceof Failure)) return { kind: 'accepted', task: sent };
  return { kind: sent.details.unclear ? 'lost' : 'rejected', failure: sent };
}

const now = (clock: Clock): LostSubmit['since'] => ({ wall: clock.wall(), monotonic: clock.monotonic() });

/** The first submit may have caused the rejection (key, credits, rate used up): only a list that is clear of both proves no task. */
export async function judgeRejection(
  session: Session,
  lost: LostSubmit,
  failure: Failure,
  deadline: number,
  source?: ListSource,
): Promise<Submitted> {
  const found = await search(session, lost, deadline, source);
  if (found.kind === 'found') return inList(found.task, lost);
  const isInvalid = failure.code === 'INVALID_PAYLOAD' || failure.code === 'INVALID_MODEL';
  if (isInvalid && found.kind === 'absent') return { kind: 'rejected', failure };
  return outcomeUnknown(session, lost, { failure });
}

function inList(task: Task, { resubmitted }: LostSubmit): Submitted {
  return { kind: 'accepted', task, by: 'list', isResubmitted: resubmitted };
}

interface Why {
  failure?: Failure;
  notResubmitted?: Failure;
  /** Seconds until the list can tell. */
  after?: number;
  /** Why no later list can. */
  why?: Undecidable;
}

/** The failure says when the same command will know what came of a submit, and what to do. */
export async function outcomeUnknown(
  session: Session,
  { generation, sentAt, failure: lost }: LostSubmit,
  { why, ...found }: Why,
): Promise<{ kind: 'unknown'; failure: Failure }> {
  const { model, idempotencyKey } = generation;
  const later = found.failure && aboutRecords(found.failure);
  const notResubmitted = found.notResubmitted && aboutRecords(found.notResubmitted);
  const isRecorded = (await session.records()) !== null;
  // Without a record, the same command is another submit.
  const after = isRecorded ? (found.after ?? later?.details.retryAfter) : undefined;
  const named = lost.details.taskId;
  const request = { model, idempotencyKey, sentAt: new Date(sentAt).toISOString(), isRecorded };
  const message = `Whether ${session.provider.title} accepted this submit, and charged for it, is not known. ${lost.message}`;
  const failure = new Failure('SUBMIT_OUTCOME_UNKNOWN', message, {
    status: 'UNKNOWN',
    unclear: true,
    cause: lost,
    retryAfter: after,
    taskId: named,
    reason: { kind: 'submitUnknown', ...request, after, why, named, lost, later, notResubmitted },
  });
  return { kind: 'unknown', failure };
}

/** Returns why a record could not be written, without the words that nothing was submitted; any other failure as it is. */
function aboutRecords(failure: Failure): Failure {
  const { reason } = failure.details;
  if (reason?.kind !== 'unwritableFolder') return failure;
  return new Failure(failure.code, `The records in ${reason.folder} cannot be written to: ${reason.why}.`);
}
