import { Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import { creditsOf, modelOf, type TaskResult, taskResult } from '../result.ts';
import type { WaitedTask } from '../wait-settings.ts';
import { fetchResult } from './fetch-result.ts';
import { asGone, asNotShown } from './gone.ts';
import { folderFor, withOwner } from './place.ts';
import { saveFiles } from './save-files.ts';
import { savedResult } from './saved-result.ts';

/**
 * Returns the result of a COMPLETED task: its files as its record knows them, where they are whole; else its record at the
 * service, and its files where they are wanted.
 */
export async function finish(of: WaitedTask): Promise<TaskResult> {
  const { session, taskId, wait, known } = of;
  const { entry, credits, task: shown } = known;
  let task: Task | undefined;
  try {
    const before = entry && (await savedResult(of, entry));
    if (before) return before;
    const folder = await folderFor(wait.folder, true);
    task =
      shown && shown.urls.length > 0
        ? { ...shown, state: 'COMPLETED' }
        : await fetchResult(session, taskId, wait.resultUntil);
    let saved: Pick<TaskResult, 'files' | 'warnings'> = { warnings: [] };
    if (folder !== null) {
      const found = task;
      // A link that had expired was replaced: the answer must not show the dead one.
      const onFresh = (fresh: Task) => {
        task = fresh;
      };
      const save = () => saveFiles(session, found, folder, { ...wait, entry, onFresh });
      const files = await (session.results ? session.results.run(save) : save());
      const { fileWarnings } = await import('./file-warnings.ts');
      saved = { files, warnings: await fileWarnings(session, modelOf(known), files, wait.output) };
    }
    const fileCount = task.urls.length;
    await entry?.update(credits ? { fileCount, credits: creditsOf(task, credits) } : { fileCount });
    return { ...taskResult(taskId, task, known), ...saved };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return withoutFiles(of, error, task);
  }
}

/** Returns the result that could not be fetched: what is left of it here, where nobody else knows it any more, else the failure. */
async function withoutFiles(of: WaitedTask, error: Failure, task: Task | undefined): Promise<TaskResult> {
  const { session, taskId, known } = of;
  const { entry } = known;
  const failure = asNotShown(session, taskId, error);
  const isNotShown = failure.details.reason?.kind === 'taskNotShown';
  const left = entry && isNotShown ? await orFailure(savedResult(of, entry, true)) : undefined;
  if (left && !(left instanceof Failure)) return left;
  const why = left ?? asGone(session, taskId, failure, entry?.record, task);
  const told = await withOwner(session, entry, why);
  // The task is COMPLETED, whatever failed after that.
  const about = told.with({ status: 'COMPLETED', taskId, charged: 'finished' });
  const seen = { ...task, state: 'COMPLETED' as const, record: {} };
  return { ...taskResult(taskId, seen, known), kind: 'notFetched', failure: about };
}
