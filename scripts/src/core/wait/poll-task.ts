import type { Failure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import { expectedDuration, likelyDuration } from '../poll/durations.ts';
import { isFast } from '../poll/interval.ts';
import type { Polled } from '../poll/next-query.ts';
import { graceAfter, graceOf } from '../poll/not-found-grace.ts';
import { merge, pollUntilEnd, type WaitOptions } from '../poll/poll-until-end.ts';
import { pollerOf } from '../poll/poller.ts';
import { noteState } from '../record/task-record.ts';
import type { Session } from '../session.ts';
import type { FirstStatus } from './first-status.ts';
import { type KnownTask, modelOf, type WaitSettings } from './wait-settings.ts';

/** What the polls of a wait have shown. */
export interface PolledTask {
  /** The last known state; undefined where no query has shown one. */
  seen: Polled | undefined;
  /** Why the last query failed; undefined where it succeeded. */
  failure: Failure | undefined;
  /** Other waits used all permits: no query was sent, and none has failed. */
  isCrowded: boolean;
}

/**
 * Polls a task that has not ended, until it has or the wait is over. Its state is noted in its record.
 * @param before what was known when the wait began
 * @param start when it began, on the monotonic clock
 */
export async function pollTask(
  session: Session,
  taskId: string,
  { first, failure }: FirstStatus,
  settings: WaitSettings,
  known: KnownTask,
  start: number,
): Promise<PolledTask> {
  const { api, observer } = session;
  const { entry } = known;
  const deadline = start + settings.waitMs;
  if (settings.waitMs > 0) await tellExpected(session, known);
  const poller = await pollerOf(session, settings.schedule);
  let isCrowded = !first && !failure;
  let wasRunning = first !== undefined;
  const unwatch = poller.watch(taskId);
  try {
    const waited = await pollUntilEnd(
      async (dueAt) => {
        const found = await poller.next(taskId, { dueAt, deadline }, settings.stop);
        isCrowded = found === 'crowded';
        return found === 'crowded' ? null : found;
      },
      {
        clock: api.clock,
        ...(await likelySchedule(session, settings, known)),
        deadline,
        graceUntil: Math.max(first ? graceAfter(start) : 0, entry ? graceOf(session, entry) : 0),
        failure,
        stop: settings.stop,
        onPoll: (status, progress) => {
          wasRunning ||= !isTerminal(status.state);
          observer.polled(status, progress);
        },
        onError: (error) => observer.queryFailed(error),
      },
    );
    const { last } = waited;
    const seen = last ? merge(first, last) : first;
    if (entry && seen) await noteState(session, entry, seen.state, wasRunning);
    if (last && isTerminal(last.state))
      observer.polled(last, { elapsedMs: api.clock.monotonic() - start, nextMs: 0 });
    return { seen, failure: waited.failure, isCrowded };
  } finally {
    unwatch();
  }
}

async function tellExpected(session: Session, known: KnownTask): Promise<void> {
  const model = modelOf(known);
  const expected = model === undefined ? null : await expectedDuration(session, model);
  if (expected) session.observer.expected(expected);
}

/** Returns the poll schedule with what is known of the task's duration, and the time of its submit. */
async function likelySchedule(
  session: Session,
  { schedule }: WaitSettings,
  known: KnownTask,
): Promise<Pick<WaitOptions, 'schedule' | 'submittedAt'>> {
  const { entry } = known;
  const model = modelOf(known);
  if (!entry || model === undefined || isFast(schedule)) return { schedule };
  const { clock } = session.api;
  // By the same clock that dated the record; after a jump the task seems old, which makes polls dense at most.
  const age = clock.wall() - Date.parse(entry.record.sentAt);
  const likely = await likelyDuration(session, model);
  return {
    schedule: { ...schedule, likely: likely ?? undefined },
    submittedAt: clock.monotonic() - Math.max(0, age),
  };
}
