import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { asDownloadFailure, moveIntoPlace, prepareFolder, type SavedFile } from './download.ts';
import type { Downloader } from './downloader.ts';
import { fileIsWhole } from './file-hash.ts';
import { withoutExtension } from './names.ts';
import { Part } from './part.ts';
import { oneAtATime } from './save-once.ts';

/**
 * Copies a saved file to another place, whole or not at all. A different file of the same name is never replaced. The part
 * of a copy that was killed is the part of the next copy, or of the next download.
 * @param waitEnds how long to wait for another process that saves it
 * @throws Failure DOWNLOAD_FAILED
 */
export async function copyTo(
  downloader: Pick<Downloader, 'api'>,
  file: SavedFile,
  target: string,
  waitEnds: number,
  isVersioned = false,
): Promise<SavedFile> {
  if (await fileIsWhole(target, file)) return { ...file, path: target };
  const folder = await prepareFolder(path.dirname(target), true);
  const stem = withoutExtension(target);
  return oneAtATime(downloader, stem, { folder, waitEnds }, async () => {
    let part: Part | undefined;
    try {
      part = await Part.open(stem);
      part.restart();
      await copyFile(file.path, part.path);
      const { clock } = downloader.api;
      return { ...file, path: await moveIntoPlace(part.path, target, file, clock, { isVersioned }) };
    } catch (error) {
      const failure = asDownloadFailure(error, { folder });
      if (!(failure instanceof Failure)) throw failure;
      // The result is there all the same, where it was saved before.
      throw failure.with({ data: { ...failure.details.data, copy: file.path } });
    } finally {
      await part?.remove();
    }
  });
}
