import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Clock } from '../model/clock.ts';
import { makeFolder } from './make-folder.ts';

/** Returns the system's code of a disk error (`ENOSPC`), or an empty string. */
export function diskError(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const DISK_ERRORS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the disk is read-only',
  EIO: 'the disk failed',
  EBUSY: 'another program holds the file',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOENT: 'the folder is gone',
  ENOTDIR: 'a folder on the way is a file',
  EEXIST: 'a file is where the folder should be',
  EISDIR: 'a folder is where the file should be',
  ENAMETOOLONG: 'the path is too long',
  EFBIG: 'the file is too large for this disk',
  EXDEV: 'a part of it is on another disk',
  ELOOP: 'the links on the way go in a circle',
};

/** Removes a file or a folder of ours that nothing depends on. */
export function discard(file: string): void {
  try {
    rmSync(file, { force: true, recursive: true });
  } catch {
    // It may be swept later.
  }
}

/** In words; undefined for any other error. */
export function diskErrorText(error: unknown): string | undefined {
  return DISK_ERRORS[diskError(error)];
}

/**
 * Returns what work on the disk comes to or, where the disk refuses it, what `otherwise` makes of the reason.
 * @throws every other error: it is a bug
 */
export function onDisk<T, R>(work: () => T, otherwise: (reason: string, error: unknown) => R): T | R {
  try {
    return work();
  } catch (error) {
    const reason = diskErrorText(error);
    if (reason === undefined) throw error;
    return otherwise(reason, error);
  }
}

/** Disk errors that may be over the next time; all others last until the place is another one, or has other permissions. */
const PASSING = ['ENOSPC', 'EDQUOT', 'EIO', 'EBUSY', 'EMFILE', 'ENFILE', 'EFBIG'];

/** Then the folder is the wrong one. */
export function isLasting(error: unknown): boolean {
  return diskErrorText(error) !== undefined && !PASSING.includes(diskError(error));
}

/** Makes a folder that only its owner can read, or takes the rights of others away. */
export function makePrivate(folder: string): void {
  makeFolder(folder, 0o700);
  try {
    // An existing folder may have wider permissions. Another user's folder cannot be changed, and is used as it is.
    chmodSync(folder, 0o700);
  } catch {}
}

// Synchronous calls: passing the work to another thread takes longer than the disk does.

/**
 * Writes a file that only its owner can read. After a crash the old or the new file is there, complete.
 * @throws the disk's error; the file is then as it was
 */
export async function writeWhole(file: string, text: string, clock: Clock): Promise<void> {
  const temp = writeTemp(file, text);
  try {
    await renamePatiently(temp, file, clock);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}

/** Like `writeWhole`, but synchronous, for the end of a process. A power failure may undo it: then the old file is back. */
export function replaceAtOnce(file: string, text: string): void {
  const temp = writeTemp(file, text);
  orDiscard(temp, () => renameSync(temp, file));
}

/**
 * Writes a file like `replaceAtOnce`, but nothing waits for the disk: a power failure may leave it empty or cut.
 * @param before called with the whole file, before it takes its name
 * @throws the disk's error; the file is then as it was
 */
export function replaceUnsynced(file: string, text: string, before?: (temp: string) => void): void {
  const temp = tempOf(file);
  orDiscard(temp, () => {
    writeFileSync(temp, text, { flag: 'wx', mode: 0o600 });
    before?.(temp);
    renameSync(temp, file);
  });
}

/** Writes a new file like `replaceAtOnce`. @returns false where a file has that name already */
export function createAtOnce(file: string, text: string): boolean {
  if (lstatSync(file, { throwIfNoEntry: false })) return false;
  const temp = writeTemp(file, text);
  try {
    // A link fails when another process has made the file meanwhile; not every disk has links.
    linkSync(temp, file);
  } catch (error) {
    if (diskError(error) === 'EEXIST') return false;
    renameSync(temp, file);
  } finally {
    rmSync(temp, { force: true });
  }
  return true;
}

/** Writes over an existing file. A crash in between damages the file, but no more disk space is needed. */
export function overwrite(file: string, text: string): void {
  withOpen(file, 'r+', (descriptor) => {
    const bytes = writeSync(descriptor, text, 0);
    ftruncateSync(descriptor, bytes);
    fsyncSync(descriptor);
  });
}

// Random once, then counted: other processes, on other machines too, may write beside the same file.
const OWN = randomBytes(6).toString('hex');
let written = 0;

function tempOf(file: string): string {
  written += 1;
  return `${file}.${OWN}-${written}${TEMP}`;
}

function writeTemp(file: string, text: string): string {
  const temp = tempOf(file);
  orDiscard(temp, () =>
    withOpen(temp, 'wx', (descriptor) => {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    }),
  );
  return temp;
}

function withOpen(file: string, flags: 'r' | 'r+' | 'wx', use: (descriptor: number) => void): void {
  const descriptor = openSync(file, flags, 0o600);
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Leaves nothing of a temporary file where the work fails. */
function orDiscard(temp: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    discard(temp);
    throw error;
  }
}

/** The extension of a file that is still being written. */
export const TEMP = '.tmp';

// Virus scanners hold a new file for a moment.
const HELD = ['EPERM', 'EBUSY', 'EACCES'];
const RENAME_PAUSES_MS = [10, 50, 100, 250];

/** Renames a file; tries again after short pauses while another program holds it. */
export async function renamePatiently(from: string, to: string, clock: Clock): Promise<void> {
  for (const pause of [...RENAME_PAUSES_MS, null]) {
    try {
      return renameSync(from, to);
    } catch (error) {
      if (pause === null || !HELD.includes(diskError(error))) throw error;
      await clock.sleep(pause);
    }
  }
}

/** Syncs a folder: only then are new and removed names in it safe from a crash. */
export function syncFolder(folder: string): void {
  try {
    withOpen(folder, 'r', fsyncSync);
  } catch (error) {
    // Windows and some network disks cannot sync a folder.
    if (!['EPERM', 'EISDIR', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(diskError(error))) throw error;
  }
}
