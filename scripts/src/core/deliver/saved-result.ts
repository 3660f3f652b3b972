import path from 'node:path';
import type { SavedFile } from '../../download/download.ts';
import type { RecordedFile, RequestRecord } from '../../model/request-record.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { modelOf, type TaskResult, taskResult } from '../result.ts';
import type { Session } from '../session.ts';
import type { Wait, WaitedTask } from '../wait-settings.ts';

/**
 * Returns the result of a COMPLETED task by the files that its record names: the same ones, or copies of them where they are
 * wanted. No request to the service.
 * @param isAllThatIsLeft the service does not know the task any more
 * @returns undefined where no complete copy of one of them exists
 */
export async function savedResult(
  { session, taskId, wait, known }: WaitedTask,
  entry: StoredRequest,
  isAllThatIsLeft = false,
): Promise<TaskResult | undefined> {
  const count = await countOf(entry.record, isAllThatIsLeft);
  if (count === null) return undefined;
  const find = () => wholeFiles(session, entry, wait, count);
  const files = await (session.results ? session.results.run(find) : find());
  if (!files) return undefined;
  const { fileWarnings } = await import('./file-warnings.ts');
  const warnings = await fileWarnings(session, modelOf(known), files, wait.output);
  return { ...taskResult(taskId, { state: 'COMPLETED', record: {} }, known), files, warnings };
}

/** A complete copy of one file of a result. */
interface WholeFile {
  file: RecordedFile;
  /** Which of the result's files it is, from 1. */
  number: number;
  /** Where the file is wanted. */
  target: string;
}

/** Returns the files of the result in the wanted place. @param count of how many files the result is */
async function wholeFiles(
  session: Session,
  entry: StoredRequest,
  wait: Wait,
  count: number,
): Promise<SavedFile[] | undefined> {
  const whole = await findWhole(entry.record, wait, count);
  return whole && placeAll(session, entry, wait, whole);
}

/** Returns a complete copy of each file, preferably the one in the wanted place; undefined where one has none. */
async function findWhole(
  { files, taskId }: RequestRecord,
  { folder, output }: Wait,
  count: number,
): Promise<WholeFile[] | undefined> {
  const isOnly = count === 1;
  const numbers = new Set(files.map((file) => (isOnly ? 1 : numberOf(file))));
  if (numbers.size === 0 || numbers.size !== count) return undefined;
  const { fileIsWhole } = await import('../../download/file-hash.ts');
  const { stemOf } = await import('../../download/download.ts');
  const { withoutExtension } = await import('../../download/names.ts');
  const whole: WholeFile[] = [];
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
  return whole;
}

/** Copies each file to where it is wanted and is not yet, and notes the copies in the record. */
async function placeAll(
  session: Session,
  entry: StoredRequest,
  { isVersioned = false, filesUntil }: Wait,
  whole: readonly WholeFile[],
): Promise<SavedFile[]> {
  const { files } = entry.record;
  const { copyTo } = await import('../../download/copy-file.ts');
  const { nameFound } = await import('../../download/save-once.ts');
  const { withoutExtension } = await import('../../download/names.ts');
  const placed: SavedFile[] = [];
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
async function countOf(
  { fileCount, files, taskId }: RequestRecord,
  isAllThatIsLeft: boolean,
): Promise<number | null> {
  if (fileCount !== null) return fileCount;
  // Version 1 did not note it. It named several files by their numbers, and an only one by its task alone.
  const old = files.filter(({ number }) => number === undefined);
  const { fileStem } = await import('../../download/names.ts');
  const stem = fileStem(taskId!);
  if (old.some((file) => path.parse(file.path).name === stem)) return 1;
  // Then nobody knows any more how many they were.
  return isAllThatIsLeft && old.length > 0 ? new Set(files.map(numberOf)).size : null;
}

/** Returns which of the task's several files a recorded one is, from 1. Version 1 said so in its name alone. */
function numberOf({ number, path: file }: RecordedFile): number {
  return number ?? Number(/-(\d+)\.\w+$/.exec(file)?.[1] ?? 1);
}
