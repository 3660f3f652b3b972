import type { SavedFile } from '../../download/download.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { TaskFacts } from '../result.ts';
import type { Session } from '../session.ts';
import type { Wait } from '../wait-settings.ts';
import { RESULT_MS, readTask } from './fetch-result.ts';
import { asNotShown } from './gone.ts';

/** Where and how long files are saved, and who is told. Without a name they are named by the task's id. */
export interface SaveOptions
  extends Pick<Wait, 'filesUntil'>,
    Partial<Pick<Wait, 'output' | 'isVersioned'>>,
    Pick<TaskFacts, 'entry'> {
  /** The task, read once more for a fresh link. */
  onFresh?(task: Task): void;
  /** A file is about to be fetched; from 0. */
  onFile?(index: number): void;
  /** A file is saved; the next one waits for it. */
  onSaved?(file: SavedFile, index: number): Promise<void>;
}

/** Saves every file of a task. A file that fails is reported after all files have been tried. */
export async function saveFiles(
  session: Session,
  task: Task,
  folder: string,
  { onFresh, onFile, onSaved, ...settings }: SaveOptions,
): Promise<SavedFile[]> {
  const { api } = session;
  const { entry, filesUntil, output, isVersioned } = settings;
  // Only a call that saves a file loads what is needed for that.
  const { saveOnce } = await import('../../download/save-once.ts');
  const files: SavedFile[] = [];
  const failures: Failure[] = [];
  const until = Math.max(filesUntil, api.clock.monotonic() + RESULT_MS);
  let { urls } = task;
  for (const index of task.urls.keys()) {
    const refresh = async () => {
      const fresh = await orFailure(readTask(session, task.id));
      if (fresh instanceof Failure) throw asNotShown(session, task.id, fresh);
      if (fresh.urls.length !== urls.length) return null;
      urls = fresh.urls;
      onFresh?.({ ...fresh, state: 'COMPLETED' });
      return urls[index]!;
    };
    const url = urls[index]!;
    const number = task.urls.length > 1 ? { number: index + 1 } : {};
    const name = { taskId: task.id, folder, output, isVersioned, ...number };
    const options = { ...name, url, stallMs: api.timeoutMs, maxRetries: api.maxRetries, until, refresh };
    onFile?.(index);
    const save = async () => {
      const file = await saveOnce(session, entry, { ...options, waitEnds: filesUntil });
      files.push(file);
      await onSaved?.(file, index);
    };
    const failure = await orFailure(save());
    if (failure) failures.push(failure);
  }
  const first = failures[0];
  if (!first) return files;
  if (task.urls.length === 1) throw first;
  throw first.with({
    data: {
      ...first.details.data,
      files: files.map((file) => ({ ...file })),
      notSaved: failures.map(({ message }) => message),
    },
  });
}
