import { existsSync, statSync } from 'node:fs';
import { Failure, orFailure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { isOpenEnd, isTerminal, type SeenState } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { Session } from '../session.ts';

/** Returns the request, as recorded, that made a task of this key; undefined where there is none, or none that can be read. */
export async function requestOfTask(
  { records }: Session,
  taskId: string,
): Promise<StoredRequest | undefined> {
  const journal = await orFailure(records());
  // The wait for a task works without its record.
  if (!journal || journal instanceof Failure) return undefined;
  const entry = await orFailure(journal.byTask(taskId));
  return entry && !(entry instanceof Failure) && journal.isOwn(entry) ? entry : undefined;
}

/** Returns the requests of this key that are unfinished or not delivered, newest first. */
export async function ownPending({ records }: Session): Promise<StoredRequest[]> {
  const store = await records();
  return ((await store?.pending()) ?? []).filter((entry) => store?.isOwn(entry));
}

// The time of the last poll need not be exact to the second: each update writes the whole record to the disk.
const SEEN_LATELY_MS = 60_000;

/**
 * Notes the state of a recorded task, as just read. A final state stays, so an end without a result is noted only once the
 * task's details were read: the result would be lost with it.
 * @param wasRunning this process saw the task run a moment ago, so that it knows when the task ended
 */
export async function noteState(
  session: Session,
  entry: StoredRequest,
  seen: SeenState,
  wasRunning = false,
): Promise<void> {
  const { state } = seen;
  const { status, checked: before } = entry.record;
  const seenLately =
    before !== null && Math.abs(session.api.clock.wall() - Date.parse(before)) < SEEN_LATELY_MS;
  if (state === 'UNKNOWN' || isOpenEnd(seen) || isTerminal(status) || (state === status && seenLately))
    return;
  const checked = dateOf(session);
  const took = (session.api.clock.wall() - Date.parse(entry.record.sentAt)) / 1000;
  const isKnown = wasRunning && state === 'COMPLETED' && took > 0;
  await entry.update({ status: state, checked, duration: isKnown ? Math.round(took * 10) / 10 : null });
}

/** Returns the time by the wall clock, as records have it. */
export function dateOf({ api }: Session): string {
  return new Date(api.clock.wall()).toISOString();
}

/** Returns the path of the first of the saved files of a task, where all of them are on the disk in their whole size. */
export function wholeCopy({ files, fileCount }: RequestRecord): string | undefined {
  const isWhole =
    files.length >= (fileCount ?? 1) &&
    files.every(({ path, bytes }) => existsSync(path) && statSync(path).size === bytes);
  return isWhole ? files[0]?.path : undefined;
}
