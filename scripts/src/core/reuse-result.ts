import { Failure } from '../model/failure.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import { deliver } from './deliver/deliver.ts';
import { finish, notFetched } from './deliver/finish.ts';
import { folderFor, outputOf, withOwner } from './deliver/place.ts';
import { savedResult } from './deliver/saved-result.ts';
import { madeBy, type TaskResult } from './result.ts';
import type { Session } from './session.ts';
import { waitTask } from './wait/wait-task.ts';
import { beginWait, type WaitSettings } from './wait-settings.ts';

const DAY_MS = 24 * 3600_000;

/** Returns the earlier result of a request (its files, a copy of them, or a new download) or its earlier failure. Charges nothing. */
export async function reuseResult(
  session: Session,
  entry: StoredRequest,
  settings: WaitSettings,
): Promise<TaskResult> {
  const { taskId, created, status } = entry.record;
  session.observer.attached(taskId!, created);
  await noteUse(session, entry);
  // The record of a task that ended without a result says why, where one query can read it.
  const result = await (status === 'COMPLETED'
    ? sameResult(session, entry, settings)
    : waitTask(session, taskId!, { ...settings, waitMs: 0 }, { entry }));
  const reused = { ...madeBy(entry.record), status };
  const isResubmitted = entry.record.resubmitted || result.isResubmitted;
  return { ...result, reused, isResubmitted };
}

/** Notes the use of a record, to the day: records are kept for a number of days after their last use. */
async function noteUse({ api }: Session, entry: StoredRequest): Promise<void> {
  const now = api.clock.wall();
  const { created, used } = entry.record;
  if (now - Date.parse(used ?? created) < DAY_MS) return;
  await entry.update({ used: new Date(now).toISOString() });
}

async function sameResult(session: Session, entry: StoredRequest, settings: WaitSettings) {
  const { download, credits } = entry.record;
  const taskId = entry.record.taskId!;
  const known = { entry, credits };
  session.observer.task(taskId, 'COMPLETED');
  const folder = settings.folder ?? download;
  const wait = beginWait(session, { ...settings, folder, output: outputOf(settings, entry) });
  const of = { session, taskId, wait, known };
  try {
    const saved = await savedResult(of, entry);
    if (saved) return deliver(session, entry, saved);
    const prepared = { ...wait, folder: await folderFor(folder) };
    return deliver(session, entry, await finish({ ...of, wait: prepared }));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return notFetched(taskId, await withOwner(session, entry, error), known);
  }
}
