import { Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import { creditsOf, type TaskResult, taskResult } from '../result.ts';
import { knownFacts, type TaskFacts, type WaitedTask } from '../wait-settings.ts';
import { fetchResult } from './fetch-result.ts';
import { asGone, asNotShown } from './gone.ts';
import { withOwner } from './place.ts';
import { saveFiles } from './save-files.ts';
import { savedResult } from './saved-result.ts';

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
    return withoutService({ session, taskId, wait, known }, error, task);
  }
}

/** Returns the result that could not be fetched: from this machine where it was saved before, else the failure. */
async function withoutService(of: WaitedTask, error: Failure, task: Task | undefined): Promise<TaskResult> {
  const { session, taskId, known } = of;
  const { entry } = known;
  const failure = asNotShown(session, taskId, error);
  if (!entry) return notFetched(taskId, failure, known, task);
  const kind = failure.details.reason?.kind;
  const saved =
    task === undefined || kind === 'linkGone'
      ? await orFailure(savedResult(of, entry, kind === 'taskNotShown'))
      : undefined;
  if (saved !== undefined && !(saved instanceof Failure)) return saved;
  const why = await withOwner(session, entry, saved ?? asGone(session, entry.record, failure));
  return notFetched(taskId, why, known, task);
}

/** Returns the result of a task that is COMPLETED, whatever failed after that. */
export function notFetched(taskId: string, failure: Failure, known: TaskFacts, task?: Task): TaskResult {
  const seen = { ...task, state: 'COMPLETED' as const, record: {} };
  const about = failure.with({ status: 'COMPLETED', taskId, charged: 'finished' });
  return { ...taskResult(taskId, seen, knownFacts(known)), kind: 'notFetched', failure: about };
}
