import type { Api } from '../../http/api.ts';
import { Failure, type Undecidable } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { Task } from '../../model/task.ts';
import type { ProviderRequest, TaskList } from '../../providers/provider.ts';
import type { Session } from '../session.ts';
import { equalSubmits, isUnderWay } from './equal-submit.ts';
import { findInList } from './find-in-list.ts';

/** A submit whose outcome is not known: the service may have accepted it. */
export interface LostSubmit {
  kind: 'lost';
  generation: ProviderRequest;
  /** By the wall clock: not later than the first attempt that may have been accepted. */
  sentAt: number;
  /** When the last attempt ended; where its process died, the latest moment at which it can have. */
  since: { wall: number; monotonic: number };
  resubmitted: boolean;
  failure: Failure;
}

/** What is known of a lost submit once its service's list was read. `after`: seconds until the list can tell. */
export type Reconciled =
  | { kind: 'found'; task: Task }
  /** The list has been clear of the task for a minute. */
  | { kind: 'mayResubmit' }
  /** The list was read too early, or an equal request is being submitted just now. */
  | { kind: 'later'; after: number }
  /** No later list can tell. */
  | { kind: 'never'; why: Undecidable }
  /** `after` is absent where every later query would fail too. */
  | { kind: 'unreadable'; failure: Failure; after?: number };

/** Where the list is read, and which tasks are known, for a caller that does both elsewhere. Times are by the wall clock. */
export interface ListSource {
  /** Absent: the service is asked. */
  list?: (() => Promise<TaskList & { askedAt: number; answeredAt: number }>) | undefined;
  /** Returns which of these tasks belong to other requests; absent: the records say so. */
  taken?: ((taskIds: string[]) => Promise<Iterable<string>>) | undefined;
}

// It is not documented how late a list shows a task. The list must be clear for this long.
export const CLEAR_MS = 60_000;
// The list is read at these intervals after the submit was lost; the last one is repeated.
const INTERVALS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const REREAD_MS = 5_000;
// Even the shortest wait reads the list twice: now, and once after a short delay of the service.
const LEAST_MS = 1_500;

/**
 * Returns when the last attempt of a lost submit ended, by the wall clock. Where its process died, that is the latest moment
 * at which it can have: it may have written the record long before, and the service may have accepted the request at its
 * last moment. But not after now, even where the clock was set back: the minute must pass.
 */
export function endedAt(
  { phase, unsettledSince, submitTimeout }: RequestRecord,
  { clock, timeoutMs }: Api,
): number {
  const mayLast = phase === 'submitting' ? (submitTimeout ?? timeoutMs) : 0;
  return Math.min(Date.parse(unsettledSince) + mayLast, clock.wall());
}

/** Returns the seconds until the list can tell what became of a lost submit; 0 or less: a list that is read now can. */
export function clearIn(record: RequestRecord, api: Api): number {
  return Math.ceil((endedAt(record, api) + CLEAR_MS - api.clock.wall()) / 1_000);
}

/** Returns when a reconciliation ends: at the deadline, but not before the list was read twice. */
export function reconcileDeadline({ api }: Session, deadline: number): number {
  return Math.max(deadline, api.clock.monotonic() + LEAST_MS);
}

/**
 * Searches the service's list for the task of a lost submit, at growing intervals, until the list can tell or the time is
 * over. Submits nothing.
 */
export async function reconcile(
  session: Session,
  lost: LostSubmit,
  deadline: number,
  source: ListSource = {},
): Promise<Reconciled> {
  const { clock, signal } = session.api;
  if (!session.provider.can.list) return { kind: 'never', why: 'noList' };
  const clearAt = lost.since.monotonic + CLEAR_MS;
  for (let n = 0; ; n += 1) {
    const startedAt = clock.monotonic();
    const found = await search(session, lost, deadline, source);
    if (found.kind === 'found') return found;
    const failure = found.kind === 'unreadable' ? found.failure : undefined;
    if (failure && !failure.details.transient) return { kind: 'unreadable', failure };
    // A list that was read elsewhere proves nothing about the time after that.
    const isRead = found.kind === 'absent' || found.kind === 'similar' || found.kind === 'cut';
    if (isRead && startedAt - found.ageMs >= clearAt) {
      // It stays as uncertain as it is: a longer wait adds no information.
      if (found.kind !== 'absent') return { kind: 'never', why: found.kind };
      if (lost.resubmitted) return { kind: 'never', why: 'resubmitted' };
      // What a list shows of tasks whose results are not kept any more is not known, nor how long a key is remembered.
      const { resultsKeptMs = 0 } = session.provider;
      if (clock.wall() - lost.since.wall > resultsKeptMs) return { kind: 'never', why: 'late' };
      return { kind: 'mayResubmit' };
    }
    const now = clock.monotonic();
    const earliest = now + (failure?.details.retryAfter ?? 0) * 1_000;
    const interval = INTERVALS_MS[Math.min(n, INTERVALS_MS.length - 1)]!;
    // The list is read at the moment from which a clear list is proof, and at the end of the wait.
    const due = Math.max(earliest, Math.min(now + interval, clearAt > now ? clearAt : Infinity));
    const next = Math.min(due, deadline);
    if (next <= now || earliest > deadline) {
      // A list that could not be read now, or was asked for too early, may be read by the next run.
      const soon = failure || clearAt <= now ? now + REREAD_MS : clearAt;
      const after = Math.ceil((Math.max(clearAt, earliest, soon) - now) / 1_000);
      return failure ? { kind: 'unreadable', failure, after } : { kind: 'later', after };
    }
    await clock.sleep(next - now, signal);
  }
}

/** What one reading of the list shows. `ageMs`: how long before this search it was read. */
type Found =
  | { kind: 'found'; task: Task }
  | { kind: 'absent' | 'similar' | 'cut'; ageMs: number }
  /** A task may be the one, or that of an equal request which another process submits just now. */
  | { kind: 'contested' }
  | { kind: 'unreadable'; failure: Failure };

/**
 * Reads the list once, and searches it for the task of a lost submit. Submits nothing.
 * @param deadline on the monotonic clock
 * @returns `unreadable`, in place of a throw, where the list cannot be read
 */
export async function search(
  session: Session,
  lost: LostSubmit,
  deadline: number,
  source: ListSource = {},
): Promise<Found> {
  const { api, provider } = session;
  try {
    // A task that another record names belongs to that request, however similar it is.
    const askedAt = api.clock.wall();
    const supplied = await source.list?.();
    const list = supplied ?? (await api.once(provider.list(), { deadline }));
    const ids = list.tasks.map(({ id }) => id);
    const records = source.taken ? null : await session.records();
    const taken = source.taken ? await source.taken(ids) : await records?.recordedAmong(ids);
    const others = new Set(taken);
    // The wall clock may have been set back, and the monotonic clock stops while a machine sleeps: the later time counts.
    const elapsed = api.clock.monotonic() - lost.since.monotonic;
    const wall = Math.max(api.clock.wall(), lost.since.wall + elapsed);
    const endedAt = wall - elapsed;
    const now = supplied ? supplied.answeredAt : wall;
    const ageMs = supplied ? Math.max(0, askedAt - supplied.askedAt) : 0;
    // After the clock was set back, the time of the submit is not known.
    const sentAt = lost.sentAt > lost.since.wall ? null : lost.sentAt;
    const { generation } = lost;
    const equal = records ? await equalSubmits(records, generation.idempotencyKey) : { others: [] };
    const times = { sentAt, endedAt, now };
    const found = findInList(list, generation, times, 1 + equal.others.length, others);
    if (typeof found === 'string') return { kind: found, ageMs };
    if (found.idempotencyKey !== undefined || !records) return { kind: 'found', task: found };
    return (await isUnderWay(records, equal)) ? { kind: 'contested' } : { kind: 'found', task: found };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    session.observer.queryFailed(failure);
    return { kind: 'unreadable', failure };
  }
}
