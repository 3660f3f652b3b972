import { Failure, orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { TaskStatus } from '../../providers/provider.ts';
import type { Session } from '../session.ts';

/**
 * Returns the state of a task, by one status query for which the caller has a permit, and by its record where the status alone
 * does not decide.
 * @throws Failure when the query itself failed; that says nothing about the task
 */
export async function pollOnce(
  { api, provider }: Pick<Session, 'api' | 'provider'>,
  taskId: string,
  deadline: number,
): Promise<TaskStatus> {
  const status = await api.once(provider.status(taskId), { deadline, isPermitted: true });
  return confirmed(status, () => api.once(provider.task(taskId), { deadline }));
}

/** Returns the state of a task, as `pollOnce` does; each query is retried as the policy for reads allows. */
export async function fetchStatus({ api, provider }: Session, taskId: string): Promise<TaskStatus> {
  const retryUntil = api.shortDeadline;
  const status = await api.read(provider.status(taskId), { retryUntil });
  return confirmed(status, () => api.read(provider.task(taskId), { retryUntil }));
}

/**
 * Returns the status that counts. An answer that may be either a failed task or an error is decided by the record. An end
 * without a result is kept for good, and the result would be lost with it: a record that has the result outweighs it.
 */
async function confirmed(status: TaskStatus, readRecord: () => Promise<Task>): Promise<TaskStatus> {
  // Where the record cannot be read either, that failure says more, and whether to retry.
  if (status.possibleError) return readRecord();
  // A service may answer a status query with the whole record.
  const isRecord = 'urls' in status;
  if (isRecord || (status.state !== 'FAILED' && status.state !== 'CANCEL')) return status;
  const task = await orFailure(readRecord());
  return !(task instanceof Failure) && task.state === 'COMPLETED' && task.urls.length > 0 ? task : status;
}

/** Returns the record of a task that ended without a result: it may say why. The state stays the one that was polled. */
export async function withRecord(
  seen: TaskStatus,
  read: () => Promise<Task>,
): Promise<TaskStatus & Partial<Task> & { isRecordUnread?: boolean }> {
  const task = await orFailure(read());
  return task instanceof Failure ? { ...seen, isRecordUnread: true } : { ...task, state: seen.state };
}
