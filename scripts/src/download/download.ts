import { constants, lstatSync } from 'node:fs';
import { access, link } from 'node:fs/promises';
import path from 'node:path';
import { diskError, diskErrorText, renamePatiently } from '../disk/durable.ts';
import { makeFolder } from '../disk/make-folder.ts';
import type { Clock } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import type { RecordedFile } from '../model/request-record.ts';
import type { Downloader } from './downloader.ts';
import { type FetchOptions, fetchFile } from './fetch-file.ts';
import { fileIsWhole } from './file-hash.ts';
import { fileStem, freeVersion, stemOfOutput, versionOf } from './names.ts';
import { Part, removeOldParts } from './part.ts';
import type { Fetched } from './received-file.ts';

export type SavedFile = Omit<RecordedFile, 'number'>;

export interface DownloadOptions extends FetchOptions {
  taskId: string;
  /** Absolute, as `prepareFolder` returned it. */
  folder: string;
  output?: string | null | undefined;
  /** The number of this file among several, from 1; absent when there is only one. */
  number?: number;
  isVersioned?: boolean | undefined;
}

/**
 * Returns the absolute folder, made where it is missing, in which files can be written.
 * @param hasResult the result is there: what is wrong with its folder by now is no mistake of the request
 * @throws Failure INVALID_PAYLOAD; DOWNLOAD_FAILED with a result
 */
export async function prepareFolder(folder: string, hasResult = false): Promise<string> {
  const absolute = path.resolve(folder);
  try {
    makeFolder(absolute);
    await access(absolute, constants.W_OK);
    return absolute;
  } catch (cause) {
    const why = diskError(cause) || 'unknown reason';
    const said = `folder ${absolute} cannot be written to (${why}).`;
    if (hasResult) {
      const reason = { kind: 'resultFolder', folder: absolute } as const;
      throw new Failure('DOWNLOAD_FAILED', `The finished file could not be saved: the ${said}`, {
        cause,
        reason,
      });
    }
    const reason = { kind: 'downloadFolder', folder: absolute, why } as const;
    throw new Failure('INVALID_PAYLOAD', `The ${said}`, { cause, reason });
  }
}

/** Returns the path of a file without its extension, which depends on the content. */
export function stemOf(of: Pick<DownloadOptions, 'folder' | 'taskId' | 'output' | 'number'>): string {
  const { folder, taskId, output, number } = of;
  const name = output ? stemOfOutput(output) : fileStem(taskId);
  // The first of several files has the very name that was asked for.
  const isPlain = number === undefined || (output && number === 1);
  return path.join(folder, isPlain ? name : `${name}-${number}`);
}

/**
 * Fetches one finished file. It is streamed to disk, resumed after a lost connection or an earlier process, checked for
 * length and signature, and renamed into place when it is complete. A different file of the same name is never replaced.
 * Only one process at a time may call this: `saveOnce` ensures that.
 * @throws Failure DOWNLOAD_FAILED; the task and its result are untouched
 */
export async function download(downloader: Downloader, options: DownloadOptions): Promise<SavedFile> {
  const { clock, signal } = downloader.api;
  const stem = stemOf(options);
  let part: Part | undefined;
  try {
    part = await Part.open(stem);
    const { kind, ...fetched } = await fetchFile(downloader, options, part);
    await part.close();
    const file = await moveIntoPlace(part.path, `${stem}.${kind.ext}`, fetched, clock, options);
    await part.remove();
    await removeOldParts(stem, clock.wall());
    return { path: file, ...fetched, contentType: kind.contentType };
  } catch (error) {
    const mayResume = signal?.aborted || (error instanceof Failure && error.details.transient);
    const total = part?.identity?.total ?? null;
    const bytes = (mayResume && (await part?.keep())) || 0;
    if (bytes === 0) await part?.remove();
    throw asDownloadFailure(error, options, { bytes, total });
  } finally {
    await part?.close();
  }
}

/** Returns the path that the finished file got. An existing file of that name is accepted only with the same content. */
export async function moveIntoPlace(
  part: string,
  file: string,
  fetched: Pick<Fetched, 'bytes' | 'sha256'>,
  clock: Clock,
  { isVersioned = false }: Pick<DownloadOptions, 'isVersioned'> = {},
): Promise<string> {
  const { dir, name, ext } = path.parse(file);
  const pathOf = (version: string) => path.join(dir, `${version}${ext}`);
  for (let version = 1; version === 1 || isVersioned; version += 1) {
    const target = pathOf(versionOf(name, version));
    if ((await tookName(part, target, clock)) || (await fileIsWhole(target, fetched))) return target;
  }
  const free = pathOf(freeVersion(name, (version) => isThere(pathOf(version)), 2));
  const message = `${file} exists already and is something else; it was left as it is.`;
  throw new Failure('DOWNLOAD_FAILED', message, { reason: { kind: 'fileInTheWay', file, free } });
}

/** Returns false where another file has the name. */
async function tookName(part: string, file: string, clock: Clock): Promise<boolean> {
  try {
    // A hard link fails when the name exists; a rename would replace that file.
    await link(part, file);
  } catch (error) {
    if (diskError(error) === 'EEXIST' || isThere(file)) return false;
    await renamePatiently(part, file, clock);
  }
  return true;
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Returns the failure of a download, with the number of bytes that are kept for the next run. */
export function asDownloadFailure(
  error: unknown,
  { folder }: Pick<DownloadOptions, 'folder'>,
  { bytes, total }: { bytes: number; total: number | null } = { bytes: 0, total: null },
): unknown {
  if (!(error instanceof Failure)) {
    const reason = diskErrorText(error);
    const message = `The finished file could not be saved in ${folder}: ${reason}.`;
    return reason ? new Failure('DOWNLOAD_FAILED', message, { cause: error }) : error;
  }
  const { code, message, details } = error;
  const why = code === 'DOWNLOAD_FAILED' ? message : `The finished file could not be fetched: ${message}`;
  if (bytes === 0) return new Failure('DOWNLOAD_FAILED', why, { ...details, cause: error });
  const have = `${bytes}${total === null ? '' : ` of ${total}`} bytes are kept`;
  const data = { ...details.data, partial: { bytes, total } };
  return new Failure('DOWNLOAD_FAILED', `${why} ${have}; the next run fetches the rest.`, {
    ...details,
    cause: error,
    data,
  });
}
