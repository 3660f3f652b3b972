import { Failure, orFailure } from '../../model/failure.ts';
import { sha256Text } from '../../model/fingerprint.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { isBareEnd, type Task } from '../../model/task.ts';
import type { Lock, RecordStore, StoredRequest } from '../../ports/record-store.ts';
import { isEqualRequest } from '../reconcile/equal-submit.ts';
import { dateOf } from '../record/task-record.ts';
import { creditsOf } from '../result.ts';
import type { Session } from '../session.ts';
import type { Submitted } from './submit-or-reconcile.ts';

/** A request whose lock this process holds, and its record. */
export interface RecordedRequest {
  session: Session;
  store: RecordStore;
  entry: StoredRequest;
}

type Accepted = Extract<Submitted, { kind: 'accepted' }>;

// Another process decides about a task within milliseconds. One that is suspended meanwhile must not keep an id from the disk.
const PATIENCE_MS = 5_000;

/**
 * Records the task of a request, unless another request has it. Of two processes that find one task, one gets it.
 *
 * | the task is known by | on record it belongs to | what follows |
 * | --- | --- | --- |
 * | the answer to the only submit | (no other request can have taken it) | it is recorded |
 * | anything else | nobody, or the records cannot be read | it is recorded |
 * | its likeness in the list | another request | `taken` |
 * | its key, or the answer to a resubmit | an equal request that took it for its likeness | `taken`: they exchange their submits |
 * | its key | another request | `taken` |
 * | the answer to a resubmit | another request | it is recorded for both: it was paid for |
 *
 * @returns `unrecorded` where the disk refuses; after `taken` the outcome of this request is unknown again
 */
export async function recordTask(
  request: RecordedRequest,
  { task, by, isResubmitted }: Accepted,
): Promise<'recorded' | 'unrecorded' | 'taken'> {
  const { store, entry } = request;
  const isAlike = by === 'list' && task.idempotencyKey === undefined;
  const record = async () => ((await writeTask(request, task, isAlike)) ? 'recorded' : 'unrecorded');
  if (by === 'answer' && !isResubmitted) return record();
  const lock = await lockOf(request, task.id);
  try {
    const holder = await orFailure(store.byTask(task.id));
    if (!holder || holder instanceof Failure) return await record();
    const { request: own, created } = entry.record;
    if (holder.record.request === own && holder.record.created === created) return await record();
    if (!isAlike && isLookalike(request, holder)) {
      await exchangeSubmits(entry, holder);
      return 'taken';
    }
    return by === 'list' ? 'taken' : await record();
  } finally {
    await lock?.release();
  }
}

/** This process holds the lock of the request, so it writes the id even where the file is gone. */
function writeTask({ session, entry }: RecordedRequest, task: Task, foundAlike: boolean): Promise<boolean> {
  const credits = creditsOf(task, entry.record.credits);
  const change = { phase: 'submitted', taskId: task.id, credits, checked: dateOf(session) } as const;
  // An end without a result is final on record, and only the task's details are proof of it.
  const status = isBareEnd(task.state) ? undefined : { status: task.state };
  return entry.update({ ...change, ...status, ...(foundAlike && { foundAlike }) }, { isOurs: true });
}

function isLookalike({ store, entry }: RecordedRequest, holder: StoredRequest): boolean {
  const { record } = holder;
  return record.foundAlike === true && store.isOwn(holder) && isEqualRequest(record, entry.record);
}

/**
 * Gives two equal requests each other's submits. The answer proves that the task which `holder` found alike was made by the
 * submit of `entry`: `holder` keeps the task, whose result its caller may have, and `entry` gets the submit of `holder`, whose
 * outcome is unknown again. Its key is sent at most once more, as before.
 */
async function exchangeSubmits(entry: StoredRequest, holder: StoredRequest): Promise<void> {
  const own = submitOf(entry.record);
  // This one first: a process that dies in between leaves one key in both records, and only this one submits with it.
  await entry.require({ ...submitOf(holder.record), phase: 'unknown' });
  await holder.update({ ...own, foundAlike: false });
}

function submitOf(record: RequestRecord): Partial<RequestRecord> {
  const { idempotencyKey, sentAt, unsettledSince, submitTimeout, resubmitted } = record;
  return { idempotencyKey, sentAt, unsettledSince, submitTimeout, resubmitted };
}

/** Takes the right to decide whose task this is; undefined where the disk refuses, or another process keeps it for long. */
async function lockOf({ session, store }: RecordedRequest, taskId: string): Promise<Lock | undefined> {
  const until = session.api.clock.monotonic() + PATIENCE_MS;
  // No signal: a task that is paid for is recorded even by a process that is being ended.
  const lock = await orFailure(store.lock(`task-${sha256Text(taskId).slice(0, 32)}`, until));
  return lock instanceof Failure || 'heldBy' in lock ? undefined : lock;
}
