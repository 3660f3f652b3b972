import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Session } from '../core/session.ts';
import type { SavedFile } from '../download/download.ts';
import { Failure } from '../model/failure.ts';
import { type Connection, SILENT } from './connection.ts';
import { checkTaskId, deadlineAt } from './request.ts';
import type { DownloadedFile, DownloadOptions, FileTarget, Task } from './types.ts';

/** Fetches the files of a COMPLETED task, checks them, and puts them where they are wanted. */
export function download(
  connection: Connection,
  wanted: string | Task,
  { to, temporaryFolder, signal, until, onProgress }: DownloadOptions,
): Promise<DownloadedFile[]> {
  const taskId = typeof wanted === 'string' ? wanted : wanted.id;
  /** What the caller's own target failed with. */
  let cause: unknown;
  const details = () => ({ taskId, cause });
  return connection.call({ signal, details }, async (session) => {
    const filesUntil = until === undefined ? Infinity : deadlineAt(connection.settings, until);
    const task = await completed(session, wanted);
    const { saveFiles } = await import('../core/deliver/save-files.ts');
    let number = 1;
    const observer = {
      ...SILENT,
      downloading: (bytes: number, total: number | null) => onProgress?.({ number, bytes, total }),
    };
    const target = await targetFolder(to, temporaryFolder);
    const files: DownloadedFile[] = [];
    try {
      await saveFiles({ ...session, observer }, task, target.folder, {
        filesUntil,
        onFile: (index) => {
          number = index + 1;
        },
        onSaved: async (saved) => {
          const file = { number, name: path.basename(saved.path), ...saved };
          if (typeof to === 'function')
            await deliverTo(to, file, session.api.signal, (error) => {
              cause = error;
            });
          files.push({ ...file, path: typeof to === 'function' ? null : saved.path });
        },
      });
      return files;
    } finally {
      await target.release();
    }
  });
}

/** Returns a task whose files can be fetched. @throws Failure DOWNLOAD_FAILED for a task in another state */
async function completed(session: Session, wanted: string | Task) {
  const id = checkTaskId(typeof wanted === 'string' ? wanted : wanted.id);
  // One that had not ended when the caller got it may have ended since.
  const ended = typeof wanted !== 'string' && (wanted.state === 'COMPLETED' || wanted.urls.length > 0);
  const task = ended ? wanted : await session.api.read(session.provider.task(id));
  if (task.urls.length > 0) return task;
  if (task.state !== 'COMPLETED') {
    const message = `The task is ${task.state}: only a COMPLETED task has files.`;
    throw new Failure('DOWNLOAD_FAILED', message, { taskId: id, status: task.state });
  }
  const { fetchResult } = await import('../core/deliver/fetch-result.ts');
  return fetchResult(session, id, Number.POSITIVE_INFINITY);
}

async function targetFolder(to: DownloadOptions['to'], temporaryFolder: string | undefined) {
  const { prepareFolder } = await import('../download/download.ts');
  const stays = typeof to === 'string' ? to : temporaryFolder;
  if (stays !== undefined) return { folder: await prepareFolder(stays), release: async () => {} };
  const folder = await mkdtemp(path.join(tmpdir(), 'async-media-workflow-'));
  return { folder, release: () => rm(folder, { recursive: true, force: true }) };
}

/** Writes a checked file to where the caller wants it, and removes the gathered copy. */
async function deliverTo(
  to: FileTarget,
  { path: source, ...file }: SavedFile & { number: number; name: string },
  signal: AbortSignal | undefined,
  onError: (cause: unknown) => void,
): Promise<void> {
  try {
    const target = await to(file);
    await pipeline(createReadStream(source), target, { signal });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    onError(cause);
    throw new Failure('DOWNLOAD_FAILED', 'The file is whole, but the target that it is written to failed.');
  }
  await rm(source, { force: true });
}
