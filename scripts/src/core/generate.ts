import { Failure, type Reason } from '../model/failure.ts';
import { isTerminal, type Task } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import type { CheckedRequest } from './checked-request.ts';
import { folderFor } from './deliver/place.ts';
import { reuse } from './deliver/reuse-result.ts';
import { explainFunds } from './money/short-of-credits.ts';
import { graceOf, isMissingForNow } from './poll/not-found-grace.ts';
import { type Origin, type TaskResult, taskResult, type Warning } from './result.ts';
import { type Session, shortDeadline } from './session.ts';
import type { RequestTask } from './submit/request-task.ts';
import { submitOnRecord } from './submit/submit-on-record.ts';
import { submitWithoutRecord } from './submit/submit-without-record.ts';
import type { KnownTask, WaitSettings } from './wait/wait-settings.ts';
import { waitOn, waitTask } from './wait/wait-task.ts';

export interface GenerateOptions extends CheckedRequest {
  wait: WaitSettings;
  /** Returns as soon as the task is submitted; its folder is kept for later. */
  isDetached: boolean;
}

/** A request that has a task, and how its end is waited for. It does not hold the payload. */
export interface Begun {
  made: RequestTask;
  model: string;
  maxCredits: number | undefined;
  wait: WaitSettings;
  /** When the wait began, on the monotonic clock. */
  start: number;
}

// Even the shortest wait gives a rejected or lost submit this long.
const LEAST_SUBMIT_MS = 1_500;

/** Runs the full workflow for a valid payload (price, submit, wait, download) and returns its result. Submits at most one task. */
export async function generate(session: Session, options: GenerateOptions): Promise<TaskResult> {
  return conclude(session, await begin(session, options));
}

/** Returns the task of a request: the one that it has, or a new one. Submits at most one task. */
export async function begin(session: Session, options: GenerateOptions): Promise<Begun> {
  const { api } = session;
  const { contract, generation, isDetached } = options;
  const start = api.clock.monotonic();
  const wait = { ...options.wait, folder: await folderFor(options.wait.folder) };
  if (isDetached) wait.waitMs = 0;
  const deadline = isDetached ? shortDeadline(session) : start + Math.max(wait.waitMs, LEAST_SUBMIT_MS);
  const journal = await session.records();
  const { model, maxCredits } = generation;
  try {
    const { folder, output = null } = wait;
    const request = { ...options, folder, output };
    const made = journal
      ? await submitOnRecord(session, journal, request, deadline)
      : await submitWithoutRecord(session, request, deadline);
    return { made, model, maxCredits, wait, start };
  } catch (error) {
    if (error instanceof Failure && error.code === 'INSUFFICIENT_CREDITS' && !error.details.reason) {
      throw await explainFunds(session, contract, generation, error, deadline);
    }
    throw error;
  }
}

/** Waits for the end of the task of a request, as long as its wait lasts, and returns the result. Submits nothing. */
export async function conclude(session: Session, begun: Begun): Promise<TaskResult> {
  const { made, model, maxCredits, wait, start } = begun;
  const { entry, credits, task, isResumed } = made;
  const waitMs = Math.max(0, wait.waitMs - (session.api.clock.monotonic() - start));
  const settings = { ...wait, waitMs };
  if (entry && task === undefined && isTerminal(entry.record.status)) return reuse(session, entry, settings);
  const origin: Origin = { isResumed, isResubmitted: made.isResubmitted || entry?.record.resubmitted };
  const known = { entry, credits, model, origin };
  const result =
    task === undefined
      ? await resume(session, entry!, settings, known)
      : waitMs > 0 || isTerminal(task.state)
        ? await follow(session, task, settings, known)
        : taskResult(task.id, task, { ...origin, credits, model });
  const { other } = made;
  const told: Warning[] = other ? [{ kind: 'otherAccount', ...other }] : [];
  if (made.isUnrecorded) told.push({ kind: 'unrecorded', taskId: result.taskId });
  return withinCap({ ...result, warnings: [...told, ...result.warnings] }, maxCredits);
}

/** Returns the result with a warning where the charge is above the cap: it cannot be undone. */
function withinCap(result: TaskResult, maxCredits = Infinity): TaskResult {
  const charged = result.credits?.charged ?? 0;
  if (charged <= maxCredits) return result;
  return { ...result, warnings: [...result.warnings, { kind: 'aboveCap', charged, maxCredits }] };
}

async function follow(
  session: Session,
  task: Task,
  settings: WaitSettings,
  known: KnownTask,
): Promise<TaskResult> {
  try {
    return await waitOn(session, task, settings, known);
  } catch (error) {
    // The answer must not read as if nothing had been submitted.
    throw error instanceof Failure ? error.with({ taskId: task.id, charged: 'running' }) : error;
  }
}

/** Resumes the task that the request already has. */
async function resume(
  session: Session,
  entry: StoredRequest,
  settings: WaitSettings,
  known: KnownTask,
): Promise<TaskResult> {
  const taskId = entry.record.taskId!;
  session.observer.attached(taskId, entry.record.created);
  try {
    return await waitTask(session, taskId, settings, known);
  } catch (error) {
    throw error instanceof Failure ? stillRecorded(session, entry, error) : error;
  }
}

/** Returns the failure of a recorded task: the same command resumes that task, until the user decides otherwise. */
function stillRecorded(session: Session, entry: StoredRequest, failure: Failure): Failure {
  const { created } = entry.record;
  const taskId = entry.record.taskId!;
  const data = { ...failure.details.data, resumed: true };
  if (failure.code !== 'TASK_NOT_FOUND') return failure.with({ taskId, data });
  const mayShowLater = isMissingForNow(failure, graceOf(session, entry), session.api.clock.monotonic());
  const reason: Reason = mayShowLater
    ? { kind: 'recordedTaskYoung', taskId }
    : { kind: 'recordedTaskGone', taskId, created };
  return failure.with({ taskId, data, reason });
}
