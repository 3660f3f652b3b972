import type { Seen } from '../core/result.ts';
import type { Task as CoreTask } from '../model/task.ts';
import { redact } from '../model/text.ts';
import type { TaskStatus as CoreStatus } from '../providers/provider.ts';
import type { Task, TaskStatus } from './types.ts';

/** Returns a task in its public form, from what the service showed of it. */
export function publicTask(id: string, seen: Seen & Partial<CoreTask>, key: string): Task {
  const { state, unknownState, model, createdAt, idempotencyKey, charged, refunded, urls, error, record } =
    seen;
  return {
    id,
    state,
    ...(unknownState !== undefined && { unknownState }),
    ...(model !== undefined && { model }),
    ...(seen.input !== undefined && { input: seen.input }),
    ...(createdAt !== undefined && { createdAt }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(charged !== undefined && { charged }),
    ...(refunded !== undefined && { refunded }),
    urls: urls ?? [],
    ...(error !== undefined && { error: redact(error, [key]) }),
    record,
  };
}

/** Returns the state of a task in its public form. */
export function publicStatus(taskId: string, seen: Seen & Partial<CoreStatus>): TaskStatus {
  const { state, unknownState, progress, record } = seen;
  return {
    taskId,
    state,
    ...(unknownState !== undefined && { unknownState }),
    ...(progress !== undefined && { progress }),
    record,
  };
}
