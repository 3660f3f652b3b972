import { randomBytes } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../http/clock.ts';
import { asDownloadFailure, moveIntoPlace, prepareFolder, type SavedFile } from './download.ts';
import { fileIsWhole } from './file-hash.ts';

/**
 * Copies a saved file to another place, whole or not at all. A different file of the same name is never replaced.
 * @throws Failure DOWNLOAD_FAILED; INVALID_PAYLOAD where there can be no such folder
 */
export async function copyTo(file: SavedFile, target: string, clock: Clock): Promise<SavedFile> {
  const copy = { ...file, path: target };
  if (await fileIsWhole(target, file)) return copy;
  await prepareFolder(path.dirname(target));
  const part = `${target}.${randomBytes(4).toString('hex')}.part`;
  try {
    await copyFile(file.path, part);
    await moveIntoPlace(part, target, file, clock);
    return copy;
  } catch (error) {
    throw asDownloadFailure(error, { folder: path.dirname(target) });
  } finally {
    await rm(part, { force: true }).catch(() => {});
  }
}
