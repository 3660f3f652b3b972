import { Failure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { Task } from '../../model/task.ts';
import { creditsOf, type TaskResult, taskResult } from '../result.ts';
import { knownFacts, type TaskFacts, type WaitedTask } from '../wait-settings.ts';
import { fetchResult } from './fetch-result.ts';
import { asGone, asNotShown } from './gone.ts';
import { saveFiles } from './save-files.ts';

/** Returns the result of a COMPLETED task: its record, and its files where they are wanted. */
export async function finish({ session, taskId, wait, known }: WaitedTask): Promise<TaskResult> {
  const { folder, output } = wait;
  const { entry, credits, task: shown } = known;
  const facts = knownFacts(known);
  let task: Task | undefined;
  try {
    task =
      shown && shown.urls.length > 0
        ? { ...shown, state: 'COMPLETED' }
        : await fetchResult(session, taskId, wait.schedule, wait.resultUntil);
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
      saved = { files, warnings: await fileWarnings(session, facts.model, files, output) };
    }
    const fileCount = task.urls.length;
    await entry?.update(credits ? { fileCount, credits: creditsOf(task, credits) } : { fileCount });
    return { ...taskResult(taskId, task, facts), ...saved };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const failure = asNotShown(session, taskId, error);
    const isGone = entry !== undefined && !(await isAnyWhole(entry.record));
    return notFetched(taskId, isGone ? asGone(session, entry.record, failure) : failure, known, task);
  }
}

/** Tells whether one of the files that a record names is still there as it was saved. */
async function isAnyWhole({ files }: RequestRecord): Promise<boolean> {
  if (files.length === 0) return false;
  const { fileIsWhole } = await import('../../download/file-hash.ts');
  for (const file of files) if (await fileIsWhole(file.path, file)) return true;
  return false;
}

/** Returns the result of a task that is COMPLETED, whatever failed after that. */
export function notFetched(taskId: string, failure: Failure, known: TaskFacts, task?: Task): TaskResult {
  const seen = { ...task, state: 'COMPLETED' as const, record: {} };
  const about = failure.with({ status: 'COMPLETED', taskId, charged: 'finished' });
  return { ...taskResult(taskId, seen, knownFacts(known)), kind: 'notFetched', failure: about };
}
