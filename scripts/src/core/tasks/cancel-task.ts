import { Failure, orFailure } from '../../model/failure.ts';
import type { TaskStatus } from '../../providers/provider.ts';
import { withDelivery } from '../deliver/with-delivery.ts';
import { fetchStatus, withTask } from '../poll/status-query.ts';
import { noteState, requestOfTask } from '../record/task-record.ts';
import { creditsOf, type TaskResult } from '../result.ts';
import type { Session } from '../session.ts';

/** Cancels a task and returns whether that took effect: the service allows it only before the work has begun. */
export async function cancelTask(session: Session, taskId: string): Promise<TaskResult> {
  const sent = await orFailure(cancelWithRetries(session, taskId));
  const [answer, refusal] = sent instanceof Failure ? [undefined, sent] : [sent, undefined];
  if (refusal && ['AUTH_FAILED', 'RATE_LIMITED'].includes(refusal.code)) throw refusal;
  if (answer?.state === 'CANCEL') return cancelled(session, taskId, answer);
  // The service rejected the cancel, or its answer was lost: the state of the task decides.
  const status = await orFailure(fetchStatus(session, taskId));
  const isUnread = status instanceof Failure;
  if (isUnread && ['AUTH_FAILED', 'TASK_NOT_FOUND'].includes(status.code)) throw status;
  // A lost cancel, or a task that the service does not find, says more than "not cancelled".
  if (isUnread && refusal && refusal.code !== 'UNKNOWN_ERROR') throw refusal;
  const seen = isUnread ? answer : status;
  const entry = await requestOfTask(session, taskId);
  if (entry && seen) await noteState(session, entry, seen);
  if (seen?.state === 'CANCEL') return cancelled(session, taskId, seen);
  return notCancelled(taskId, seen, refusal, entry?.record.download ?? null);
}

function notCancelled(
  taskId: string,
  found: TaskStatus | undefined,
  refusal: Failure | undefined,
  download: string | null,
): TaskResult {
  const seen = found ?? { state: 'UNKNOWN' as const, record: {} };
  const so = found ? `it is ${found.unknownState ?? found.state}` : 'its state could not be read';
  const said = refusal ? ` ${refusal.message}` : '';
  const { state, record } = seen;
  const code = refusal?.code === 'NETWORK_ERROR' ? 'NETWORK_ERROR' : 'CANCEL_REJECTED';
  const reason = { kind: 'notCancelled', taskId, state, download } as const;
  const details = { status: state, taskId, record, reason };
  const failure = new Failure(code, `The task was not cancelled: ${so}.${said}`, details);
  return { kind: 'notCancelled', taskId, seen, warnings: [], failure };
}

/** Returns the result of a cancel that took effect, with the credits that the task's details name. */
async function cancelled(session: Session, taskId: string, seen: TaskStatus): Promise<TaskResult> {
  const entry = await requestOfTask(session, taskId);
  const { api, provider } = session;
  const read = () => api.read(provider.task(taskId));
  const credits = creditsOf(await withTask(seen, read), entry?.record.credits);
  return withDelivery(session, entry, { kind: 'cancelledNow', taskId, seen, credits, warnings: [] });
}

/** Cancels a task. Retries only where the service asked for a later attempt, or was never reached. */
async function cancelWithRetries(session: Session, taskId: string): Promise<TaskStatus> {
  const { api, provider } = session;
  const retryUntil = session.api.shortDeadline;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.once(provider.cancel(taskId), { fresh: true });
    } catch (error) {
      if (error instanceof Failure && error.details.unclear) throw error;
      await api.pauseOrThrow(error, attempt, retryUntil);
    }
  }
}
