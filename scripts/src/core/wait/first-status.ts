import { Failure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import type { Polled } from '../poll/next-query.ts';
import { graceOf, isMissingForNow } from '../poll/not-found-grace.ts';
import { endsWait } from '../poll/poll-until-end.ts';
import { pollerOf } from '../poll/poller.ts';
import { fetchStatus } from '../poll/status-query.ts';
import { type Session, shortDeadline } from '../session.ts';
import type { WaitSettings } from './wait-settings.ts';

/** What is known of a task as its wait begins: its state, or why the query of it failed; neither where no query was permitted. */
export interface FirstStatus {
  first?: Polled | undefined;
  failure?: Failure | undefined;
}

/**
 * Returns the state of a task at the beginning of a wait. A query that fails in a transient way does not end the wait.
 * @param start when the wait began, on the monotonic clock
 * @throws Failure where every later query would fail too, or where there is no time for one
 */
export async function firstStatus(
  session: Session,
  taskId: string,
  settings: WaitSettings,
  entry: StoredRequest | undefined,
  start: number,
): Promise<FirstStatus> {
  const recorded = entry?.record.status;
  // The record has a final state, so no query is needed.
  if (recorded && isTerminal(recorded)) return { first: { state: recorded, record: {} } };
  // Without a wait a single query is sent, retried like any other.
  if (settings.waitMs <= 0) return { first: await fetchStatus(session, taskId, shortDeadline(session)) };
  try {
    return { first: await permittedQuery(session, taskId, settings, start) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const graceUntil = entry === undefined ? 0 : graceOf(session, entry);
    if (endsWait(error) && !isMissingForNow(error, graceUntil, session.api.clock.monotonic())) throw error;
    session.observer.queryFailed(error);
    return { failure: error };
  }
}

/** Returns the answer of a query; undefined where the wait was over before one was permitted. */
async function permittedQuery(
  session: Session,
  taskId: string,
  { schedule, waitMs, stop }: WaitSettings,
  start: number,
): Promise<Polled | undefined> {
  const poller = await pollerOf(session, schedule);
  const unwatch = poller.watch(taskId);
  try {
    const found = await poller.next(taskId, { dueAt: start, deadline: start + waitMs }, stop);
    return found === 'crowded' ? undefined : (found ?? undefined);
  } finally {
    unwatch();
  }
}
