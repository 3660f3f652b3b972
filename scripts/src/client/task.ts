import type { Seen } from '../core/result.ts';
import { compact } from '../model/json.ts';
import type { Task as CoreTask } from '../model/task.ts';
import { redact } from '../model/text.ts';
import type { TaskStatus as CoreStatus } from '../providers/provider.ts';
import type { Task, TaskStatus } from './types.ts';

/** Returns a task as programs see it. The service's word on a failure may quote the key: it is hidden. */
export function publicTask(
  id: string,
  seen: Seen & Pick<CoreTask, 'input' | 'createdAt' | 'idempotencyKey'>,
  key: string,
): Task {
  const { state, unknownState, model, input, createdAt, idempotencyKey, charged, refunded } = seen;
  const { urls = [], error, record } = seen;
  const said = error === undefined ? undefined : redact(error, [key]);
  const facts = { id, state, unknownState, model, input, createdAt, idempotencyKey, charged, refunded };
  return compact({ ...facts, urls, error: said, record });
}

export function publicStatus(taskId: string, seen: Seen & Pick<CoreStatus, 'progress'>): TaskStatus {
  const { state, unknownState, progress, record } = seen;
  return compact({ taskId, state, unknownState, progress, record });
}
