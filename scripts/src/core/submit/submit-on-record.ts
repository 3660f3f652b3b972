import { takenOver } from '../../model/claim-rules.ts';
import { Failure } from '../../model/failure.ts';
import { jsonHash } from '../../model/fingerprint.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { Task } from '../../model/task.ts';
import type { Fence, RecordStore, RequestClaim, StoredRequest } from '../../ports/record-store.ts';
import type { CheckedRequest, Place } from '../checked-request.ts';
import { checkNameIsFree } from '../deliver/place.ts';
import { checkFunds } from '../money/check-price.ts';
import { withinDay } from '../money/day-budget.ts';
import type { OtherAccount } from '../observer.ts';
import { type LostSubmit, type Reconciled, reconcile } from '../reconcile/reconcile.ts';
import { promptExcerpt } from '../record/prompt-excerpt.ts';
import { creditsOf } from '../result.ts';
import type { Session } from '../session.ts';
import type { RequestTask } from './request-task.ts';
import { type SubmitLog, submit } from './submit-or-reconcile.ts';

type Request = CheckedRequest & Place;

/**
 * Returns the task of a request: the one that its record names, or a new one. The record is on the disk before the submit
 * is sent, and before anything waits for the task.
 * @param deadline on the monotonic clock
 * @throws Failure when there is no task, or when that is not known
 */
export async function submitOnRecord(
  session: Session,
  store: RecordStore,
  request: Request,
  deadline: number,
): Promise<RequestTask> {
  const { generation, terms, folder, output } = request;
  const payloadHash = jsonHash(generation.payload);
  const newRun = terms.newRun ?? (terms.isNew ? { began: nowIn(session), lines: payloadHash } : undefined);
  const claim: RequestClaim = {
    model: generation.model,
    payloadHash,
    promptExcerpt: promptExcerpt(generation.payload),
    idempotencyKey: generation.idempotencyKey,
    isNamed: terms.isNamed,
    isNew: terms.isNew,
    owner: terms.owner,
    download: folder,
    output,
    ordinal: terms.ordinal ?? 1,
    wait: terms.wait,
    ...(newRun !== undefined && { newRun }),
  };
  const claimed = await store.claim(
    claim,
    Math.max(deadline, session.api.clock.monotonic() + LEAST_PATIENCE_MS),
    session.api.signal,
  );
  const { entry } = claimed;
  if (claimed.kind === 'submitted') return attached(entry, request);
  const { resubmitted } = entry.record;
  try {
    const other = claimed.kind === 'new' && !terms.isNew ? await underOther(store, claim) : undefined;
    if (other) session.observer.madeUnderOther(other);
    const replaced: StoredRequest[] = [];
    for (const earlier of claimed.kind === 'new' ? claimed.unsettled : []) {
      if (!(await adopt(session, request, { entry: earlier, lock: claimed.lock }))) replaced.push(earlier);
    }
    const result =
      claimed.kind === 'new'
        ? await submitNew(session, store, request, claimed, deadline)
        : await reconcileEntry(
            session,
            request,
            entry,
            resubmitLog(session, store, request, claimed, deadline),
            deadline,
          );
    if (result.kind !== 'accepted') throw await refuse(result, claimed);
    await noteTask(session, entry, result.task);
    // Only now does another task replace them.
    for (const earlier of replaced) await earlier.update({ phase: 'abandoned' });
    const { task, wasThere } = result;
    const wasSent = claimed.kind === 'new' || entry.record.resubmitted !== resubmitted;
    const isResumed = wasThere && !wasSent;
    if (isResumed) session.observer.attached(task.id, entry.record.created);
    session.observer.task(task.id, task.state);
    return { entry, credits: entry.record.credits, task, isResumed, other };
  } finally {
    await claimed.lock.release();
  }
}

/** Returns the time by the wall clock, as records have it. */
function nowIn({ api }: Session): string {
  return new Date(api.clock.wall()).toISOString();
}

/** Returns what is on record of the same request under another key or address. */
async function underOther(store: RecordStore, claim: RequestClaim): Promise<OtherAccount | undefined> {
  const found = await store.underOtherAccount(claim);
  if (!found) return undefined;
  const { created, taskId, account, service } = found.record;
  const other = <T>(value: T, own: T) => (value === own ? null : value);
  const { place } = store;
  return {
    ...{ created, taskId },
    ...{ account: other(account, place.account), service: other(service, place.service) },
  };
}

/** Returns the task that a record names. The record keeps the place: a later command that names none saves the files there. */
export async function attached(entry: StoredRequest, { folder, output }: Place): Promise<RequestTask> {
  const { record } = entry;
  if (folder !== null && (record.download !== folder || (record.output ?? null) !== output)) {
    await entry.update({ download: folder, output });
  }
  return { entry, credits: entry.record.credits, isResumed: true };
}

// Another process that submits the same request gets this long, however short the wait.
const LEAST_PATIENCE_MS = 5_000;

/** Records the task of a request. This process holds the lock, so it writes the id even where the file is gone. */
async function noteTask({ api }: Session, entry: StoredRequest, task: Task): Promise<void> {
  const checked = new Date(api.clock.wall()).toISOString();
  const credits = creditsOf(task, entry.record.credits);
  const change = { phase: 'submitted', taskId: task.id, status: task.state, checked, credits } as const;
  await entry.update(change, { isOurs: true });
}

/** Records a submit that made no task, and returns the failure to report. */
async function refuse(
  { kind, failure }: Exclude<Reconciled, { kind: 'accepted' }>,
  { entry, lock }: { entry: StoredRequest; lock: Fence },
): Promise<Failure> {
  if (kind === 'rejected') {
    if (await lock.isOurs()) await entry.drop();
    return failure;
  }
  // An answer may name a task beside an error: the next run asks for the state of that task.
  const { taskId: named } = failure.details;
  await entry.update(({ taskId }) => (taskId === null ? { phase: 'unknown', taskId: named ?? null } : {}));
  return failure;
}

async function submitNew(
  session: Session,
  store: RecordStore,
  request: Request,
  { entry, lock }: { entry: StoredRequest; lock: Fence },
  deadline: number,
): Promise<Reconciled> {
  const { contract, generation, terms, folder, output } = request;
  // The names of several requests are checked together, before the first is submitted.
  if (!session.submits) await checkNameIsFree(folder, output);
  const quote =
    request.quote ?? (await checkFunds(session, contract, generation, terms.maxCreditsPerDay, deadline));
  const credits = { ...entry.record.credits, quoted: quote?.credits ?? null };
  await requireLock(lock);
  await withinDay(session, store, terms.maxCreditsPerDay, quote, entry, () => ({
    credits,
    ...sendingNow(session),
  }));
  try {
    await requireLock(lock);
  } catch (error) {
    await entry.update({ phase: 'rejected' });
    throw error;
  }
  const log = resubmitLog(session, store, request, { entry, lock }, deadline);
  return submit(session, generation, log, deadline);
}

/** @throws Failure where the machine has slept so long since the lock was taken that others took this process for dead */
async function requireLock(lock: Fence): Promise<void> {
  if (!(await lock.isOurs())) throw takenOver();
}

/** Returns the fields of a record whose submit is about to be sent for the first time, or was rejected before. */
function sendingNow({ api }: Session) {
  const now = new Date(api.clock.wall()).toISOString();
  return { sentAt: now, unsettledSince: now, submitTimeout: api.timeoutMs };
}

/**
 * Returns when the submit of a record ended at the latest, by the wall clock. The process that sent it has died: it may
 * have written the record long before, and the service may have accepted the request at its last moment.
 */
function latestEnd({ api }: Session, { phase, unsettledSince, submitTimeout }: RequestRecord): number {
  const mayLast = phase === 'submitting' ? (submitTimeout ?? api.timeoutMs) : 0;
  // Not after now, even where the clock was set back: the minute must pass.
  return Math.min(Date.parse(unsettledSince) + mayLast, api.clock.wall());
}

async function reconcileEntry(
  session: Session,
  { generation }: Request,
  entry: StoredRequest,
  log: SubmitLog,
  deadline: number,
): Promise<Reconciled> {
  const { clock } = session.api;
  const wall = clock.wall();
  const since = latestEnd(session, entry.record);
  const unsettledSince = new Date(since).toISOString();
  // Later commands count from the same moment.
  if (entry.record.phase === 'submitting' || entry.record.unsettledSince !== unsettledSince) {
    await entry.update({ phase: 'unknown', unsettledSince });
  }
  const { record } = entry;
  const lost: LostSubmit = {
    sentAt: Date.parse(record.sentAt),
    since: { wall: since, monotonic: clock.monotonic() - (wall - since) },
    resubmitted: record.resubmitted,
    failure: new Failure(
      'NETWORK_ERROR',
      'An earlier run of this command did not learn the outcome of its submit.',
    ),
  };
  session.observer.submitting();
  session.submits?.lost();
  return reconcile(session, { ...generation, idempotencyKey: record.idempotencyKey }, lost, log, deadline);
}

/**
 * Records the task of an earlier submit whose outcome the user decided not to wait for, where the service's list shows
 * that task: its result is still to be delivered.
 * @returns whether the list shows it
 */
async function adopt(
  session: Session,
  request: Request,
  { entry, lock }: { entry: StoredRequest; lock: Fence },
): Promise<boolean> {
  const { monotonic } = session.api.clock;
  const observer = { ...session.observer, submitting: () => {} };
  const never = () => Promise.reject(new Failure('UNKNOWN_ERROR', 'It is not sent again.'));
  const log = { ...recordLog(session, entry, lock), resubmitting: never };
  try {
    // The request that takes its place is submitted afterwards, by the same permit.
    const own = { ...session, observer, submits: undefined };
    const result = await reconcileEntry(own, request, entry, log, monotonic());
    if (result.kind !== 'accepted') return false;
    await noteTask(session, entry, result.task);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** Returns the log of a submit that writes to its record. */
function recordLog(session: Session, entry: StoredRequest, lock: Fence): SubmitLog {
  const now = () => new Date(session.api.clock.wall()).toISOString();
  let clearSince = entry.record.unsettledSince;
  return {
    sending: async () => {
      await requireLock(lock);
      await entry.require({ phase: 'submitting', ...sendingNow(session) });
    },
    rejected: async () => void (await entry.update({ phase: 'rejected' }, { isOurs: true })),
    lost: async () =>
      void (await entry.update({ phase: 'unknown', unsettledSince: now() }, { isOurs: true })),
    resubmitting: async () => {
      await requireLock(lock);
      clearSince = entry.record.unsettledSince;
      const { unsettledSince, submitTimeout } = sendingNow(session);
      await entry.require({ phase: 'submitting', resubmitted: true, unsettledSince, submitTimeout });
    },
    // The service rejected this attempt, so what the list has shown about the first one still holds.
    resubmitRejected: async () => {
      const change = { phase: 'unknown', resubmitted: false, unsettledSince: clearSince } as const;
      await entry.update(change, { isOurs: true });
    },
  };
}

/** Returns the same log; before a second submit it checks the limits of this command. */
function resubmitLog(
  session: Session,
  store: RecordStore,
  { contract, generation, terms }: Request,
  { entry, lock }: { entry: StoredRequest; lock: Fence },
  deadline: number,
): SubmitLog {
  const log = recordLog(session, entry, lock);
  return {
    ...log,
    resubmitting: async () => {
      const quote = await checkFunds(session, contract, generation, terms.maxCreditsPerDay, deadline);
      if (quote) {
        await withinDay(session, store, terms.maxCreditsPerDay, quote, entry, ({ credits }) => ({
          credits: { ...credits, quoted: quote.credits },
        }));
      }
      await log.resubmitting();
    },
  };
}
