import { Failure, orFailure } from '../../model/failure.ts';
import { isBareEnd, type SeenState, type Task } from '../../model/task.ts';
import type { TaskStatus } from '../../providers/provider.ts';
import type { Service } from '../service.ts';

/**
 * Returns the state of a task; each query is retried as the policy for reads allows. An answer that may be either a failed
 * task or an error is decided by the task's details.
 * @throws Failure when the query itself failed; that says nothing about the task
 */
export async function queryStatus(
  { api, provider }: Service,
  taskId: string,
  retryUntil = api.shortDeadline,
): Promise<TaskStatus> {
  const status = await api.read(provider.status(taskId), { retryUntil });
  // Where the details cannot be read either, that failure says more, and whether to retry.
  return status.possibleError ? api.read(provider.task(taskId), { retryUntil }) : status;
}

/** Returns the same for a caller that keeps it as the end of the task: an end without a result is checked by the task's details, too. */
export async function fetchStatus(service: Service, taskId: string): Promise<TaskStatus & SeenState> {
  const { api, provider } = service;
  const retryUntil = api.shortDeadline;
  const status = await queryStatus(service, taskId, retryUntil);
  // A service may answer a status query with the whole task.
  if ('urls' in status || !isBareEnd(status.state)) return status;
  const task = await withTask(status, () => api.read(provider.task(taskId), { retryUntil }));
  return task.state === 'COMPLETED' ? task : { ...status, detailsUnread: task.detailsUnread };
}

/**
 * Returns a task that ended without a result, with its details: they may say why. The state stays the one that was polled,
 * unless the details have the result: an end without one is kept for good, and the result would be lost with it.
 */
export async function withTask(
  seen: TaskStatus,
  read: () => Promise<Task>,
): Promise<TaskStatus & Partial<Task> & SeenState> {
  const task = await orFailure(read());
  if (task instanceof Failure)
    return { ...seen, detailsUnread: task.details.transient ? 'forNow' : 'forGood' };
  return hasResult(task) ? task : { ...task, state: seen.state };
}

function hasResult({ state, urls }: Task): boolean {
  return state === 'COMPLETED' && urls.length > 0;
}
