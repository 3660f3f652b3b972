import type { Task } from '#client';
import { recordCompleted, recordFailed } from '../generations/polling.ts';
import type { Work } from './step.ts';

/** Records the end of a task. @returns false where the task has not ended, or shows no file yet */
export async function recordEnd(work: Work, id: string, task: Task): Promise<boolean> {
  const { database, log } = work;
  const { charged, refunded } = task;
  const facts = { id, taskId: task.id };
  if (task.state === 'COMPLETED' && task.urls.length > 0) {
    if (await recordCompleted(database, id, task.urls, { charged, refunded })) log.info(facts, 'completed');
    work.wake('save');
  } else if (task.state === 'FAILED') {
    const message = task.error ?? 'The service gives no reason.';
    const end = { status: 'failed', code: 'GENERATION_FAILED', message, charged, refunded } as const;
    if (await recordFailed(database, id, end)) log.info(facts, 'failed');
  } else if (task.state === 'CANCEL') {
    const end = { status: 'cancelled', code: null, message: null, charged, refunded } as const;
    if (await recordFailed(database, id, end)) log.info(facts, 'cancelled');
  } else return false;
  // A place of its user may be free, and its user may wait for a notice.
  work.wake('submit');
  work.wake('notify');
  return true;
}
