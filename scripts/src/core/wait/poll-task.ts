import { Failure, orFailure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import { isFast } from '../poll/interval.ts';
import { graceAfter, graceOf, isMissingForNow } from '../poll/not-found-grace.ts';
import type { Polled } from '../poll/poll-rounds.ts';
import { endsWait, merge, type PollOptions, pollUntilEnd } from '../poll/poll-until-end.ts';
import type { Poller } from '../poll/poller.ts';
import { queryStatus } from '../poll/status-query.ts';
import { noteState } from '../record/task-record.ts';
import { modelOf } from '../result.ts';
import type { WaitedTask } from '../wait-settings.ts';
import { expectedDuration, likelyDuration } from './durations.ts';

export interface PolledTask {
  seen?: Polled | undefined;
  failure?: Failure | undefined;
  /** Other waits used all permits: no query was sent, and none has failed. */
  hadNoPermit?: boolean;
}

/**
 * Returns the state of a task at the beginning of a wait. A query that fails in a transient way does not end the wait.
 * @throws Failure where every later query would fail too, or where there is no time for one
 */
export async function firstStatus(of: WaitedTask): Promise<PolledTask> {
  const { session, taskId, wait, known } = of;
  const recorded = known.entry?.record.status;
  // The record has a final state, so no query is needed.
  if (recorded && isTerminal(recorded)) return { seen: { state: recorded, record: {} } };
  // Without a wait a single query is sent, retried like any other.
  if (wait.deadline <= wait.start) return { seen: await queryStatus(session, taskId) };
  const times = { dueAt: wait.start, earliest: wait.start, deadline: wait.deadline };
  const found = await orFailure(watching(of, (poller) => poller.next(taskId, times, wait.stop)));
  if (!(found instanceof Failure)) return found.kind === 'status' ? { seen: found.status } : {};
  const graceUntil = known.entry === undefined ? 0 : graceOf(session, known.entry);
  if (endsWait(found) && !isMissingForNow(found, graceUntil, session.api.clock.monotonic())) throw found;
  session.observer.queryFailed(found);
  return { failure: found };
}

/** Polls a task that has not ended, until it has or the wait is over. Its state is noted in its record. */
export async function pollTask(of: WaitedTask, before: PolledTask): Promise<PolledTask> {
  const { session, taskId, wait, known } = of;
  const { api, observer } = session;
  const { entry } = known;
  const { start, deadline, stop } = wait;
  const { seen: first, failure } = before;
  const model = modelOf(known);
  const expected = deadline > start && model !== undefined && (await expectedDuration(session, model));
  if (expected) observer.expected(expected);
  let hadNoPermit = !first && !failure;
  let wasRunning = first !== undefined;
  const likely = await likelySchedule(of);
  const options: PollOptions = {
    clock: api.clock,
    ...likely,
    deadline,
    failure,
    stop,
    graceUntil: Math.max(first ? graceAfter(start) : 0, entry ? graceOf(session, entry) : 0),
    onPoll: (status, nextMs) => {
      wasRunning ||= !isTerminal(status.state);
      observer.polled(status, nextMs);
    },
    onError: (error) => observer.queryFailed(error),
  };
  return watching(of, async (poller) => {
    const { last, failure: error } = await pollUntilEnd(async (times) => {
      const next = await poller.next(taskId, { ...times, deadline }, stop);
      hadNoPermit = next.kind === 'noPermit';
      return next.kind === 'status' ? next.status : null;
    }, options);
    const seen = last ? merge(first, last) : first;
    if (entry && seen) await noteState(session, entry, { ...seen, detailsUnread: 'forNow' }, wasRunning);
    if (last && isTerminal(last.state)) observer.polled(last, 0);
    return { seen, failure: error, hadNoPermit };
  });
}

/** Runs work that polls a task: meanwhile it is among those that one query serves. */
async function watching<T>({ session, taskId }: WaitedTask, work: (poller: Poller) => Promise<T>) {
  const poller = await session.poller();
  const unwatch = poller.watch(taskId);
  try {
    return await work(poller);
  } finally {
    unwatch();
  }
}

async function likelySchedule({ session, known }: WaitedTask) {
  const { schedule } = session;
  const { entry } = known;
  const model = modelOf(known);
  if (!entry || model === undefined || isFast(schedule)) return { schedule };
  const { clock } = session.api;
  // By the same clock that dated the record; after a jump the task seems old, which makes polls dense at most.
  const age = clock.wall() - Date.parse(entry.record.sentAt);
  return {
    schedule: { ...schedule, likely: await likelyDuration(session, model) },
    submittedAt: clock.monotonic() - Math.max(0, age),
  };
}
