import type { PollSchedule } from '../http/retry.ts';
import { Failure } from '../model/failure.ts';
import { isTerminal, type Task } from '../model/task.ts';
import type { TaskStatus } from '../providers/provider.ts';
import type { Entry } from '../stores/file/journal.ts';
import type { RateLimiter } from '../stores/file/rate-limiter.ts';
import type { Credits } from '../stores/file/record.ts';
import { deliver, isYoung, noteState, recordOf, YOUNG_TASK_MS } from './deliver.ts';
import { fetchStatus, pollOnce, pollWithPermit } from './fetch-status.ts';
import { finish, folderFor } from './finish.ts';
import { endsWait, merge, pollUntilEnd } from './poll.ts';
import { creditsOf, type Origin, type TaskResult, taskResult } from './result.ts';
import { type Session, shortDeadline } from './session.ts';

export interface WaitSettings {
  /** Milliseconds; 0 = one look, no wait. */
  waitMs: number;
  schedule: PollSchedule;
  /** Milliseconds from its beginning for what is to be saved, where that is more than the wait. */
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

// A server that is polled at more often than this is one on this machine, without a limit to share.
const LEAST_SHARED_MS = 1_000;

/** The state of a task, by one query. */
export async function getStatus(session: Session, taskId: string): Promise<TaskResult> {
  const seen = await fetchStatus(session, taskId, shortDeadline(session));
  const entry = await recordOf(session, taskId);
  if (entry) await noteState(session, entry, seen.state);
  const result = taskResult(taskId, seen);
  // A task that is told to have ended without a result has been delivered with that.
  return seen.state === 'COMPLETED' ? result : deliver(session, entry, result);
}

/** The record of a task; with a folder, its files too. */
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
  // Whoever goes on with a wish wants the file that the wish was about.
  const folder = await folderFor(settings.folder ?? entry?.record.download ?? null);
  const { clock } = session.api;
  const start = clock.monotonic();
  let first: TaskStatus | undefined;
  let trouble: Failure | undefined;
  // Without a wait this is a query like any other, and is repeated like any other.
  const patience = settings.waitMs > 0 ? start + settings.waitMs : Number.POSITIVE_INFINITY;
  const recorded = entry?.record.status;
  try {
    const pace = settings.waitMs > 0 ? await paceOf(session, settings) : undefined;
    // What has ended has ended: that needs no look.
    first =
      recorded && isTerminal(recorded)
        ? { state: recorded, record: {} }
        : pace
          ? seenIn(await pollWithPermit(session, pace, taskId, patience))
          : await fetchStatus(session, taskId, Math.min(shortDeadline(session), patience), patience);
  } catch (error) {
    // A look that fails for a moment does not end a wait that has only begun.
    if (!(error instanceof Failure) || settings.waitMs <= 0) throw error;
    const tooYoung = error.code === 'TASK_NOT_FOUND' && entry !== undefined && isYoung(session, entry);
    if (endsWait(error) && !tooYoung) throw error;
    trouble = error;
    session.observer.queryFailed(error);
  }
  if (first) session.observer.task(taskId, first.state);
  const waitMs = settings.waitMs - (clock.monotonic() - start);
  const credits = entry?.record.credits;
  const wait = { ...settings, folder, waitMs, ...(entry && { entry }), ...(credits && { credits }) };
  return waitOn(session, { id: taskId, ...first }, wait, origin, trouble);
}

/** Cancels a task and says whether that took effect: the service allows it only before the work has begun. */
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
  // Rejected, or the answer was lost: what counts is what has become of the task.
  let seen: TaskStatus | undefined;
  try {
    seen = await fetchStatus(session, taskId, shortDeadline(session));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'AUTH_FAILED' || error.code === 'TASK_NOT_FOUND') throw error;
    // That the cancel was lost, or that nobody can say whether the task exists, tells more than that it was not cancelled.
    if (refusal && refusal.code !== 'UNKNOWN_ERROR') throw refusal;
    seen = answer;
  }
  const entry = await recordOf(session, taskId);
  if (entry && seen) await noteState(session, entry, seen.state);
  if (seen?.state === 'CANCEL') return cancelled(session, taskId, seen);
  return notCancelled(taskId, seen, refusal);
}

/** A cancel that did not take effect, with the true state of the task. */
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

/** The end that was asked for, with what its record says of the credits. */
async function cancelled(session: Session, taskId: string, seen: TaskStatus): Promise<TaskResult> {
  const entry = await recordOf(session, taskId);
  const credits = creditsOf(await withRecord(session, taskId, seen), entry?.record.credits);
  return deliver(session, entry, { kind: 'cancelledNow', taskId, seen, credits, warnings: [] });
}

/** A cancel is repeated only where the service put it off, or was never reached. */
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
 * From a task that is known, with its last state if there is one, to its end or to the end of the time.
 * @param trouble what was wrong with the last look at it
 */
export async function waitOn(
  session: Session,
  task: { id: string } & Partial<TaskStatus & Task>,
  settings: WaitSettings,
  origin: Origin = {},
  trouble?: Failure,
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
  const sharing = await paceOf(session, settings);
  // Nobody could look, and nothing is known to be wrong.
  let isCrowded = !seen && !trouble;
  if (!seen || !isTerminal(seen.state)) {
    const poll = sharing
      ? async () => {
          const found = await pollWithPermit(session, sharing, taskId, deadline);
          isCrowded = found === 'crowded';
          return seenIn(found) ?? null;
        }
      : () => pollOnce(session, taskId, deadline);
    const waited = await pollUntilEnd(poll, {
      clock: api.clock,
      schedule: settings.schedule,
      deadline,
      graceUntil: start + YOUNG_TASK_MS,
      trouble,
      ...(api.signal && { signal: api.signal }),
      onPoll: (sighting, progress) => observer.polled(sighting, progress),
      onError: (failure) => observer.queryFailed(failure),
    });
    trouble = waited.trouble;
    if (waited.last) seen = merge(seen, waited.last);
    if (entry && seen) await noteState(session, entry, seen.state);
    if (waited.last && isTerminal(waited.last.state))
      observer.polled(waited.last, { elapsedMs: api.clock.monotonic() - start, nextMs: 0 });
  }
  // What could not be polled at is as it was.
  const recorded = entry?.record.status ?? 'UNKNOWN';
  if (!seen && trouble && recorded === 'UNKNOWN') throw trouble.with({ status: 'UNKNOWN', taskId });
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
  if (trouble) {
    const { retryAfter } = trouble.details;
    return { ...result, lastPollError: trouble, ...(retryAfter !== undefined && { retryAfter }) };
  }
  return isCrowded && sharing ? withoutPermit(result, sharing) : result;
}

/** The result of a wait that ended before a query was permitted: the task is well, and others wait too. */
async function withoutPermit(result: TaskResult, sharing: RateLimiter): Promise<TaskResult> {
  const seconds = Math.max(1, Math.ceil((await sharing.nextPermitIn()) / 1000));
  return { ...result, warnings: [...result.warnings, { kind: 'noPermit', seconds }], retryAfter: seconds };
}

function seenIn(found: TaskStatus | null | 'crowded'): TaskStatus | undefined {
  return found === 'crowded' ? undefined : (found ?? undefined);
}

/** The session, with an observer that names the task in every line. */
function aboutTask(session: Session, taskId: string, entry: Entry | undefined): Session {
  return { ...session, observer: session.observer.about(taskId, entry?.record.created) };
}

/** Whose turn it is to look; undefined where there is no limit to share. */
async function paceOf({ records }: Session, { schedule }: WaitSettings): Promise<RateLimiter | undefined> {
  return schedule.firstMs >= LEAST_SHARED_MS ? (await records())?.limiter : undefined;
}

/** The full record of a task that ended without a result: it may say why. Its state stays what was seen. */
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
