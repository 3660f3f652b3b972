import path from 'node:path';
import type { SavedFile } from '../download/download.ts';
import { Failure } from '../model/failure.ts';
import type { RecordedFile, RequestRecord } from '../model/request-record.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import { deliver } from './deliver/deliver.ts';
import { finish, notFetched } from './deliver/finish.ts';
import { asGone } from './deliver/gone.ts';
import { folderFor, outputOf } from './deliver/place.ts';
import { madeBy, type TaskResult } from './result.ts';
import type { Session } from './session.ts';
import { waitTask } from './wait/wait-task.ts';
import { beginWait, type Wait, type WaitSettings } from './wait-settings.ts';

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
  const { download, credits, model } = entry.record;
  const taskId = entry.record.taskId!;
  const known = { entry, credits };
  session.observer.task(taskId, 'COMPLETED');
  const folder = settings.folder ?? download;
  const wait = beginWait(session, { ...settings, folder, output: outputOf(settings, entry) });
  const reused = async (count: number | null): Promise<TaskResult | undefined> => {
    if (count === null) return undefined;
    const find = () => wholeFiles(session, entry, wait, count);
    const files = await (session.results ? session.results.run(find) : find());
    if (!files) return undefined;
    const seen = { state: 'COMPLETED' as const, record: {}, model };
    const { fileWarnings } = await import('./deliver/file-warnings.ts');
    const warnings = await fileWarnings(session, model, files, wait.output);
    return deliver(session, entry, { kind: 'completed', taskId, seen, credits, files, warnings });
  };
  try {
    const count = await countOf(entry.record);
    const saved = await reused(count);
    if (saved) return saved;
    const prepared = { ...wait, folder: await folderFor(folder) };
    const result = await finish({ session, taskId, wait: prepared, known });
    if (result.kind !== 'notFetched') return deliver(session, entry, result);
    const failure = asGone(session, entry.record, result.failure);
    if (failure === result.failure) return deliver(session, entry, result);
    const { files } = entry.record;
    const isCountLost =
      count === null && files.some(isOfVersion1) && result.failure.details.reason?.kind === 'taskNotShown';
    // Nobody knows any more how many they were: what is there is all that is left.
    const left = isCountLost ? await reused(new Set(files.map(numberOf)).size) : undefined;
    return left ?? deliver(session, entry, notFetched(taskId, failure, known));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return notFetched(taskId, error, known);
  }
}

/**
 * Returns the files of the result in the wanted place; undefined where no complete copy of one of them exists.
 * @param count of how many files the result is
 */
async function wholeFiles(
  session: Session,
  entry: StoredRequest,
  { folder, output, isVersioned = false, filesUntil }: Wait,
  count: number,
): Promise<SavedFile[] | undefined> {
  const { files, taskId } = entry.record;
  const isOnly = count === 1;
  const numbers = new Set(files.map((file) => (isOnly ? 1 : numberOf(file))));
  if (numbers.size === 0 || numbers.size !== count) return undefined;
  const { fileIsWhole } = await import('../download/file-hash.ts');
  const { stemOf } = await import('../download/download.ts');
  const { withoutExtension } = await import('../download/names.ts');
  const placed: SavedFile[] = [];
  const whole: { file: RecordedFile; number: number; target: string }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const which = count > 1 ? { number } : {};
    const stem = folder === null ? null : stemOf({ folder, taskId: taskId!, output, ...which });
    const isWanted = (file: SavedFile) => withoutExtension(file.path) === stem;
    const candidates = files.filter((file) => isOnly || numberOf(file) === number);
    candidates.sort((a, b) => Number(isWanted(b)) - Number(isWanted(a)));
    let found: RecordedFile | undefined;
    for (const file of candidates) found ??= (await fileIsWhole(file.path, file)) ? file : undefined;
    if (!found) return undefined;
    const target = stem === null ? found.path : `${stem}${path.extname(found.path)}`;
    whole.push({ file: found, number, target });
  }
  const { copyTo } = await import('../download/copy-file.ts');
  const { nameFound } = await import('../download/save-once.ts');
  const copies: RecordedFile[] = [];
  const change: { output?: string } = {};
  for (const { file, number, target } of whole) {
    const { number: _, ...known } = file;
    // What was copied there before is this request's own file, even where it was changed since.
    const isOwn = files.some((other) => other.path === target);
    const saved =
      file.path === target ? known : await copyTo(session, known, target, filesUntil, isVersioned && !isOwn);
    placed.push(saved);
    if (isOwn) continue;
    copies.push({ ...saved, number });
    if (number === 1) Object.assign(change, nameFound(saved.path, withoutExtension(target)));
  }
  if (copies.length > 0) await entry.update((now) => ({ ...change, files: [...now.files, ...copies] }));
  return placed;
}

/** Returns of how many files a result is; null where that is not known. */
async function countOf({ fileCount, files, taskId }: RequestRecord): Promise<number | null> {
  if (fileCount !== null) return fileCount;
  // Version 1 did not note it. It named several files by their numbers, and an only one by its task alone.
  const { fileStem } = await import('../download/names.ts');
  const stem = fileStem(taskId!);
  return files.some((file) => isOfVersion1(file) && path.parse(file.path).name === stem) ? 1 : null;
}

const isOfVersion1 = ({ number }: RecordedFile): boolean => number === undefined;

/** Returns which of the task's several files a recorded one is, from 1. Version 1 said so in its name alone. */
function numberOf({ number, path: file }: RecordedFile): number {
  return number ?? Number(/-(\d+)\.\w+$/.exec(file)?.[1] ?? 1);
}
