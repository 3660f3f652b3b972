import path from 'node:path';
import type { SavedFile } from '../download/download.ts';
import { Failure } from '../model/failure.ts';
import { isTerminal } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import { finish, folderFor } from './finish.ts';
import type { TaskResult } from './result.ts';
import type { Session } from './session.ts';
import { deliver } from './task-record.ts';
import type { WaitSettings } from './tasks.ts';
import { waitTask } from './tasks.ts';

const DAY_MS = 24 * 3600_000;

/** Tells whether the task of a request ended before this command, by its record. */
export const hasEnded = ({ record }: StoredRequest): boolean => isTerminal(record.status);

/**
 * Returns the earlier result of a request: the same files where they are still complete, a copy of them, or a new
 * download; or the earlier failure. Charges nothing.
 */
export async function reuse(
  session: Session,
  entry: StoredRequest,
  settings: WaitSettings,
): Promise<TaskResult> {
  const { taskId, created, status } = entry.record;
  session.observer.attached(taskId!, created);
  await noteUse(session, entry);
  const result = await (status === 'COMPLETED' ? sameResult : sameEnd)(session, entry, settings);
  const { resubmitted } = entry.record;
  return { ...result, reused: { created, status }, ...(resubmitted && { isResubmitted: true }) };
}

/** Notes the use of a record, to the day: records are kept for a number of days after their last use. */
async function noteUse({ api }: Session, entry: StoredRequest): Promise<void> {
  const now = api.clock.wall();
  const { created, used } = entry.record;
  if (now - Date.parse(used ?? created) < DAY_MS) return;
  await entry.update({ used: new Date(now).toISOString() });
}

async function sameResult(
  session: Session,
  entry: StoredRequest,
  settings: WaitSettings,
): Promise<TaskResult> {
  const { taskId, download, credits } = entry.record;
  session.observer.task(taskId!, 'COMPLETED');
  const folder = settings.folder ?? download;
  try {
    const filesUntil = session.api.clock.monotonic() + settings.waitMs;
    const files = await wholeFiles(session, entry, folder, filesUntil);
    if (files) {
      const { model } = entry.record;
      const seen = { state: 'COMPLETED' as const, record: {}, model };
      const { warningsAbout } = await import('./file-warnings.ts');
      const warnings = await warningsAbout(session, model, files);
      return deliver(session, entry, { kind: 'completed', taskId: taskId!, seen, credits, files, warnings });
    }
    const until = settings.waitMs > 0 ? filesUntil : Infinity;
    const options = { ...settings, folder: await folderFor(folder), until, filesUntil, entry, credits };
    const result = await finish(session, taskId!, options);
    if (result.kind === 'notFetched' && result.failure.code === 'TASK_NOT_FOUND') {
      throw gone(session, taskId!);
    }
    return deliver(session, entry, result);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const seen = { state: 'COMPLETED' as const, record: {} };
    const failure = error.with({ status: 'COMPLETED' });
    return { kind: 'notFetched', taskId: taskId!, seen, warnings: [], failure };
  }
}

function gone({ provider: { title, says } }: Session, taskId: string): Failure {
  return new Failure(
    'DOWNLOAD_FAILED',
    `The result cannot be had any more: no whole copy of it is known on this machine, and ${title} does not know task ${taskId} any more. ${says.retention}`,
  );
}

/** Returns the files of the result in the wanted folder; undefined where no complete copy of one of them exists. */
async function wholeFiles(
  session: Session,
  entry: StoredRequest,
  folder: string | null,
  waitEnds: number,
): Promise<SavedFile[] | undefined> {
  const { files, fileCount, delivered } = entry.record;
  const names = [...new Set(files.map((file) => path.basename(file.path)))];
  // Version 1 of the record has no file count; what it delivered was complete.
  if (names.length === 0 || names.length !== (fileCount ?? (delivered === null ? null : names.length)))
    return undefined;
  const { fileIsWhole } = await import('../download/file-hash.ts');
  const whole: SavedFile[] = [];
  for (const name of names) {
    const isWanted = (file: SavedFile) => path.dirname(file.path) === folder;
    const candidates = files.filter((file) => path.basename(file.path) === name);
    candidates.sort((a, b) => Number(isWanted(b)) - Number(isWanted(a)));
    let found: SavedFile | undefined;
    for (const file of candidates) found ??= (await fileIsWhole(file.path, file)) ? file : undefined;
    if (!found) return undefined;
    whole.push(found);
  }
  if (folder === null) return whole;
  const { copyTo } = await import('../download/copy-file.ts');
  const placed: SavedFile[] = [];
  for (const file of whole) {
    const target = path.join(folder, path.basename(file.path));
    placed.push(file.path === target ? file : await copyTo(session, file, target, waitEnds));
  }
  const isNew = ({ path: target }: SavedFile) => !files.some((file) => file.path === target);
  if (placed.some(isNew)) await entry.update((now) => ({ files: [...now.files, ...placed.filter(isNew)] }));
  return placed;
}

/** Returns the end of a task without a result; its record says why, where one query can read it. */
function sameEnd(session: Session, entry: StoredRequest, settings: WaitSettings): Promise<TaskResult> {
  return waitTask(session, entry.record.taskId!, { ...settings, waitMs: 0 }, {}, entry);
}
