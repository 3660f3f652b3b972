import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, link, lstat, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { diskError, diskTrouble, renamePatiently } from '../disk/durable.ts';
import { makeFolder } from '../disk/folder.ts';
import type { Clock } from '../http/clock.ts';
import { Failure } from '../types/failure.ts';
import { type Fetched, type FetchOptions, fetchFile } from './fetch-file.ts';
import { sha256Of } from './file-hash.ts';
import { fileStem } from './file-name.ts';
import type { Session } from './session.ts';

/** A file that was saved whole. */
export interface SavedFile {
  /** Absolute. */
  path: string;
  bytes: number;
  sha256: string;
  contentType: string;
}

export interface DownloadOptions extends FetchOptions {
  taskId: string;
  /** Absolute, as `prepareFolder` returned it. */
  folder: string;
  /** Which of several files this is, counted from 1; absent where there is one. */
  number?: number;
}

/**
 * Makes sure, before anything is charged, that the folder can take a file.
 * @throws Failure INVALID_PAYLOAD that names `--download`
 */
export async function prepareFolder(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  try {
    makeFolder(absolute);
    await access(absolute, constants.W_OK);
    return absolute;
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new Failure('INVALID_PAYLOAD', `--download: ${absolute} cannot be written to (${reason}).`, {
      cause,
      issues: [
        {
          path: '--download',
          expected: 'a folder that can be written to, or that can be made',
          received: `${absolute} (${reason})`,
          hint: 'name another folder, for example --download out',
        },
      ],
      nextSteps: ['Name a folder that can be written to. This call has submitted and charged nothing.'],
    });
  }
}

/** The name of a file without its ending, which only its content decides. */
export function fileStemOf({ taskId, number }: Pick<DownloadOptions, 'taskId' | 'number'>): string {
  return `${fileStem(taskId)}${number === undefined ? '' : `-${number}`}`;
}

/** Whether a file that was saved earlier still lies there as it was. */
export async function isSaved(file: SavedFile): Promise<boolean> {
  try {
    return await hasContent(file.path, file);
  } catch (error) {
    // What cannot be read is not there as it was.
    if (diskTrouble(error) === undefined) throw error;
    return false;
  }
}

/**
 * Fetches one finished file: streamed to disk, taken up again after a drop, checked for length and signature, renamed
 * into place whole. A different file of the same name is never replaced.
 * @throws Failure DOWNLOAD_FAILED; the task and its result are untouched
 */
export async function download(session: Session, options: DownloadOptions): Promise<SavedFile> {
  const stem = fileStemOf(options);
  const part = path.join(options.folder, `${stem}.${randomBytes(4).toString('hex')}.part`);
  let handle: FileHandle | undefined;
  try {
    handle = await open(part, 'wx+', 0o666);
    const fetched = await fetchFile(session, options, { path: part, handle });
    await handle.close();
    handle = undefined;
    const file = path.join(options.folder, `${stem}.${fetched.kind.ext}`);
    await moveIntoPlace(part, file, fetched, session.api.clock);
    return {
      path: file,
      bytes: fetched.bytes,
      sha256: fetched.sha256,
      contentType: fetched.kind.contentType,
    };
  } catch (error) {
    throw asDownloadFailure(error, options);
  } finally {
    await handle?.close().catch(() => {});
    await rm(part, { force: true }).catch(() => {});
  }
}

/** Gives the finished file its name, unless something else has it: then only the very same content is taken for it. */
export async function moveIntoPlace(
  part: string,
  file: string,
  fetched: Pick<Fetched, 'bytes' | 'sha256'>,
  clock: Clock,
): Promise<void> {
  try {
    // A hard link fails where the name is taken, which a rename would not.
    await link(part, file);
    return;
  } catch (error) {
    if (diskError(error) !== 'EEXIST' && !(await isThere(file))) {
      await renamePatiently(part, file, clock);
      return;
    }
  }
  if (await hasContent(file, fetched)) return;
  throw new Failure(
    'DOWNLOAD_FAILED',
    `${file} exists already and is something else; it was left as it is.`,
    {
      nextSteps: ['Download into another folder, or move that file away and run the command again.'],
    },
  );
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    return diskError(error) !== 'ENOENT';
  }
}

async function hasContent(file: string, wanted: Pick<Fetched, 'bytes' | 'sha256'>): Promise<boolean> {
  const stat = await lstat(file);
  if (!stat.isFile() || stat.size !== wanted.bytes) return false;
  return (await sha256Of(file)) === wanted.sha256;
}

/** What went wrong with a file, as a failure where it is one. */
export function asDownloadFailure(error: unknown, { folder }: Pick<DownloadOptions, 'folder'>): unknown {
  if (error instanceof Failure) {
    if (error.code === 'DOWNLOAD_FAILED') return error;
    return new Failure('DOWNLOAD_FAILED', `The finished file could not be fetched: ${error.message}`, {
      cause: error,
      ...(error.details.retryAfter !== undefined && { retryAfter: error.details.retryAfter }),
      ...(error.details.nextSteps && { nextSteps: error.details.nextSteps }),
    });
  }
  const reason = diskTrouble(error);
  if (!reason) return error;
  return new Failure('DOWNLOAD_FAILED', `The finished file could not be saved in ${folder}: ${reason}.`, {
    cause: error,
  });
}
