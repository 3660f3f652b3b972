import path from 'node:path';
import { Failure, type FileOwner, orFailure } from '../../model/failure.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { Session } from '../session.ts';
import type { WaitSettings } from '../wait-settings.ts';

/** Returns the folder for files, as `prepareFolder` does; null where no files are wanted. */
export async function folderFor(folder: string | null, hasResult = false): Promise<string | null> {
  if (folder === null) return null;
  return (await import('../../download/download.ts')).prepareFolder(folder, hasResult);
}

/** Returns the name for the file of a task: the one that this call, or else its record, names; null: the task's id. */
export function outputOf(
  { folder, output }: Pick<WaitSettings, 'folder' | 'output'>,
  entry: StoredRequest | undefined,
): string | null {
  if (output !== undefined && folder !== null) return output;
  return entry?.record.output ?? null;
}

/**
 * Checks, before anything is charged, that no file has the name that was asked for.
 * @param earlier the records of this request, where another task is wanted
 * @throws Failure INVALID_PAYLOAD
 */
export async function checkNameIsFree(
  folder: string | null,
  output: string | null | undefined,
  earlier?: () => Promise<readonly (StoredRequest | null)[]>,
): Promise<void> {
  if (folder === null || !output) return;
  const { freeVersion, mediaIn, nameKey, stemOfOutput } = await import('../../download/names.ts');
  const media = mediaIn(folder);
  const stem = stemOfOutput(output);
  const file = media.get(nameKey(stem));
  if (file === undefined) return;
  const version = freeVersion(stem, (name) => media.has(nameKey(name)), 2);
  const free = path.join(folder, `${version}${output.slice(stem.length)}`);
  const owner = earlier ? ownerOf(file, await earlier()) : { is: 'other' as const };
  const whose = owner.is === 'other' ? ' and is not the file of this request' : '';
  throw new Failure('INVALID_PAYLOAD', `${file} exists already${whose}.`, {
    nothingSubmitted: true,
    reason: { kind: 'outputTaken', file, free, owner },
  });
}

/** Returns why a file was not saved, with whose file has its name where the records of the request say so. */
export async function withOwner(
  { records }: Session,
  entry: StoredRequest | undefined,
  failure: Failure,
): Promise<Failure> {
  const { reason } = failure.details;
  if (!entry || reason?.kind !== 'fileInTheWay') return failure;
  const all = await orFailure((async () => (await records())?.allOf(entry.record.request))());
  const owner = ownerOf(reason.file, all instanceof Failure ? [] : (all ?? []), entry.record.taskId);
  return failure.with({ reason: { ...reason, owner } });
}

/**
 * Returns whose file it is that has the wanted name.
 * @param records of the request that wants the name
 * @param wantedBy its task, where it has one
 */
function ownerOf(
  file: string,
  records: readonly (StoredRequest | null)[],
  wantedBy: string | null = null,
): FileOwner {
  const isItsFile = (entry: StoredRequest | null) =>
    entry?.record.files.some(({ path: own }) => path.resolve(own) === path.resolve(file));
  const taskId = records.find(isItsFile)?.record.taskId;
  if (!taskId) return { is: 'unknown' };
  return taskId === wantedBy ? { is: 'thisTask' } : { is: 'otherTask', taskId };
}
