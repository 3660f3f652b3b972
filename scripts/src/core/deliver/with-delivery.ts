import { isOpenEnd, isTerminal } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { dateOf } from '../record/task-record.ts';
import { isGone, type TaskResult } from '../result.ts';
import type { Session } from '../session.ts';

/**
 * Returns the result with the record that it delivers. The request counts as delivered when the task has ended, all that
 * was asked for is there (or gone for good), and the caller has read the document. An end that its details may still
 * contradict is none.
 */
export function withDelivery(
  session: Session,
  entry: StoredRequest | undefined,
  result: TaskResult,
): TaskResult {
  const status = result.seen.state;
  const { kind, seen, files } = result;
  if (!entry || !isTerminal(status) || isOpenEnd(seen)) return result;
  const found = entry.record.download === null ? (seen.urls ?? files) : files;
  const isWhole =
    status !== 'COMPLETED' || (kind === 'completed' && (found ?? []).length > 0) || isGone(result);
  const credits = result.credits ?? entry.record.credits;
  return { ...result, delivery: { entry, status, credits, delivered: isWhole ? dateOf(session) : null } };
}
