import { knownRecord, requestNameOf, takenOver } from '../../model/claim-rules.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import { type RecordChange, spentOn } from '../../model/request-record.ts';
import type { SubmitWarning } from '../../model/submit-facts.ts';
import type { Claimed, Lock, RecordStore, RequestClaim, StoredRequest } from '../../ports/record-store.ts';
import type { CheckedRequest, FilePlace } from '../checked-request.ts';
import { checkNameIsFree } from '../deliver/place.ts';
import { checkPrice } from '../money/check-price.ts';
import { recordCharge } from '../money/record-charge.ts';
import { endedAt, type LostSubmit, reconcile, reconcileDeadline } from '../reconcile/reconcile.ts';
import { otherAccountOf } from '../record/other-account.ts';
import { dateOf } from '../record/task-record.ts';
import { madeBy, type RecordedTask, type SubmittedTask } from '../result.ts';
import type { Session } from '../session.ts';
import { claimOf } from './claim.ts';
import { type RecordedRequest, recordTask } from './record-task.ts';
import {
  outcomeUnknown,
  reconcileOrResubmit,
  type SubmitLog,
  type Submitted,
  submitOrReconcile,
} from './submit-or-reconcile.ts';

type Request = CheckedRequest & FilePlace;

interface LostRequest extends RecordedRequest {
  request: Request;
}

/** A request that this process alone may submit, until it releases the lock. */
interface OwnRequest extends LostRequest {
  lock: Lock;
  deadline: number;
}

// Another process that submits the same request gets this long, however short the wait.
const LEAST_PATIENCE_MS = 5_000;

/**
 * Returns the task of a request: the one that its record names, or a new one. The record is on the disk before the submit
 * is sent, and before anything waits for the task.
 * @throws Failure when there is no task, or when that is not known
 */
export async function submitOnRecord(
  session: Session,
  store: RecordStore,
  request: Request,
  deadline: number,
): Promise<SubmittedTask> {
  const { api, observer } = session;
  const claim = claimOf(request, api.clock.wall());
  const patience = Math.max(deadline, api.clock.monotonic() + LEAST_PATIENCE_MS);
  const found = await orFailure(store.claim(claim, patience, api.signal));
  const claimed = found instanceof Failure ? await readOnly(session, store, request, claim, found) : found;
  if (claimed.kind === 'submitted') return { known: await knownTaskOf(claimed.entry, request), warnings: [] };
  const { entry, lock } = claimed;
  const own = { session, store, request, entry, lock, deadline };
  const wasResubmitted = entry.record.resubmitted;
  const isNew = claimed.kind === 'new';
  try {
    if (!isNew) await keepPlace(entry, request);
    const other = isNew && !claim.isNew ? await otherAccountOf(store, claim) : undefined;
    if (other) observer.madeUnderOther(other);
    const replaced: StoredRequest[] = [];
    for (const earlier of isNew ? claimed.unknown : []) {
      if (!(await recordEarlierTask({ ...own, entry: earlier }))) replaced.push(earlier);
    }
    const { task, by, isUnrecorded } = await taskOf(own, isNew);
    // Only now does another task replace them.
    for (const earlier of replaced) await earlier.update({ phase: 'abandoned' });
    const { resubmitted, created, credits } = entry.record;
    const isResumed = by === 'list' && !isNew && resubmitted === wasResubmitted;
    if (isResumed) observer.resumed(task.id, created);
    observer.task(task.id, task.state);
    const made = isNew ? undefined : madeBy(entry.record);
    const origin = { ...(isResumed ? { resumed: made } : { begun: made }), isResubmitted: resubmitted };
    const warnings: SubmitWarning[] = replaced.map(({ record: { created, idempotencyKey } }) => {
      return { kind: 'replacedSubmit', created, idempotencyKey };
    });
    if (other) warnings.push({ kind: 'otherAccount', ...other });
    if (isUnrecorded) warnings.push({ kind: 'unrecorded', taskId: task.id });
    return { known: { entry, credits, task, origin }, warnings };
  } finally {
    await lock.release();
  }
}

/**
 * Returns the recorded task of a request whose records cannot be written. They may be readable: what they say counts more
 * than the error of the disk, which reads as if nothing had ever been charged.
 * @throws Failure that the outcome of an earlier submit is not known; `unwritable` where none is on record
 */
async function readOnly(
  session: Session,
  store: RecordStore,
  request: Request,
  claim: RequestClaim,
  unwritable: Failure,
): Promise<Extract<Claimed, { kind: 'submitted' }>> {
  if (unwritable.details.reason?.kind !== 'unwritableFolder') throw unwritable;
  const entries = await orFailure(store.allOf(requestNameOf(claim, store.place)));
  const entry = entries instanceof Failure ? undefined : knownRecord(entries, claim);
  if (!entry) throw unwritable;
  if (entry.record.taskId === null) throw await unknownFor({ session, store, request, entry }, unwritable);
  return { kind: 'submitted', entry };
}

/** Returns that the outcome of a lost submit is not known while its record cannot be written; any other failure as it is. */
async function unknownFor(lost: LostRequest, failure: Failure): Promise<Failure> {
  if (failure.details.reason?.kind !== 'unwritableFolder') return failure;
  return (await outcomeUnknown(lost.session, lostSubmit(lost), { failure })).failure;
}

/** Notes the place in a record: a later command that names none saves the files there. */
async function keepPlace(entry: StoredRequest, { folder, output }: FilePlace): Promise<void> {
  const { download, output: named = null } = entry.record;
  if (folder !== null && (download !== folder || named !== output)) {
    await entry.update({ download: folder, output });
  }
}

/** Returns the task that a record names, and keeps the place. */
export async function knownTaskOf(entry: StoredRequest, place: FilePlace): Promise<RecordedTask> {
  await keepPlace(entry, place);
  const { credits, resubmitted } = entry.record;
  return { entry, credits, origin: { resumed: madeBy(entry.record), isResubmitted: resubmitted } };
}

/** Submits or reconciles a request until its record names its task. @throws Failure when there is none, or when that is not known */
async function taskOf(own: OwnRequest, isNew: boolean) {
  let result = await (isNew ? submitNew(own) : reconcileEarlier(own));
  for (;;) {
    if (result.kind !== 'accepted') throw await noteNoTask(own, result);
    const recorded = await orFailure(recordTask(own, result));
    if (recorded instanceof Failure) throw await unknownFor(own, recorded);
    if (recorded !== 'taken') return { ...result, isUnrecorded: recorded === 'unrecorded' };
    result = await reconcileEarlier(own);
  }
}

async function submitNew(own: OwnRequest): Promise<Submitted> {
  const { session, store, request, entry, lock, deadline } = own;
  // The names of several requests are checked together, before the first is submitted.
  if (!session.submits) {
    const earlier = request.terms.isNew ? () => store.allOf(entry.record.request) : undefined;
    await checkNameIsFree(request.folder, request.output, earlier);
  }
  const quote = request.quote ?? (await quoteOf(own));
  const credits = { ...entry.record.credits, quoted: quote?.credits ?? null };
  await requireLock(lock);
  const change = () => ({ credits, ...sendingNow(session) });
  await recordCharge(session, { ...own, change, quote }, request.terms.caps, deadline);
  if (!(await lock.isOurs())) {
    await entry.update({ phase: 'rejected' });
    throw takenOver();
  }
  return submitOrReconcile(session, request.generation, logOf(own), deadline);
}

async function reconcileEarlier(own: OwnRequest): Promise<Submitted> {
  const lost = await lostSubmitOf(own);
  own.session.observer.submitting();
  own.session.submits?.lost();
  return reconcileOrResubmit(own.session, lost, logOf(own), own.deadline);
}

/**
 * Records the task of an earlier submit whose outcome the user decided not to wait for, where the service's list shows
 * that task: it is paid for, and `listPending` shows it.
 * @returns whether the list shows it
 */
async function recordEarlierTask(own: OwnRequest): Promise<boolean> {
  const { session } = own;
  for (;;) {
    const lost = await lostSubmitOf(own);
    const found = await reconcile(session, lost, reconcileDeadline(session, session.api.clock.monotonic()));
    if (found.kind !== 'found') return false;
    const { task } = found;
    const accepted = { kind: 'accepted', task, by: 'list', isResubmitted: lost.resubmitted } as const;
    if ((await recordTask(own, accepted)) !== 'taken') return true;
  }
}

/** Returns the lost submit of a record, and notes there that its outcome is unknown. */
async function lostSubmitOf(own: LostRequest): Promise<LostSubmit> {
  const { session, entry } = own;
  const { phase, unsettledSince: noted } = entry.record;
  const wall = endedAt(entry.record, session.api);
  const unsettledSince = new Date(wall).toISOString();
  // Later commands count from the same moment.
  if (phase === 'submitting' || noted !== unsettledSince) {
    await entry.update({ phase: 'unknown', unsettledSince });
  }
  return lostSubmit(own, wall);
}

/** @param wall when its last attempt ended, by the wall clock */
function lostSubmit(
  { session, request, entry }: LostRequest,
  wall = endedAt(entry.record, session.api),
): LostSubmit {
  const { clock } = session.api;
  const { sentAt, resubmitted, idempotencyKey } = entry.record;
  return {
    kind: 'lost',
    generation: { ...request.generation, idempotencyKey },
    sentAt: Date.parse(sentAt),
    resubmitted,
    since: { wall, monotonic: clock.monotonic() - (clock.wall() - wall) },
    failure: new Failure(
      'NETWORK_ERROR',
      'An earlier run of this command did not learn the outcome of its submit.',
    ),
  };
}

async function noteNoTask(
  { entry, lock }: OwnRequest,
  { kind, failure }: Exclude<Submitted, { kind: 'accepted' }>,
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

/** Returns the log of a submit that writes to its record, and checks the limits of this command before a second submit. */
function logOf(own: OwnRequest): SubmitLog {
  const { session, request, entry, lock } = own;
  let clearSince = entry.record.unsettledSince;
  const update = async (change: RecordChange) => void (await entry.update(change, { isOurs: true }));
  return {
    sending: async () => {
      await requireLock(lock);
      await entry.require({ phase: 'submitting', ...sendingNow(session) });
    },
    rejected: () => update({ phase: 'rejected' }),
    lost: () => update({ phase: 'unknown', unsettledSince: dateOf(session) }),
    resubmitting: async () => {
      const quote = await quoteOf(own);
      const change: RecordChange = ({ credits }) => ({ credits: { ...credits, quoted: quote!.credits } });
      // The first submit may be charged as well.
      const before = spentOn(entry.record) ?? quote?.credits;
      const { caps } = request.terms;
      if (quote) await recordCharge(session, { ...own, change, quote, before }, caps, own.deadline);
      await requireLock(lock);
      clearSince = entry.record.unsettledSince;
      const { unsettledSince, submitTimeout } = sendingNow(session);
      await entry.require({ phase: 'submitting', resubmitted: true, unsettledSince, submitTimeout });
    },
    // The service rejected this attempt, so what the list has shown about the first one still holds.
    resubmitRejected: () => update({ phase: 'unknown', resubmitted: false, unsettledSince: clearSince }),
  };
}

function quoteOf({ session, request: { contract, generation, terms }, deadline }: OwnRequest) {
  return checkPrice(session, contract, generation, terms.caps, deadline);
}

/** @throws Failure where the machine has slept so long since the lock was taken that others took this process for dead */
async function requireLock(lock: Lock): Promise<void> {
  if (!(await lock.isOurs())) throw takenOver();
}

/** Returns the fields of a record whose submit is about to be sent for the first time, or was rejected before. */
function sendingNow(session: Session) {
  const now = dateOf(session);
  return { sentAt: now, unsettledSince: now, submitTimeout: session.api.timeoutMs };
}
