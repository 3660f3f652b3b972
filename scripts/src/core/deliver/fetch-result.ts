import type { ReadOptions } from '../../http/api.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import type { Task } from '../../model/task.ts';
import { urlOf } from '../../model/url.ts';
import { intervalBefore } from '../poll/interval.ts';
import type { Session } from '../session.ts';

// A replica that lags behind may show the finished task as running, or without its output, for a moment.
const RESULT_READS = 5;
// A finished result is worth a few seconds beyond the end of the wait, and so are its files.
export const RESULT_MS = 10_000;

/**
 * Returns a finished task, with the addresses of its files. COMPLETED is final, whatever a later answer says.
 * @param end of the wait; Infinity where there is none
 * @throws Failure where the task can be read, but names no file that can be fetched
 */
export async function fetchResult(session: Session, taskId: string, end: number): Promise<Task> {
  const { api } = session;
  const deadline = Math.max(end, api.clock.monotonic() + RESULT_MS);
  const retryUntil = Math.min(api.shortDeadline, deadline);
  const times = { deadline, retryUntil };
  const poller = await session.poller();
  for (let n = 0; ; n += 1) {
    const first = await poller.ended.read(taskId, times);
    const task = await withFiles(session, first, times);
    if (task.urls.length > 0) return { ...task, state: 'COMPLETED' };
    if (hasOtherAddress(task.record)) {
      const message = 'The task is COMPLETED, but what its record gives as the result is no https address.';
      throw new Failure('DOWNLOAD_FAILED', message, { record: task.record, reason: { kind: 'noAddress' } });
    }
    const pause = intervalBefore({ polls: n, waitedMs: 0 }, session.schedule, api.clock.random);
    if (n + 1 >= RESULT_READS || api.clock.monotonic() + pause > retryUntil) {
      throw new Failure('UNKNOWN_ERROR', 'The task is COMPLETED, but its record names no file.', {
        record: task.record,
      });
    }
    await api.clock.sleep(pause, api.signal);
  }
}

/** Returns a task as the service shows it; a finished one that names no file by its second address, where that names one. */
export async function readTask(session: Session, taskId: string): Promise<Task> {
  const { api, provider } = session;
  const task = await api.read(provider.task(taskId));
  return task.state === 'COMPLETED' ? withFiles(session, task) : task;
}

/**
 * Returns a finished task; where it names no file, as a service with a second address for it shows it there. A failed read
 * of that one says nothing about the task.
 */
async function withFiles({ api, provider }: Session, task: Task, times: ReadOptions = {}) {
  if (task.urls.length > 0 || !provider.detail) return task;
  const detail = await orFailure(api.read(provider.detail(task.id), times));
  if (detail instanceof Failure || detail.urls.length === 0) return task;
  return { ...detail, state: 'COMPLETED' as const };
}

/** Whether an answer without addresses to fetch has others in their place, such as `file:`. */
function hasOtherAddress(value: Json | undefined, depth = 0): boolean {
  if (typeof value === 'string') {
    const isAddress = /^(file:|data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(value);
    return isAddress && !(/^https?:/i.test(value) && urlOf(value));
  }
  if (typeof value !== 'object' || value === null || depth > 4) return false;
  // The `input` field repeats the payload, so its addresses are not results.
  return Object.entries(value).some(([name, inner]) => name !== 'input' && hasOtherAddress(inner, depth + 1));
}
