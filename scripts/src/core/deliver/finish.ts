import type { SavedFile } from '../../download/download.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import { creditsOf, type TaskResult, taskResult } from '../result.ts';
import { knownFacts, type TaskFacts, type WaitedTask } from '../wait-settings.ts';
import { fetchResult } from './fetch-result.ts';
import { asGone, asNotShown } from './gone.ts';
import { folderFor } from './place.ts';
import { filesLeft, recordedFiles } from './recorded-files.ts';
import { saveFiles } from './save-files.ts';

/**
 * Returns the result of a COMPLETED task: its files as its record knows them, where they are whole; else its record at the
 * service, and its files where they are wanted.
 */
export async function finish(of: WaitedTask): Promise<TaskResult> {
  const { session, taskId, wait, known } = of;
  const { entry, credits, task: shown } = known;
  let task: Task | undefined;
  try {
    const saved = entry && (await recordedFiles(session, entry, wait));
    if (saved) return await withFiles(of, saved);
    const folder = await folderFor(wait.folder);
    task =
      shown && shown.urls.length > 0
        ? { ...shown, state: 'COMPLETED' }
        : await fetchResult(session, taskId, wait.schedule, wait.resultUntil);
    let files: SavedFile[] | undefined;
    if (folder !== null) {
      const found = task;
      // A link that had expired was replaced: the answer must not show the dead one.
      const onFresh = (fresh: Task) => {
        task = fresh;
      };
      const save = () => saveFiles(session, found, folder, { ...wait, entry, onFresh });
      files = await (session.results ? session.results.run(save) : save());
    }
    const result = await withFiles(of, files, task);
    const fileCount = task.urls.length;
    await entry?.update(credits ? { fileCount, credits: creditsOf(task, credits) } : { fileCount });
    return result;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const failure = asNotShown(session, taskId, error);
    const lasting = asGone(session, taskId, failure, entry?.record, task);
    const left = entry && lasting !== failure ? await orFailure(filesLeft(session, entry, wait)) : undefined;
    if (left && !(left instanceof Failure)) return withFiles(of, left);
    return notFetched(taskId, left ?? lasting, known, task);
  }
}

/** @param task absent: the service was not asked */
async function withFiles(
  { session, taskId, wait, known }: WaitedTask,
  files: SavedFile[] | undefined,
  task?: Task,
): Promise<TaskResult> {
  const facts = knownFacts(known);
  const result = taskResult(taskId, task ?? { state: 'COMPLETED', record: {} }, facts);
  if (!files) return result;
  const { fileWarnings } = await import('./file-warnings.ts');
  return { ...result, files, warnings: await fileWarnings(session, facts.model, files, wait.output) };
}

/** Returns the result of a task that is COMPLETED, whatever failed after that. */
function notFetched(taskId: string, failure: Failure, known: TaskFacts, task?: Task): TaskResult {
  const seen = { ...task, state: 'COMPLETED' as const, record: {} };
  const about = failure.with({ status: 'COMPLETED', taskId, charged: 'finished' });
  return { ...taskResult(taskId, seen, knownFacts(known)), kind: 'notFetched', failure: about };
}
