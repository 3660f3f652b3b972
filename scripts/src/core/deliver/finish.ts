import { Failure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { Place } from '../checked-request.ts';
import type { PollSchedule } from '../poll/interval.ts';
import { creditsOf, type TaskResult, taskResult } from '../result.ts';
import type { Session } from '../session.ts';
import { type KnownTask, modelOf, type WaitSettings } from '../wait/wait-settings.ts';
import { asGone } from './gone.ts';
import { fetchResult } from './read-result.ts';
import { saveFiles } from './save-files.ts';

export interface FinishOptions {
  /** Its record, where the query that saw its end showed that too. */
  shown?: Task | undefined;
  /** Where to save the files; a folder that is null: only say where they are. */
  place: Place & Pick<WaitSettings, 'isVersioned'>;
  /** When the wait is over, on the monotonic clock (Infinity where there is none), and when it is for the files. */
  times: { until: number; filesUntil: number };
  schedule: PollSchedule;
  stallMs: number;
  known: KnownTask;
}

/** Returns the result of a COMPLETED task: its record, and its files where they are wanted. */
export async function finish(
  session: Session,
  taskId: string,
  { shown, place, times, stallMs, schedule, known }: FinishOptions,
): Promise<TaskResult> {
  const { folder, output, isVersioned } = place;
  const { entry, credits, origin = {} } = known;
  const model = modelOf(known);
  let task: Task | undefined;
  try {
    task =
      shown && shown.urls.length > 0
        ? { ...shown, state: 'COMPLETED' }
        : await fetchResult(session, taskId, { schedule, until: times.until });
    let saved: Pick<TaskResult, 'files' | 'warnings'> = { warnings: [] };
    if (folder !== null) {
      const found = task;
      // A link that had expired was replaced: the answer must not show the dead one.
      const onFresh = (fresh: Task) => {
        task = fresh;
      };
      const { filesUntil } = times;
      const named = { output, isVersioned, entry };
      const save = () => saveFiles(session, found, folder, { ...named, stallMs, filesUntil, onFresh });
      const files = await (session.results ? session.results.run(save) : save());
      const { warningsAbout } = await import('./file-warnings.ts');
      const warnings = await warningsAbout(session, model, files, output);
      saved = { files, warnings };
    }
    const fileCount = task.urls.length;
    await entry?.update(credits ? { fileCount, credits: creditsOf(task, credits) } : { fileCount });
    return { ...taskResult(taskId, task, { ...origin, credits, model }), ...saved };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The task is COMPLETED, whatever failed after that.
    const why = entry?.record.files.length === 0 ? asGone(session, entry.record, error) : error;
    const failure = why.with({ status: 'COMPLETED', taskId, charged: 'finished' });
    const seen = { ...task, state: 'COMPLETED' as const, record: {} };
    return { ...taskResult(taskId, seen, { ...origin, credits, model }), kind: 'notFetched', failure };
  }
}
