import { Failure } from '../model/failure.ts';
import { isTerminal, type Task } from '../model/task.ts';
import type { TaskStatus } from '../providers/provider.ts';
import type { Entry } from '../stores/file/journal.ts';
import type { RateLimiter } from '../stores/file/rate-limiter.ts';
import type { Credits } from '../stores/file/record.ts';
import { fetchStatus, pollOnce, pollWithPermit } from './fetch-status.ts';
import { finish, folderFor } from './finish.ts';
import { endsWait, merge, pollUntilEnd } from './poll.ts';
import type { PollSchedule } from './poll-schedule.ts';
import { creditsOf, type Origin, type TaskResult, taskResult } from './result.ts';
import { type Session, shortDeadline } from './session.ts';
import { deliver, isYoung, noteState, recordOf, YOUNG_TASK_MS } from './task-record.ts';

export interface WaitSettings {
  /** Milliseconds; 0 = one status query, no wait. */
  waitMs: number;
  schedule: PollSchedule;
  /** Milliseconds for saving files, from the beginning of the wait; counts where it is more than `waitMs`. */
  filesMs?: number;
  /** The model of the task, where the caller knows it. */
  model?: string;
  /** Where finished files go; null = they are not fetched. */
  folder: string | null;
  stallMs: number;
  /** The record of the request that the task belongs to, if there is one. */
  entry?: Entry;
  /** What is known of its credits from before. */
  credits?: Credits;
}

// Only a server on this machine may be polled more often than this, and it has no limit to share.
const LEAST_SHARED_MS = 1_000;

/** Returns the state of a task, by one query. */
export async function getStatus(session: Session, taskId: string): Promise<TaskResult> {
  const seen = await fetchStatus(session, taskId, shortDeadline(session));
  const entry = await recordOf(session, taskId);
  if (entry) await noteState(session, entry, seen.state);
  const result = taskResult(taskId, seen);
  // A task that ended without a result is delivered once its state is reported.
  return seen.state === 'COMPLETED' ? result : deliver(session, entry, result);
}

/** Returns the record of a task; with a folder, its files too. */
export async function getTask(session: Session, taskId: string, settings: WaitSettings): Promise<TaskResult> {
  const { api, provider } = session;
  const { folder, waitMs: filesMs } = settings;
  if (folder !== null) return waitTask(session, taskId, { ...settings, waitMs: 0, filesMs });
  const entry = await recordOf(session, taskId);
  const task = await api.read(provider.task(taskId), shortDeadline(session));
  if (entry) await noteState(session, entry, task.state);
  return deliver(session, entry, taskResult(taskId, task, { credits: entry?.record.credits }));
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
  known?: Entry,
): Promise<TaskResult> {
  const entry = known ?? (await recordOf(session, taskId));
  session = aboutTask(session, taskId, entry);
  // The request named the folder, so a later wait for its task saves the file there too.
  const folder = await folderFor(settings.folder ?? entry?.record.download ?? null);
  const { clock } = session.api;
  const start = clock.monotonic();
  let first: TaskStatus | undefined;
  let failure: Failure | undefined;
  // Without a wait this is a single status query, which is retried like any other.
  const until = settings.waitMs > 0 ? start + settings.waitMs : Number.POSITIVE_INFINITY;
  const recorded = entry?.record.status;
  try {
    const limiter = settings.waitMs > 0 ? await limiterOf(session, settings) : undefined;
    // The record has a final state, so no query is needed.
    first =
      recorded && isTerminal(recorded)
        ? { state: recorded, record: {} }
        : limiter
          ? seenIn(await pollWithPermit(session, limiter, taskId, until))
          : await fetchStatus(session, taskId, Math.min(shortDeadline(session), until), until);
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
  const credits = entry?.record.credits;
  const wait = { ...settings, folder, waitMs, ...(entry && { entry }), ...(credits && { credits }) };
  return waitOn(session, { id: taskId, ...first }, wait, origin, failure);
}

/** Cancels a task and returns whether that took effect: the service allows it only before the work has begun. */
export async function cancelTask(session: Session, taskId: string): Promise<TaskResult> {
  let answer: TaskStatus | undefined;
  let refusal: Failure | undefined;
  try {
    answer = await cancelWhileRefusedForNow(session, taskId);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (['AUTH_FAILED', 'RATE_LIMITED'].includes(error.code)) throw error;
    refusal = error;
  }
  if (answer?.state === 'CANCEL') return cancelled(session, taskId, answer);
  // The service rejected the cancel, or its answer was lost: the state of the task decides.
  let seen: TaskStatus | undefined;
  try {
    seen = await fetchStatus(session, taskId, shortDeadline(session));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'AUTH_FAILED' || error.code === 'TASK_NOT_FOUND') throw error;
    // A lost cancel, or a task that the service does not find, says more than "not cancelled".
    if (refusal && refusal.code !== 'UNKNOWN_ERROR') throw refusal;
    seen = answer;
  }
  const entry = await recordOf(session, taskId);
  if (entry && seen) await noteState(session, entry, seen.state);
  if (seen?.state === 'CANCEL') return cancelled(session, taskId, seen);
  return notCancelled(taskId, seen, refusal);
}

/** Returns the result of a cancel that did not take effect, with the true state of the task. */
function notCancelled(
  taskId: string,
  found: TaskStatus | undefined,
  refusal: Failure | undefined,
): TaskResult {
  const seen = found ?? { state: 'UNKNOWN' as const, record: {} };
  const so = found ? `it is ${found.unknownState ?? found.state}` : 'its state could not be read';
  const said = refusal ? ` ${refusal.message}` : '';
  const failure = new Failure(
    refusal?.code === 'NETWORK_ERROR' ? 'NETWORK_ERROR' : 'CANCEL_REJECTED',
    `The task was not cancelled: ${so}.${said}`,
    {
      status: seen.state,
      taskId,
      record: seen.record,
      reason: { kind: 'notCancelled', taskId, state: seen.state },
    },
  );
  return { kind: 'notCancelled', taskId, seen, warnings: [], failure };
}

/** Returns the result of a cancel that took effect, with the credits that the task's record names. */
async function cancelled(session: Session, taskId: string, seen: TaskStatus): Promise<TaskResult> {
  const entry = await recordOf(session, taskId);
  const credits = creditsOf(await withRecord(session, taskId, seen), entry?.record.credits);
  return deliver(session, entry, { kind: 'cancelledNow', taskId, seen, credits, warnings: [] });
}

/** Cancels a task. Retries only where the service asked for a later attempt, or was never reached. */
async function cancelWhileRefusedForNow(session: Session, taskId: string): Promise<TaskStatus> {
  const { api, provider } = session;
  const deadline = shortDeadline(session);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.once(provider.cancel(taskId), { fresh: true });
    } catch (error) {
      if (error instanceof Failure && error.details.unclear) throw error;
      await api.pauseOrThrow(error, attempt, deadline);
    }
  }
}

/**
 * Polls a known task until it ends or the wait is over, and returns its result.
 * @param task with its last known state, if there is one
 * @param failure why the last status query failed
 */
export async function waitOn(
  session: Session,
  task: { id: string } & Partial<TaskStatus & Task>,
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
  let seen: TaskStatus | undefined = task.state
    ? { ...task, state: task.state, record: task.record ?? {} }
    : undefined;
  const deadline = start + settings.waitMs;
  const limiter = await limiterOf(session, settings);
  // No query was permitted yet, and none has failed.
  let isCrowded = !seen && !failure;
  if (!seen || !isTerminal(seen.state)) {
    const poll = limiter
      ? async () => {
          const found = await pollWithPermit(session, limiter, taskId, deadline);
          isCrowded = found === 'crowded';
          return seenIn(found) ?? null;
        }
      : () => pollOnce(session, taskId, deadline);
    const waited = await pollUntilEnd(poll, {
      clock: api.clock,
      schedule: settings.schedule,
      deadline,
      graceUntil: start + YOUNG_TASK_MS,
      failure,
      ...(api.signal && { signal: api.signal }),
      onPoll: (status, progress) => observer.polled(status, progress),
      onError: (error) => observer.queryFailed(error),
    });
    failure = waited.failure;
    if (waited.last) seen = merge(seen, waited.last);
    if (entry && seen) await noteState(session, entry, seen.state);
    if (waited.last && isTerminal(waited.last.state))
      observer.polled(waited.last, { elapsedMs: api.clock.monotonic() - start, nextMs: 0 });
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
        until: settings.waitMs > 0 ? deadline : Infinity,
        filesUntil: start + Math.max(settings.waitMs, settings.filesMs ?? 0),
        origin,
        credits,
      }),
    );
  if (isTerminal(seen.state)) {
    const ended = await withRecord(session, taskId, seen);
    return deliver(session, entry, taskResult(taskId, ended, { ...origin, credits }));
  }
  const result = taskResult(taskId, seen, { ...origin, credits });
  if (failure) {
    const { retryAfter } = failure.details;
    return { ...result, lastPollError: failure, ...(retryAfter !== undefined && { retryAfter }) };
  }
  return isCrowded && limiter ? withoutPermit(result, limiter) : result;
}

/** Returns the result of a wait that ended before a query was permitted. Other waits used the permits; the task is unaffected. */
async function withoutPermit(result: TaskResult, limiter: RateLimiter): Promise<TaskResult> {
  const seconds = Math.max(1, Math.ceil((await limiter.nextPermitIn()) / 1000));
  return { ...result, warnings: [...result.warnings, { kind: 'noPermit', seconds }], retryAfter: seconds };
}

function seenIn(found: TaskStatus | null | 'crowded'): TaskStatus | undefined {
  return found === 'crowded' ? undefined : (found ?? undefined);
}

/** Returns the session with an observer that names the task in every line. */
function aboutTask(session: Session, taskId: string, entry: Entry | undefined): Session {
  return { ...session, observer: session.observer.about(taskId, entry?.record.created) };
}

/** Returns the rate limiter of status queries; undefined where there is no limit to share. */
async function limiterOf({ records }: Session, { schedule }: WaitSettings): Promise<RateLimiter | undefined> {
  return schedule.firstMs >= LEAST_SHARED_MS ? (await records())?.limiter : undefined;
}

/** Returns the full record of a task that ended without a result: it may say why. The state stays the one that was polled. */
async function withRecord(
  session: Session,
  taskId: string,
  seen: TaskStatus,
): Promise<TaskStatus & Partial<Task> & { isRecordUnread?: boolean }> {
  const { api, provider } = session;
  try {
    const task = await api.read(provider.task(taskId), shortDeadline(session));
    return { ...task, state: seen.state };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...seen, isRecordUnread: true };
  }
}
