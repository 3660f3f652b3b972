import { withDelivery } from '../deliver/with-delivery.ts';
import { fetchStatus } from '../poll/status-query.ts';
import { noteState, requestOfTask } from '../record/task-record.ts';
import { type TaskResult, taskResult } from '../result.ts';
import type { Session } from '../session.ts';

/**
 * Asks once for the state of a task, and notes it in the task's record.
 * @throws Failure TASK_NOT_FOUND where the service does not show it
 */
export async function getStatus(session: Session, taskId: string): Promise<TaskResult> {
  const seen = await fetchStatus(session, taskId);
  const entry = await requestOfTask(session, taskId);
  if (entry) await noteState(session, entry, seen);
  const result = taskResult(taskId, seen, { entry });
  // A task that ended without a result is delivered once its state is reported.
  return seen.state === 'COMPLETED' ? result : withDelivery(session, entry, result);
}
