import path from 'node:path';
import { sha256Text } from '../journal/fingerprint.ts';
import type { Entry, Journal } from '../journal/journal.ts';
import { Failure } from '../types/failure.ts';
import { type DownloadOptions, download, fileStemOf, isSaved, type SavedFile } from './download.ts';
import type { Session } from './session.ts';

// As long as a download may take.
const PATIENCE_MS = 30 * 60_000;

/** Saves one file of a task; of several processes that want the same one, one fetches it and the others get its name. */
export async function saveOnce(
  session: Session,
  entry: Entry | undefined,
  options: DownloadOptions,
): Promise<SavedFile> {
  const { api } = session;
  const journal = await session.records();
  const target = path.join(options.folder, fileStemOf(options));
  const lock = journal && (await lockFor(journal, target, api.clock.monotonic() + PATIENCE_MS, api.signal));
  if (!lock) return download(session, options);
  try {
    entry?.refresh();
    const known = entry?.record.files.find((file) => withoutExtension(file.path) === target);
    if (known && (await isSaved(known))) return known;
    const file = await download(session, options);
    await entry?.update(({ files }) => ({
      files: [...files.filter((other) => other.path !== file.path), file],
    }));
    return file;
  } finally {
    if (!('heldBy' in lock)) lock.release();
  }
}

/** The lock on a file; null where there can be none, which costs no more than a second download. */
async function lockFor(journal: Journal, target: string, deadline: number, signal?: AbortSignal) {
  try {
    journal.prepare();
    return await journal.lock(`file-${sha256Text(target)}`, deadline, signal);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

function withoutExtension(file: string): string {
  return file.slice(0, file.length - path.extname(file).length);
}
