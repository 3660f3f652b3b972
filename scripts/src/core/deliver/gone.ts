import { Failure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { Task } from '../../model/task.ts';
import type { Session } from '../session.ts';

// A replica that lags behind may not show a task that has just ended.
const LAG_MS = 30_000;

/** Returns the failure to read the record of a COMPLETED task: that the service does not show it says nothing about its id. */
export function asNotShown({ provider: { title } }: Session, taskId: string, failure: Failure): Failure {
  if (failure.code !== 'TASK_NOT_FOUND') return failure;
  const message = `${title} does not show task ${taskId} now, which ended COMPLETED: its result was not fetched.`;
  return new Failure('DOWNLOAD_FAILED', message, { reason: { kind: 'taskNotShown' } });
}

/**
 * Returns why a result could not be fetched that is complete nowhere on this machine: with the reason `resultGone` where no
 * later call will find it either, else the failure as it is, with the time from which on that is so.
 */
export function asGone(
  session: Session,
  taskId: string,
  failure: Failure,
  record: RequestRecord | undefined,
  task: Task | undefined,
): Failure {
  const { title, says, resultsKeptMs = Infinity } = session.provider;
  const kind = failure.details.reason?.kind;
  if (kind !== 'taskNotShown' && kind !== 'linkGone') return failure;
  const isUnknown = kind === 'taskNotShown';
  const left = (isUnknown ? LAG_MS : resultsKeptMs) - ageOf(session, record, task);
  if (left === Infinity) return failure;
  if (left >= 0) {
    const lostAt = new Date(session.api.clock.wall() + left).toISOString();
    return failure.with({ reason: { kind, lostAt } });
  }
  const why = isUnknown ? `${title} does not know task ${taskId} any more` : `the links of ${title} are dead`;
  const message = `The result cannot be had any more: no whole copy of it is known on this machine, and ${why}. ${says.retention}`;
  const { data } = failure.details;
  return new Failure('DOWNLOAD_FAILED', message, { data, reason: { kind: 'resultGone' } });
}

/** Returns how long a task has ended at least, in milliseconds; 0 where that is not known. */
function ageOf({ api }: Session, record: RequestRecord | undefined, task: Task | undefined): number {
  const now = api.clock.wall();
  // The end was seen then, so it came earlier. After the clock was set back the age is not known, and is not negative.
  const seen = record?.status === 'COMPLETED' ? record.checked : null;
  const sinceSeen = seen === null ? 0 : Math.abs(now - Date.parse(seen));
  return Math.max(sinceSeen, task?.completedAt === undefined ? 0 : now - task.completedAt);
}
