import { Failure } from '../../model/failure.ts';
import type { Session } from '../session.ts';

/** Returns why a task is not found that was made at another service, address or key; undefined where no record says so. */
export async function madeElsewhere(
  session: Session,
  error: Failure,
  taskId: string,
): Promise<Failure | undefined> {
  if (error.code !== 'TASK_NOT_FOUND') return undefined;
  const records = await session.records();
  const entry = await records?.byTask(taskId);
  if (!records || !entry || records.isOwn(entry)) return undefined;
  const { provider, service, account, created, status } = entry.record;
  return new Failure(error.code, `Task ${taskId} was made on ${created} at ${service}.`, {
    status,
    taskId,
    reason: {
      kind: 'madeElsewhere',
      taskId,
      created,
      by: { provider, service, account },
      here: records.place,
    },
  });
}
