import { Failure, type Reason } from '../model/failure.ts';
import { isTerminal, type Task } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import type { CheckedRequest } from './checked-request.ts';
import { checkFree, folderFor } from './deliver/finish.ts';
import { hasEnded, reuse } from './deliver/reuse-result.ts';
import { checkFunds, explainFunds } from './money/check-price.ts';
import { isYoung } from './record/task-record.ts';
import { creditsOf, type Origin, type TaskResult, taskResult, type Warning } from './result.ts';
import { type Session, shortDeadline } from './session.ts';
import { type RecordedTask, recordedTask } from './submit/submit-on-record.ts';
import { type SubmitLog, submit } from './submit/submit-or-reconcile.ts';
import { type WaitSettings, waitOn, waitTask } from './wait/wait-task.ts';

export interface GenerateOptions extends CheckedRequest {
  wait: WaitSettings;
  /** Returns as soon as the task is submitted; its folder is kept for later. */
  isDetached: boolean;
}

/** A request that has a task, and how its end is waited for. It does not hold the payload. */
export interface Begun {
  made: Made;
  model: string;
  maxCredits: number | undefined;
  wait: WaitSettings;
  /** When the wait began, on the monotonic clock. */
  start: number;
}

/** The task of a request, with its record where there is one. */
export type Made = Omit<RecordedTask, 'entry'> & {
  entry?: StoredRequest;
  isResubmitted?: boolean | undefined;
};

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
    const made = journal
      ? await recordedTask(session, journal, { ...options, folder, output }, deadline)
      : await unrecordedTask(session, options, deadline);
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
  const settings = { ...wait, waitMs, model, entry, credits };
  if (entry && task === undefined && hasEnded(entry)) return reuse(session, entry, settings);
  const origin: Origin = { isResumed, isResubmitted: made.isResubmitted || entry?.record.resubmitted };
  const result =
    task === undefined
      ? await resume(session, entry!, settings, origin)
      : waitMs > 0 || isTerminal(task.state)
        ? await follow(session, task, settings, origin)
        : taskResult(task.id, task, { ...origin, credits, model });
  const { other } = made;
  const told: Warning[] = other ? [{ kind: 'otherAccount', ...other }] : [];
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
  origin: Origin,
): Promise<TaskResult> {
  try {
    return await waitOn(session, task, settings, origin);
  } catch (error) {
    // The answer must not read as if nothing had been submitted.
    throw error instanceof Failure ? error.with({ taskId: task.id, charged: 'running' }) : error;
  }
}

async function unrecordedTask(
  session: Session,
  { contract, generation, terms, quote: known, wait }: GenerateOptions,
  deadline: number,
): Promise<Made> {
  if (terms.maxCreditsPerDay !== null) throw new Error('A limit for a day needs records.');
  const quote = known ?? (await checkFunds(session, contract, generation, terms.maxCreditsPerDay, deadline));
  await checkFree(wait.folder, wait.output);
  let isResubmitted = false;
  const nothing = async () => {};
  const log: SubmitLog = {
    sending: nothing,
    rejected: nothing,
    lost: nothing,
    resubmitting: async () => {
      isResubmitted = true;
    },
    resubmitRejected: nothing,
  };
  const result = await submit(session, generation, log, deadline);
  if (result.kind !== 'accepted') throw result.failure;
  const { task } = result;
  session.observer.task(task.id, task.state);
  return {
    task,
    credits: creditsOf(task, { quoted: quote?.credits ?? null, charged: null, refunded: null }),
    isResumed: false,
    isResubmitted,
  };
}

/** Resumes the task that the request already has. */
async function resume(
  session: Session,
  entry: StoredRequest,
  settings: WaitSettings,
  origin: Origin,
): Promise<TaskResult> {
  const taskId = entry.record.taskId!;
  session.observer.attached(taskId, entry.record.created);
  try {
    return await waitTask(session, taskId, settings, origin, entry);
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
  const reason: Reason = isYoung(session, entry)
    ? { kind: 'recordedTaskYoung', taskId }
    : { kind: 'recordedTaskGone', taskId, created };
  return failure.with({ taskId, data, reason });
}
