import { Failure, type Reason } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { GenerationRequest } from '../../providers/provider.ts';
import type { Session } from '../session.ts';
import { sendOnce } from '../submit/send-until-accepted.ts';
import { findOwn } from './find-in-list.ts';

/** A submit whose outcome is not known: the service may have accepted it. */
export interface LostSubmit {
  /** By the wall clock: not later than the first attempt that may have been accepted. */
  sentAt: number;
  /** When the last attempt ended; where its process died, the latest moment at which it can have. */
  since: { wall: number; monotonic: number };
  /** It was already submitted once more. */
  resubmitted: boolean;
  /** Why the answer is missing. */
  failure: Failure;
}

/** The outcome of a lost submit, as far as reconciling found it. */
export type Reconciled =
  /** `wasThere`: the list showed the task, so nothing was submitted now. */
  | { kind: 'accepted'; task: Task; wasThere: boolean }
  /** The service certainly did not accept it: nothing was charged. */
  | { kind: 'rejected'; failure: Failure }
  /** Not known yet. The failure says when the same command will know, and what to do. */
  | { kind: 'unknown'; failure: Failure };

/** Writes each step to the disk before the next one. */
export interface ReconcileLog {
  /** An attempt ended without an answer. */
  lost(): Promise<void>;
  /** The request is about to be submitted once more, although the service may have accepted the first submit. @throws where it must not be */
  resubmitting(): Promise<void>;
  /** The service certainly did not accept the second submit. */
  resubmitRejected(): Promise<void>;
}

// It is not documented how late a list shows a task. The list must be clear for this long.
const CLEAR_MS = 60_000;
// The list is read at these intervals after the submit was lost; the last one is repeated.
const INTERVALS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const REREAD_MS = 5_000;
// Even the shortest wait reads the list twice: now, and once after a short delay of the service.
const LEAST_MS = 1_500;
// AIVideoMaker, the one service with a list, keeps results for 24 hours (as documented in September 2026). What a list shows
// of older tasks is not known, nor how long a key is remembered.
const RESUBMIT_WITHIN_MS = 24 * 3600_000;

/**
 * Finds the task of a lost submit in the service's list. When the list has been clear of it for a minute, submits the
 * request once more, with the same idempotency key.
 * @param deadline on the monotonic clock
 */
export async function reconcile(
  session: Session,
  generation: GenerationRequest,
  lost: LostSubmit,
  log: ReconcileLog,
  deadline: number,
): Promise<Reconciled> {
  const { clock, signal } = session.api;
  if (!session.provider.can.list) return unknown(session, generation, lost);
  const until = session.suppliedList ? deadline : Math.max(deadline, clock.monotonic() + LEAST_MS);
  let attempts = 0;
  for (let n = 0; ; n += 1) {
    const startedAt = clock.monotonic();
    const found = await search(session, generation, lost, until);
    // A list that was read elsewhere proves nothing about the time after that.
    const readAt = startedAt - ('ageMs' in found ? found.ageMs : 0);
    if (found.kind === 'there') return { kind: 'accepted', task: found.task, wasThere: true };
    const failure = found.kind === 'unreadable' ? found.failure : undefined;
    if (failure && !failure.details.transient) return unknown(session, generation, lost, { failure });
    const clearAt = lost.since.monotonic + CLEAR_MS;
    // A similar task stays as uncertain as it is: a longer wait adds no information.
    if (found.kind === 'unsure' && readAt >= clearAt) return unknown(session, generation, lost);
    if (found.kind === 'clear' && readAt >= clearAt) {
      const age = clock.wall() - lost.since.wall;
      if (lost.resubmitted || age > RESUBMIT_WITHIN_MS) return unknown(session, generation, lost);
      attempts += 1;
      const result = await resubmit(session, generation, lost, log, { until, attempts });
      if (result.kind === 'later') {
        await clock.sleep(result.pauseMs, signal);
        continue;
      }
      if (result.kind !== 'lost') return result;
      lost = result.lost;
      n = -1;
      continue;
    }
    const now = clock.monotonic();
    const earliest = now + (failure?.details.retryAfter ?? 0) * 1_000;
    const interval = INTERVALS_MS[Math.min(n, INTERVALS_MS.length - 1)]!;
    // The list is read at the moment from which a clear list is proof, and at the end of the wait.
    const due = Math.max(earliest, Math.min(now + interval, clearAt > now ? clearAt : Infinity));
    const next = Math.min(due, until);
    if (next <= now || earliest > until) {
      // A list that could not be read now, or was asked for too early, may be read by the next run.
      const soon = failure || clearAt <= now ? now + REREAD_MS : clearAt;
      const after = Math.ceil((Math.max(clearAt, earliest, soon) - now) / 1_000);
      return unknown(session, generation, lost, { failure, after });
    }
    await clock.sleep(next - now, signal);
  }
}

type Found =
  | { kind: 'there'; task: Task }
  /** `ageMs`: how long before this search the list was read. */
  | { kind: 'clear'; ageMs: number }
  /** The list shows a task that may be the one. */
  | { kind: 'unsure'; ageMs: number }
  | { kind: 'unreadable'; failure: Failure };

async function search(
  session: Session,
  generation: GenerationRequest,
  lost: LostSubmit,
  until: number,
): Promise<Found> {
  const { api, provider } = session;
  try {
    // A task that another record names belongs to that request, however similar it is.
    const askedAt = api.clock.wall();
    const supplied = await session.suppliedList?.();
    const list = supplied ?? (await api.once(provider.list(), { until }));
    const taken = new Set(await takenAmong(session, list.tasks));
    // The wall clock may have been set back, and the monotonic clock stops while a machine sleeps: the later time counts.
    const elapsed = api.clock.monotonic() - lost.since.monotonic;
    const wall = Math.max(api.clock.wall(), lost.since.wall + elapsed);
    const endedAt = wall - elapsed;
    const now = supplied ? supplied.answeredAt : wall;
    const ageMs = supplied ? Math.max(0, askedAt - supplied.askedAt) : 0;
    const tasks = list.tasks.filter(({ id }) => !taken.has(id));
    // After the clock was set back, the time of the submit is not known.
    const sentAt = lost.sentAt > lost.since.wall ? null : lost.sentAt;
    const found = findOwn({ ...list, tasks }, generation, { sentAt, endedAt, now });
    if (found === undefined) return { kind: 'clear', ageMs };
    return found === 'unsure' ? { kind: 'unsure', ageMs } : { kind: 'there', task: found };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    session.observer.queryFailed(failure);
    return { kind: 'unreadable', failure };
  }
}

async function takenAmong(session: Session, tasks: readonly Task[]): Promise<Iterable<string>> {
  const ids = tasks.map(({ id }) => id);
  if (session.takenTasks) return session.takenTasks(ids);
  return (await session.records())?.recordedAmong(ids) ?? [];
}

/** Submits the request once more, by one attempt: the list is read again before the next one. */
async function resubmit(
  session: Session,
  generation: GenerationRequest,
  lost: LostSubmit,
  log: ReconcileLog,
  { until, attempts }: { until: number; attempts: number },
): Promise<Reconciled | { kind: 'lost'; lost: LostSubmit } | { kind: 'later'; pauseMs: number }> {
  const { api, observer, submits } = session;
  try {
    await submits?.ready();
    await log.resubmitting();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return unknown(session, generation, lost, { notResubmitted: error });
  }
  observer.submitting();
  const sent = await sendOnce(session, generation, { until });
  if (sent.kind === 'accepted') return { ...sent, wasThere: false };
  const { failure } = sent;
  if (sent.kind === 'lost') {
    await log.lost();
    const { clock } = api;
    const since = { wall: clock.wall(), monotonic: clock.monotonic() };
    return { kind: 'lost', lost: { ...lost, since, resubmitted: true, failure } };
  }
  const pauseMs = api.pauseFor(failure, attempts, until);
  if (pauseMs !== null) {
    submits?.pauseFor(pauseMs);
    await log.resubmitRejected();
    return { kind: 'later', pauseMs };
  }
  // The first submit may have caused this rejection: it may have used up the key, the credits or the rate.
  const found = await search(session, generation, lost, until);
  if (found.kind === 'there') return { kind: 'accepted', task: found.task, wasThere: true };
  const isInvalid = failure.code === 'INVALID_PAYLOAD' || failure.code === 'INVALID_MODEL';
  if (isInvalid && found.kind === 'clear') return sent;
  if (failure.code !== 'IDEMPOTENCY_CONFLICT') await log.resubmitRejected();
  return unknown(session, generation, lost, { failure });
}

interface Later {
  /** Why the later query gave no answer. */
  failure?: Failure | undefined;
  notResubmitted?: Failure | undefined;
  /** Seconds until the list can tell. */
  after?: number | undefined;
}

async function unknown(
  session: Session,
  { model, idempotencyKey }: GenerationRequest,
  { sentAt, failure: lost }: LostSubmit,
  { failure: later, notResubmitted, after: clearIn }: Later = {},
): Promise<Reconciled> {
  const isRecorded = session.takenTasks !== undefined || (await session.records()) !== null;
  // Without a record, the same command is another submit.
  const after = isRecorded ? (clearIn ?? later?.details.retryAfter) : undefined;
  const named = lost.details.taskId;
  const reason: Reason = {
    kind: 'submitUnknown',
    ...{ model, idempotencyKey, sentAt: new Date(sentAt).toISOString() },
    ...{ isRecorded, after, named, lost, later, notResubmitted },
  };
  const failure = new Failure(
    'SUBMIT_OUTCOME_UNKNOWN',
    `Whether ${session.provider.title} accepted this submit, and charged for it, is not known. ${lost.message}`,
    {
      status: 'UNKNOWN',
      unclear: true,
      cause: lost,
      data: { idempotencyKey, model },
      retryAfter: after,
      taskId: named,
      reason,
    },
  );
  return { kind: 'unknown', failure };
}
