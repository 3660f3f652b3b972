import { Failure } from '../../model/failure.ts';
import type { Credits } from '../../model/request-record.ts';
import { isTerminal, type Task } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { finish, folderFor, readTaskRecord } from '../deliver/finish.ts';
import { expectedDuration, likelyDuration } from '../poll/durations.ts';
import { isFast, type PollSchedule } from '../poll/interval.ts';
import type { Polled } from '../poll/next-query.ts';
import { endsWait, merge, pollUntilEnd, type WaitOptions } from '../poll/poll-until-end.ts';
import { type Poller, pollerOf } from '../poll/poller.ts';
import { fetchStatus, withRecord } from '../poll/status-query.ts';
import { deliver, isYoung, noteState, recordOf, YOUNG_TASK_MS } from '../record/task-record.ts';
import { creditsOf, type Origin, type TaskResult, taskResult } from '../result.ts';
import { type Session, shortDeadline } from '../session.ts';

export interface WaitSettings {
  /** Milliseconds; 0 = one status query, no wait. */
  waitMs: number;
  schedule: PollSchedule;
  /** Milliseconds for saving files, from the beginning of the wait; counts where it is more than `waitMs`. */
  filesMs?: number | undefined;
  /** The model of the task, where the caller knows it. */
  model?: string | undefined;
  /** Where finished files go; null = they are not fetched. */
  folder: string | null;
  /** The name that was asked for the file; null: named by the task's id; absent: as its record says. */
  output?: string | null | undefined;
  /** Where another file has the name, a version follows it; absent: that is a failure. */
  isVersioned?: boolean | undefined;
  stallMs: number;
  /** The record of the request that the task belongs to, if there is one. */
  entry?: StoredRequest | undefined;
  /** What is known of its credits from before. */
  credits?: Credits | undefined;
  /** Ends the wait like its deadline. */
  stop?: AbortSignal | undefined;
}

/** Returns the record of a task; with a folder, its files too. */
export async function getTask(session: Session, taskId: string, settings: WaitSettings): Promise<TaskResult> {
  const { folder, waitMs: filesMs } = settings;
  if (folder !== null) return waitTask(session, taskId, { ...settings, waitMs: 0, filesMs });
  const entry = await recordOf(session, taskId);
  const task = await readTaskRecord(session, taskId);
  if (entry) await noteState(session, entry, task.state);
  return deliver(
    session,
    entry,
    taskResult(taskId, task, { credits: entry?.record.credits, model: entry?.record.model }),
  );
}

/**
 * Waits for the end of a task that exists, then returns it; with a folder, its files are saved.
 * @param known its record, where the caller has it; what it says of the folder then holds
 */
export async function waitTask(
  session: Session,
  taskId: string,
  settings: WaitSettings,
  origin: Origin = {},
  known?: StoredRequest,
): Promise<TaskResult> {
  const entry = known ?? (await recordOf(session, taskId));
  session = aboutTask(session, taskId, entry);
  // The request named the folder, so a later wait for its task saves the file there too.
  const folder = await folderFor(settings.folder ?? entry?.record.download ?? null);
  const output = outputOf(settings, entry);
  const { clock } = session.api;
  const start = clock.monotonic();
  let first: Polled | undefined;
  let failure: Failure | undefined;
  const recorded = entry?.record.status;
  try {
    // The record has a final state, so no query is needed. Without a wait a single query is sent, retried like any other.
    first =
      recorded && isTerminal(recorded)
        ? { state: recorded, record: {} }
        : settings.waitMs > 0
          ? await firstStatus(session, taskId, settings, start)
          : await fetchStatus(session, taskId, shortDeadline(session));
  } catch (error) {
    // A first query that fails in a transient way does not end the wait.
    if (!(error instanceof Failure) || settings.waitMs <= 0) throw error;
    const tooYoung = error.code === 'TASK_NOT_FOUND' && entry !== undefined && isYoung(session, entry);
    if (endsWait(error) && !tooYoung) throw error;
    failure = error;
    session.observer.queryFailed(error);
  }
  if (first) session.observer.task(taskId, first.state);
  const waitMs = settings.waitMs - (clock.monotonic() - start);
  const wait = { ...settings, folder, output, waitMs, entry, credits: entry?.record.credits };
  return waitOn(session, { id: taskId, ...first }, wait, origin, failure);
}

/** Returns the name for the file of a task: the one that this call, or else its record, names; null: the task's id. */
export function outputOf({ folder, output }: WaitSettings, entry: StoredRequest | undefined): string | null {
  if (output !== undefined && folder !== null) return output;
  return entry?.record.output ?? null;
}

/**
 * Polls a known task until it ends or the wait is over, and returns its result.
 * @param task with its last known state, if there is one
 * @param failure why the last status query failed
 */
export async function waitOn(
  session: Session,
  task: { id: string } & Partial<Polled & Task>,
  settings: WaitSettings,
  origin: Origin = {},
  failure?: Failure,
): Promise<TaskResult> {
  const { entry } = settings;
  const taskId = task.id;
  session = aboutTask(session, taskId, entry);
  const { api, observer } = session;
  const start = api.clock.monotonic();
  const credits = settings.credits && creditsOf(task, settings.credits);
  let seen: Polled | undefined = task.state
    ? { ...task, state: task.state, record: task.record ?? {} }
    : undefined;
  const deadline = start + settings.waitMs;
  if (settings.waitMs > 0 && !(seen && isTerminal(seen.state))) {
    const model = settings.model ?? entry?.record.model;
    const expected = model === undefined ? null : await expectedDuration(session, model);
    if (expected) observer.expected(expected);
  }
  const poller = await pollerOf(session, settings.schedule);
  // No query was permitted yet, and none has failed.
  let isCrowded = !seen && !failure;
  let wasRunning = seen !== undefined && !isTerminal(seen.state);
  if (!seen || !isTerminal(seen.state)) {
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
          ...(await likelySchedule(session, settings, task.model)),
          deadline,
          graceUntil: start + YOUNG_TASK_MS,
          failure,
          stop: settings.stop,
          onPoll: (status, progress) => {
            wasRunning ||= !isTerminal(status.state);
            observer.polled(status, progress);
          },
          onError: (error) => observer.queryFailed(error),
        },
      );
      failure = waited.failure;
      if (waited.last) seen = merge(seen, waited.last);
      if (entry && seen) await noteState(session, entry, seen.state, wasRunning);
      if (waited.last && isTerminal(waited.last.state))
        observer.polled(waited.last, { elapsedMs: api.clock.monotonic() - start, nextMs: 0 });
    } finally {
      unwatch();
    }
  }
  // Without a successful query, the recorded state stays the last known one.
  const recorded = entry?.record.status ?? 'UNKNOWN';
  if (!seen && failure && recorded === 'UNKNOWN') throw failure.with({ status: 'UNKNOWN', taskId });
  seen ??= { state: recorded, record: {} };

  if (seen.state === 'COMPLETED')
    return deliver(
      session,
      entry,
      await finish(session, taskId, {
        ...settings,
        task: seen.task,
        until: settings.waitMs > 0 ? deadline : Infinity,
        filesUntil: start + Math.max(settings.waitMs, settings.filesMs ?? 0),
        origin,
        credits,
      }),
    );
  const facts = { ...origin, credits, model: settings.model ?? entry?.record.model };
  if (isTerminal(seen.state)) {
    const until = shortDeadline(session);
    const read = () => poller.record(taskId, { until, deadline: until });
    const ended = seen.task ? { ...seen.task, state: seen.state } : await withRecord(seen, read);
    return deliver(session, entry, taskResult(taskId, ended, facts));
  }
  const result = taskResult(taskId, seen, facts);
  if (failure) return { ...result, lastPollError: failure, retryAfter: failure.details.retryAfter };
  return isCrowded && !settings.stop?.aborted ? withoutPermit(result, poller) : result;
}

/** Returns the result of a wait that ended before a query was permitted. Other waits used the permits; the task is unaffected. */
async function withoutPermit(result: TaskResult, poller: Poller): Promise<TaskResult> {
  const seconds = Math.max(1, Math.ceil((await poller.nextPermitIn()) / 1000));
  return { ...result, warnings: [...result.warnings, { kind: 'noPermit', seconds }], retryAfter: seconds };
}

/** Returns the session with an observer that names the task in every line. */
function aboutTask(session: Session, taskId: string, entry: StoredRequest | undefined): Session {
  return { ...session, observer: session.observer.about(taskId, entry?.record.created) };
}

/** Returns the poll schedule with what is known of the task's duration, and the time of its submit. */
async function likelySchedule(
  session: Session,
  { schedule, entry, model = entry?.record.model }: WaitSettings,
  seenModel: string | undefined,
): Promise<Pick<WaitOptions, 'schedule' | 'submittedAt'>> {
  const name = model ?? seenModel;
  if (!entry || name === undefined || isFast(schedule)) return { schedule };
  const { clock } = session.api;
  // By the same clock that dated the record; after a jump the task seems old, which makes polls dense at most.
  const age = clock.wall() - Date.parse(entry.record.sentAt);
  const likely = await likelyDuration(session, name);
  return {
    schedule: { ...schedule, likely: likely ?? undefined },
    submittedAt: clock.monotonic() - Math.max(0, age),
  };
}

/** Returns the first status of a wait; undefined where the wait was over before a query was permitted. */
async function firstStatus(
  session: Session,
  taskId: string,
  settings: WaitSettings,
  start: number,
): Promise<Polled | undefined> {
  const poller = await pollerOf(session, settings.schedule);
  const unwatch = poller.watch(taskId);
  try {
    const times = { dueAt: start, deadline: start + settings.waitMs };
    const found = await poller.next(taskId, times, settings.stop);
    return found === 'crowded' ? undefined : (found ?? undefined);
  } finally {
    unwatch();
  }
}
