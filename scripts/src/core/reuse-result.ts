import type { StoredRequest } from '../ports/record-store.ts';
import { madeBy, type TaskResult } from './result.ts';
import type { Session } from './session.ts';
import { waitTask } from './wait/wait-task.ts';
import type { WaitSettings } from './wait-settings.ts';

const DAY_MS = 24 * 3600_000;

/** Returns the earlier result of a request (its files, a copy of them, or a new download) or its earlier failure. Charges nothing. */
export async function reuseResult(
  session: Session,
  entry: StoredRequest,
  settings: WaitSettings,
): Promise<TaskResult> {
  const { created, used, status } = entry.record;
  const taskId = entry.record.taskId!;
  session.observer.attached(taskId, created);
  const now = session.api.clock.wall();
  // To the day: records are kept for a number of days after their last use.
  if (now - Date.parse(used ?? created) >= DAY_MS) await entry.update({ used: new Date(now).toISOString() });
  session.observer.task(taskId, status);
  const result = await waitTask(session, taskId, settings, { entry }, { state: status });
  const reused = { ...madeBy(entry.record), status };
  return { ...result, reused, isResubmitted: entry.record.resubmitted || result.isResubmitted };
}
