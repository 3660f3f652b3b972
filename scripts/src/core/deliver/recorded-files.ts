import path from 'node:path';
import type { SavedFile } from '../../download/download.ts';
import { fileStem } from '../../download/file-name.ts';
import type { RecordedFile, RequestRecord } from '../../model/request-record.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { Session } from '../session.ts';
import type { Wait } from '../wait-settings.ts';

/**
 * Returns the files of a result by its record: as they are in the wanted place, else copied there. Sends nothing.
 * @returns undefined where they are not all known and whole
 */
export function recordedFiles(
  session: Session,
  entry: StoredRequest,
  wait: Wait,
): Promise<SavedFile[] | undefined> {
  return filesOf(session, entry, wait, countOf(entry.record));
}

/** Returns the same where nobody knows any more how many they were: what is there is all that is left. */
export async function filesLeft(
  session: Session,
  entry: StoredRequest,
  wait: Wait,
): Promise<SavedFile[] | undefined> {
  const { files } = entry.record;
  if (countOf(entry.record) !== null || !files.some(isOfVersion1)) return undefined;
  return filesOf(session, entry, wait, new Set(files.map(numberOf)).size);
}

async function filesOf(session: Session, entry: StoredRequest, wait: Wait, count: number | null) {
  if (count === null || entry.record.files.length === 0) return undefined;
  const find = () => wholeFiles(session, entry, wait, count);
  return session.results ? session.results.run(find) : find();
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
  const { fileIsWhole } = await import('../../download/file-hash.ts');
  const { stemOf } = await import('../../download/download.ts');
  const { withoutExtension } = await import('../../download/save-once.ts');
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
  const { copyTo } = await import('../../download/copy-file.ts');
  const { nameFound } = await import('../../download/save-once.ts');
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
function countOf({ fileCount, files, taskId }: RequestRecord): number | null {
  if (fileCount !== null) return fileCount;
  // Version 1 did not note it. It named several files by their numbers, and an only one by its task alone.
  const stem = fileStem(taskId!);
  return files.some((file) => isOfVersion1(file) && path.parse(file.path).name === stem) ? 1 : null;
}

const isOfVersion1 = ({ number }: RecordedFile): boolean => number === undefined;

/** Returns which of the task's several files a recorded one is, from 1. Version 1 said so in its name alone. */
function numberOf({ number, path: file }: RecordedFile): number {
  return number ?? Number(/-(\d+)\.\w+$/.exec(file)?.[1] ?? 1);
}
