import { Failure, orFailure } from '../../model/failure.ts';
import { isBareEnd, type SeenState, type Task } from '../../model/task.ts';
import type { TaskStatus } from '../../providers/provider.ts';
import type { Service } from '../service.ts';

/**
 * Returns the state of a task; each query is retried as the policy for reads allows. An answer that may be either a failed
 * task or an error is decided by the record.
 * @throws Failure when the query itself failed; that says nothing about the task
 */
export async function queryStatus(
  { api, provider }: Service,
  taskId: string,
  retryUntil = api.shortDeadline,
): Promise<TaskStatus> {
  const status = await api.read(provider.status(taskId), { retryUntil });
  // Where the record cannot be read either, that failure says more, and whether to retry.
  return status.possibleError ? api.read(provider.task(taskId), { retryUntil }) : status;
}

/** Returns the same for a caller that keeps it as the end of the task: an end without a result is asked of the record, too. */
export async function fetchStatus(service: Service, taskId: string): Promise<TaskStatus & SeenState> {
  const { api, provider } = service;
  const retryUntil = api.shortDeadline;
  const status = await queryStatus(service, taskId, retryUntil);
  // A service may answer a status query with the whole record.
  if ('urls' in status || !isBareEnd(status.state)) return status;
  const task = await withRecord(status, () => api.read(provider.task(taskId), { retryUntil }));
  return task.state === 'COMPLETED' ? task : { ...status, recordUnread: task.recordUnread };
}

/**
 * Returns the record of a task that ended without a result: it may say why. The state stays the one that was polled, unless
 * the record has the result: an end without one is kept for good, and the result would be lost with it.
 */
export async function withRecord(
  seen: TaskStatus,
  read: () => Promise<Task>,
): Promise<TaskStatus & Partial<Task> & SeenState> {
  const task = await orFailure(read());
  if (task instanceof Failure)
    return { ...seen, recordUnread: task.details.transient ? 'forNow' : 'forGood' };
  return hasResult(task) ? task : { ...task, state: seen.state };
}

function hasResult({ state, urls }: Task): boolean {
  return state === 'COMPLETED' && urls.length > 0;
}
