import { orFailure } from '../../model/failure.ts';
import type { Task } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { whileLocked } from '../record/while-locked.ts';
import type { Session } from '../session.ts';
import { recordTask } from './record-task.ts';

/** Returns the requests of this key whose submit has no known outcome, newest first; behind them those that a later one replaced. */
export async function lostSubmits({ records }: Session): Promise<StoredRequest[]> {
  const store = await records();
  if (!store) return [];
  const lost = [...(await store.pending()), ...(await store.replaced())];
  return lost.filter((entry) => entry.record.taskId === null && store.isOwn(entry));
}

/**
 * Records the tasks of lost submits that the service lists with their keys: from then on they are resumed, listed and
 * delivered like any other. Submits nothing. A submit that is being sent now is left to its sender.
 */
export async function recordListedTasks(
  session: Session,
  lost: readonly StoredRequest[],
  tasks: readonly Task[],
): Promise<void> {
  const store = await session.records();
  for (const entry of store ? lost : []) {
    const task = tasks.find(({ idempotencyKey }) => idempotencyKey === entry.record.idempotencyKey);
    if (!task) continue;
    // Where it cannot be noted now, the next list shows the task too.
    await orFailure(
      whileLocked(store!, entry, async () => {
        const { taskId, resubmitted } = entry.record;
        const found = { kind: 'accepted', task, by: 'list', isResubmitted: resubmitted } as const;
        if (taskId === null) await recordTask({ session, store: store!, entry }, found);
      }),
    );
  }
}
