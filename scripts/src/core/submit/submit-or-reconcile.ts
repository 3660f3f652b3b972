import type { Clock } from '../../model/clock.ts';
import { type Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { GenerationRequest } from '../../providers/provider.ts';
import {
  type ListSource,
  type LostSubmit,
  reconcile,
  reconcileUntil,
  search,
} from '../reconcile/reconcile.ts';
import { unknownOutcome } from '../reconcile/unknown-outcome.ts';
import type { Session } from '../session.ts';
import { sendOnce } from './send-once.ts';

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

const SOON_MS = 500;

/**
 * Submits one request. Retries it only where the service certainly did not accept it. A lost one is searched for in the
 * service's list; when that has been clear of its task for a minute, the request is submitted once more, with the same
 * idempotency key.
 * @param deadline on the monotonic clock: until then a rejected submit is retried, and a lost one is reconciled
 */
export async function submitOrReconcile(
  session: Session,
  generation: GenerationRequest,
  log: SubmitLog,
  deadline: number,
  earlier?: LostSubmit,
): Promise<Submitted> {
  const first = earlier ?? (await submitFirst(session, generation, log, deadline));
  if ('kind' in first) return first;
  return resubmitWhenClear(session, generation, log, first, reconcileUntil(session, deadline));
}

/** Submits the request, again after each rejection that time may mend, until there is an answer or one is lost. */
async function submitFirst(
  session: Session,
  generation: GenerationRequest,
  log: SubmitLog,
  until: number,
): Promise<Submitted | LostSubmit> {
  const { api, observer, submits, provider } = session;
  const { clock } = api;
  let sentAt = clock.wall();
  for (let attempt = 1; ; attempt += 1) {
    const asked = clock.monotonic();
    const held = submits && (await orFailure(submits.ready()));
    if (held) return { kind: 'rejected', failure: held };
    if (attempt > 1 || clock.monotonic() > asked + SOON_MS) {
      // The record says when the submit is sent: from then on the list must be clear.
      sentAt = clock.wall();
      await log.sending();
    }
    observer.submitting();
    const sent = await sendOnce(session, generation, { until });
    if (sent.kind === 'accepted')
      return { kind: 'accepted', task: sent.task, by: 'answer', isResubmitted: false };
    const { failure } = sent;
    if (sent.kind === 'lost') {
      await log.lost();
      submits?.lost();
      if (provider.can.list) observer.queryFailed(failure);
      return { generation, sentAt, since: now(clock), resubmitted: false, failure };
    }
    observer.rejected();
    const pause = api.pauseFor(failure, attempt, until);
    if (pause === null) return sent;
    submits?.pauseFor(pause);
    await log.rejected();
    await clock.sleep(pause, api.signal);
  }
}

async function resubmitWhenClear(
  session: Session,
  generation: GenerationRequest,
  log: SubmitLog,
  first: LostSubmit,
  until: number,
): Promise<Submitted> {
  const { api, observer, submits } = session;
  let lost = first;
  for (let attempt = 1; ; attempt += 1) {
    // It may have been accepted: the list is read before each attempt.
    const found = await reconcile(session, lost, until);
    if (found.kind === 'found') return inList(found.task, lost);
    if (found.kind !== 'mayResubmit') return unknown(session, lost, found);
    const held = submits && (await orFailure(submits.ready()));
    const notResubmitted = held || (await orFailure(log.resubmitting()));
    if (notResubmitted) return unknown(session, lost, { notResubmitted });
    observer.submitting();
    const sent = await sendOnce(session, generation, { until });
    if (sent.kind === 'accepted')
      return { kind: 'accepted', task: sent.task, by: 'answer', isResubmitted: true };
    const { failure } = sent;
    if (sent.kind === 'lost') {
      await log.lost();
      lost = { ...lost, since: now(api.clock), resubmitted: true, failure };
      attempt = 0;
      continue;
    }
    const pause = api.pauseFor(failure, attempt, until);
    if (pause === null) {
      const judged = await judgeRejection(session, lost, failure, until);
      // The first submit may have the key: sending it again would change nothing.
      const isInVain = judged.kind === 'unknown' && failure.code === 'IDEMPOTENCY_CONFLICT';
      if (judged.kind !== 'rejected' && !isInVain) await log.resubmitRejected();
      return judged;
    }
    submits?.pauseFor(pause);
    await log.resubmitRejected();
    await api.clock.sleep(pause, api.signal);
  }
}

const now = (clock: Clock): LostSubmit['since'] => ({ wall: clock.wall(), monotonic: clock.monotonic() });

/** The first submit may have caused the rejection (key, credits, rate used up): only a list that is clear of both proves no task. */
export async function judgeRejection(
  session: Session,
  lost: LostSubmit,
  failure: Failure,
  until: number,
  source?: ListSource,
): Promise<Submitted> {
  const found = await search(session, lost, until, source);
  if (found.kind === 'found') return inList(found.task, lost);
  const isInvalid = failure.code === 'INVALID_PAYLOAD' || failure.code === 'INVALID_MODEL';
  if (isInvalid && found.kind === 'absent') return { kind: 'rejected', failure };
  return unknown(session, lost, { failure });
}

function inList(task: Task, { resubmitted }: LostSubmit): Submitted {
  return { kind: 'accepted', task, by: 'list', isResubmitted: resubmitted };
}

async function unknown(...of: Parameters<typeof unknownOutcome>): Promise<Submitted> {
  return { kind: 'unknown', failure: await unknownOutcome(...of) };
}
