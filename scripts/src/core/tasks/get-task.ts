import { Failure, orFailure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import { readTask } from '../deliver/fetch-result.ts';
import { withDelivery } from '../deliver/with-delivery.ts';
import { noteState, requestOfTask } from '../record/task-record.ts';
import { type TaskResult, taskResult } from '../result.ts';
import type { Session } from '../session.ts';
import { waitTask } from '../wait/wait-task.ts';
import type { WaitSettings } from '../wait-settings.ts';

/** Reads a task as the service shows it; with a folder, its files are saved too. What the service does not show any more is told from the records. */
export async function getTask(session: Session, taskId: string, settings: WaitSettings): Promise<TaskResult> {
  const { folder, waitMs: filesMs } = settings;
  if (folder !== null) return waitTask(session, taskId, { ...settings, waitMs: 0, filesMs });
  const entry = await requestOfTask(session, taskId);
  const task = await orFailure(readTask(session, taskId));
  if (task instanceof Failure) {
    // What the service shows no more, the record of an ended task still knows.
    if (task.code !== 'TASK_NOT_FOUND' || !entry || !isTerminal(entry.record.status)) throw task;
    return waitTask(session, taskId, { ...settings, waitMs: 0, filesMs });
  }
  if (entry) await noteState(session, entry, task);
  return withDelivery(session, entry, taskResult(taskId, task, { entry, credits: entry?.record.credits }));
}
