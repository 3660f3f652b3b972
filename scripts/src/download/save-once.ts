import { lstat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type Lock, type LockOwner, waitForLock } from '../disk/lock.ts';
import { Failure } from '../model/failure.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import { asDownloadFailure, type DownloadOptions, download, type SavedFile, stemOf } from './download.ts';
import type { Downloader } from './downloader.ts';
import { fileIsWhole } from './file-hash.ts';
import { withoutExtension } from './names.ts';
import { Part, sizeOfPart } from './part.ts';

export interface SaveOptions extends DownloadOptions {
  /** When the wait of the caller is over: another process is waited for until then. */
  waitEnds: number;
}

// The folder is the caller's, and may be watched or copied elsewhere: what comes and goes in it is kept to little.
const LOCK_PAUSE_MS = 500;

/** Saves one file of a task; of several processes that want the same one, one fetches it and the others get its name. */
export async function saveOnce(
  downloader: Downloader,
  entry: StoredRequest | undefined,
  options: SaveOptions,
): Promise<SavedFile> {
  const stem = stemOf(options);
  const known = await savedBefore(entry, stem);
  if (known) return known;
  return oneAtATime(downloader, stem, options, async () => {
    await entry?.refresh();
    const saved = await savedBefore(entry, stem);
    if (saved) return saved;
    // What was saved under this name is this request's own file, even where it was changed since.
    const isOwn = entry?.record.files.some((known) => withoutExtension(known.path) === stem);
    const file = await download(downloader, { ...options, isVersioned: options.isVersioned && !isOwn });
    const { number = 1 } = options;
    await entry?.update(({ files }) => ({
      files: [...files.filter((other) => other.path !== file.path), { ...file, number }],
      ...(number === 1 && nameFound(file.path, stem)),
    }));
    return file;
  });
}

/**
 * Saves a file while no other process saves it.
 * @throws Failure DOWNLOAD_FAILED where another process is still saving it when the wait is over
 */
export async function oneAtATime<T>(
  downloader: Pick<Downloader, 'api'>,
  stem: string,
  options: Pick<SaveOptions, 'folder' | 'waitEnds'>,
  save: () => Promise<T>,
): Promise<T> {
  const lock = await lockFor(downloader, stem, options);
  if ('heldBy' in lock) {
    const message = `Another process (pid ${lock.heldBy.pid}) is saving this file and had ${await sizeOfPart(stem)} bytes of it when the wait was over.`;
    throw new Failure('DOWNLOAD_FAILED', message, { transient: true, reason: { kind: 'beingSaved' } });
  }
  try {
    return await save();
  } finally {
    lock.release();
  }
}

async function savedBefore(entry: StoredRequest | undefined, stem: string): Promise<SavedFile | undefined> {
  const known = entry?.record.files.find((file) => withoutExtension(file.path) === stem);
  if (!known || !(await fileIsWhole(known.path, known))) return undefined;
  const { number, ...file } = known;
  return file;
}

/** In the folder itself, which processes may share that share no journal. */
async function lockFor(
  { api }: Pick<Downloader, 'api'>,
  stem: string,
  options: Pick<SaveOptions, 'folder' | 'waitEnds'>,
): Promise<Lock | { heldBy: LockOwner }> {
  const file = Part.lockOf(stem);
  try {
    const stat = await lstat(file).catch(() => null);
    // Whatever else has that name says nothing of an owner, and may not even end when it is read.
    if (stat && !stat.isFile()) await unlink(file);
    return await waitForLock(file, api.clock, options.waitEnds, api.signal, LOCK_PAUSE_MS);
  } catch (error) {
    throw asDownloadFailure(error, options);
  }
}

/** Returns the change of a record whose file has another name than the one that was asked for. */
export function nameFound(file: string, stem: string): { output?: string } {
  const found = withoutExtension(file);
  return found === stem ? {} : { output: path.basename(found) };
}
