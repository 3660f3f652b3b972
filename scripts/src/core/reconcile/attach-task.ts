import { Failure } from '../../model/failure.ts';
import { isOpenEnd } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { fetchStatus } from '../poll/status-query.ts';
import { dateOf } from '../record/task-record.ts';
import { whileLocked } from '../record/while-locked.ts';
import type { Session } from '../session.ts';

/**
 * Records a task that the user found as the task of a request whose outcome is not known: the command of that request then
 * resumes it. Charges nothing.
 * @throws Failure where no such request is on record, it has another task, or the task belongs to another request
 */
export async function attachTask(session: Session, taskId: string, idempotencyKey: string): Promise<void> {
  const store = await session.records();
  const [entry] = ((await store?.byIdempotencyKey(idempotencyKey)) ?? []).filter((one) => store?.isOwn(one));
  if (!store || !entry) {
    const message = `No request of this key is on record with the idempotency key ${idempotencyKey}.`;
    throw new Failure('TASK_NOT_FOUND', message, { reason: { kind: 'noRecord' } });
  }
  checkUnclaimed(entry, taskId, await store.byTask(taskId));
  if (entry.record.taskId === taskId) return;
  const seen = await fetchStatus(session, taskId);
  await whileLocked(store, entry, async () => {
    checkUnclaimed(entry, taskId, await store.byTask(taskId));
    const status = isOpenEnd(seen) ? 'UNKNOWN' : seen.state;
    await entry.require({ phase: 'submitted', taskId, status, checked: dateOf(session) });
  });
}

function checkUnclaimed({ record }: StoredRequest, taskId: string, holder: StoredRequest | undefined): void {
  const { taskId: own, idempotencyKey } = record;
  const taken = holder && holder.record.idempotencyKey !== idempotencyKey;
  if (!taken && (own === null || own === taskId)) return;
  const why = taken
    ? `task ${taskId} belongs to the request of ${holder.record.created}`
    : `the request of ${idempotencyKey} has task ${own}`;
  throw new Failure('IDEMPOTENCY_CONFLICT', `Nothing was recorded: ${why}.`, {
    reason: { kind: 'otherTask', recordedTaskId: taken ? taskId : own! },
  });
}
