import { Failure, orFailure } from '../../model/failure.ts';
import { sha256Text } from '../../model/fingerprint.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { Task } from '../../model/task.ts';
import type { Fence, RecordStore, StoredRequest } from '../../ports/record-store.ts';
import { dateOf } from '../record/task-record.ts';
import { creditsOf } from '../result.ts';
import type { Session } from '../session.ts';
import type { Submitted } from './submit-or-reconcile.ts';

/** A request whose fence this process holds. */
interface OwnRequest {
  session: Session;
  store: RecordStore;
  entry: StoredRequest;
}

type Accepted = Extract<Submitted, { kind: 'accepted' }>;

// Another process decides about a task within milliseconds. One that is suspended meanwhile must not keep an id from the disk.
const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

/**
 * Records the task of a request, unless it is the task of an equal one: then the outcome of this request is unknown again,
 * and it is to be reconciled once more. Of two processes that find one task, one gets it.
 * @returns whether the record on the disk names the task; `others`: another record does
 */
export async function nameTask(
  own: OwnRequest,
  accepted: Accepted,
): Promise<'named' | 'unwritten' | 'others'> {
  const { entry } = own;
  const { task, wasThere, isResubmitted } = accepted;
  const isAlike = wasThere && task.idempotencyKey === undefined;
  const note = async () => ((await noteTask(own, task, isAlike)) ? 'named' : 'unwritten');
  // While a submit is under way, no equal request takes a task that may be its own.
  if (!wasThere && !isResubmitted) return note();
  const fence = await fenceOf(own, task.id);
  try {
    const holder = await orFailure(own.store.byTask(task.id));
    // Paid for is paid for: without the records, too, the id must be kept.
    if (!holder || holder instanceof Failure || isSame(holder, entry)) return await note();
    if (isAlike) return 'others';
    if (!isLookalike(own, holder)) return wasThere ? 'others' : await note();
    await exchangeSubmits(entry, holder);
    return 'others';
  } finally {
    await fence?.release();
  }
}

/** This process holds the fence of the request, so it writes the id even where the file is gone. */
function noteTask({ session, entry }: OwnRequest, task: Task, foundAlike: boolean): Promise<boolean> {
  const credits = creditsOf(task, entry.record.credits);
  const change = { phase: 'submitted', taskId: task.id, status: task.state, credits } as const;
  const checked = dateOf(session);
  return entry.update({ ...change, checked, ...(foundAlike && { foundAlike }) }, { isOurs: true });
}

/** Returns whether an equal request has a task only because that resembles its own. */
function isLookalike({ store, entry: { record } }: OwnRequest, holder: StoredRequest): boolean {
  const { foundAlike, model, payloadHash } = holder.record;
  return (
    foundAlike === true && store.isOwn(holder) && model === record.model && payloadHash === record.payloadHash
  );
}

/**
 * Gives two equal requests each other's submits. The answer proves that the task which `holder` found alike was made by the
 * submit of `entry`: `holder` keeps the task, which it may have delivered, and `entry` gets the submit of `holder`, whose
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

function isSame({ record: a }: StoredRequest, { record: b }: StoredRequest): boolean {
  return a.request === b.request && a.created === b.created;
}

/** Takes the right to decide whose task this is; undefined where the disk refuses, or another process keeps it for long. */
async function fenceOf({ session, store }: OwnRequest, taskId: string): Promise<Fence | undefined> {
  const { clock } = session.api;
  const until = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const fence = await orFailure(store.fence(`task-${sha256Text(taskId).slice(0, 32)}`));
    if (fence instanceof Failure) return undefined;
    if (!('heldBy' in fence)) return fence;
    if (clock.monotonic() >= until) return undefined;
    // No signal: a task that is paid for is recorded even by a process that is being ended.
    await clock.sleep(PAUSE_MS);
  }
}
