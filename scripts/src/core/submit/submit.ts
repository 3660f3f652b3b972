import { type Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { GenerationRequest } from '../../providers/provider.ts';
import {
  type ListSource,
  type LostSubmit,
  reconcile,
  reconcileUntil,
  search,
  unknownOutcome,
} from '../reconcile/reconcile.ts';
import type { Session } from '../session.ts';
import { sendOnce } from './send-once.ts';

/** The outcome of a submit, as far as it can be found out. */
export type Submitted =
  /** `wasThere`: the list showed the task, so nothing was submitted now. */
  | { kind: 'accepted'; task: Task; wasThere: boolean; isResubmitted: boolean }
  /** The service certainly did not accept it: nothing was charged. */
  | { kind: 'rejected'; failure: Failure }
  /** Not known yet. The failure says when the same command will know, and what to do. */
  | { kind: 'unknown'; failure: Failure };

/** Writes each step to the disk before the next one: the process may end between any two. */
export interface SubmitLog {
  /** An attempt is about to be sent, some time after the request was recorded; earlier ones were rejected. */
  sending(): Promise<void>;
  rejected(): Promise<void>;
  /** An attempt ended without an answer. */
  lost(): Promise<void>;
  /** The request is about to be submitted once more, although the service may have accepted the first submit. @throws where it must not be */
  resubmitting(): Promise<void>;
  /** The service certainly did not accept the second submit. */
  resubmitRejected(): Promise<void>;
}

const SOON_MS = 500;

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
): Promise<Submitted> {
  const { api, observer, submits } = session;
  const { clock } = api;
  let sentAt = clock.wall();
  for (let attempt = 1; ; attempt += 1) {
    const asked = clock.monotonic();
    const held = submits && (await orFailure(submits.ready()));
    if (held) return { kind: 'rejected', failure: held };
    // The record says when the submit is sent: from then on the list must be clear.
    if (attempt > 1 || clock.monotonic() > asked + SOON_MS) {
      sentAt = clock.wall();
      await log.sending();
    }
    observer.submitting();
    const sent = await sendOnce(session, generation, { until: deadline });
    if (sent.kind === 'accepted') return { ...sent, wasThere: false, isResubmitted: false };
    const { failure } = sent;
    if (sent.kind === 'lost') {
      await log.lost();
      submits?.lost();
      if (session.provider.can.list) observer.queryFailed(failure);
      const since = { wall: clock.wall(), monotonic: clock.monotonic() };
      return recover(session, generation, { sentAt, since, resubmitted: false, failure }, log, deadline);
    }
    observer.refused();
    const pause = api.pauseFor(failure, attempt, deadline);
    if (pause === null) return sent;
    submits?.pauseFor(pause);
    await log.rejected();
    await clock.sleep(pause, api.signal);
  }
}

/**
 * Finds out about a lost submit. When the list has been clear of its task for a minute, submits the request once more,
 * with the same idempotency key; the list is read again before each further attempt.
 * @param deadline on the monotonic clock
 */
export async function recover(
  session: Session,
  generation: GenerationRequest,
  first: LostSubmit,
  log: Omit<SubmitLog, 'sending' | 'rejected'>,
  deadline: number,
): Promise<Submitted> {
  const { api, observer, submits } = session;
  const { clock } = api;
  const until = reconcileUntil(session, deadline);
  let lost = first;
  for (let attempt = 1; ; attempt += 1) {
    const found = await reconcile(session, generation, lost, until);
    if (found.kind === 'found') return accepted(found.task, true, lost.resubmitted);
    if (found.kind !== 'clear') return unknown(session, generation, lost, found);
    const held = submits && (await orFailure(submits.ready()));
    const notResubmitted = held || (await orFailure(log.resubmitting()));
    if (notResubmitted) return unknown(session, generation, lost, { notResubmitted });
    observer.submitting();
    const sent = await sendOnce(session, generation, { until });
    if (sent.kind === 'accepted') return accepted(sent.task, false, true);
    const { failure } = sent;
    if (sent.kind === 'lost') {
      await log.lost();
      const since = { wall: clock.wall(), monotonic: clock.monotonic() };
      lost = { ...lost, since, resubmitted: true, failure };
      continue;
    }
    const pause = api.pauseFor(failure, attempt, until);
    if (pause === null) {
      const judged = await judgeRejection(session, generation, lost, failure, until);
      // The first submit may have the key: sending it again would change nothing.
      if (judged.kind === 'unknown' && failure.code !== 'IDEMPOTENCY_CONFLICT') await log.resubmitRejected();
      return judged;
    }
    submits?.pauseFor(pause);
    await log.resubmitRejected();
    await clock.sleep(pause, api.signal);
  }
}

/**
 * Returns what the rejection of a second submit says of both. The first one may have caused it: it may have used up the
 * key, the credits or the rate. Only a list that is clear of both proves that there is no task.
 */
export async function judgeRejection(
  session: Session,
  generation: GenerationRequest,
  lost: LostSubmit,
  failure: Failure,
  until: number,
  source?: ListSource,
): Promise<Submitted> {
  const found = await search(session, generation, lost, until, source);
  if (found.kind === 'found') return accepted(found.task, true, lost.resubmitted);
  const isInvalid = failure.code === 'INVALID_PAYLOAD' || failure.code === 'INVALID_MODEL';
  if (isInvalid && found.kind === 'clear') return { kind: 'rejected', failure };
  return unknown(session, generation, lost, { failure });
}

function accepted(task: Task, wasThere: boolean, isResubmitted: boolean): Submitted {
  return { kind: 'accepted', task, wasThere, isResubmitted };
}

async function unknown(...of: Parameters<typeof unknownOutcome>): Promise<Submitted> {
  return { kind: 'unknown', failure: await unknownOutcome(...of) };
}
