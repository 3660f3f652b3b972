import type { Contract } from '../contracts/contract.ts';
import { Failure } from '../model/failure.ts';
import type { Reason } from '../model/reason.ts';
import { isTerminal, type Task } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import type { GenerationRequest } from '../providers/provider.ts';
import { folderFor } from './finish.ts';
import { checkFunds, explainFunds } from './funds.ts';
import { type RecordedTask, recordedTask } from './recorded-task.ts';
import { creditsOf, type Origin, type TaskResult, taskResult } from './result.ts';
import { hasEnded, reuse } from './reuse.ts';
import { type Session, shortDeadline } from './session.ts';
import { type SubmitLog, submit } from './submit.ts';
import { isYoung } from './task-record.ts';
import { type WaitSettings, waitOn, waitTask } from './tasks.ts';

/** What identifies a request, and what it may cost. */
export interface Terms {
  /** The idempotency key was given: it says which request is meant. */
  isNamed: boolean;
  /** Makes another task, even where the request already has one. */
  isNew: boolean;
  /** Who asked for the request, where the command names that. */
  owner: string | null;
  /** Seconds that its command waits; null where it has none. */
  wait: number | null;
  /** Credits that all requests of the last 24 hours together may cost. */
  maxCreditsPerDay: number | null;
}

export interface GenerateOptions {
  contract: Contract;
  generation: GenerationRequest;
  terms: Terms;
  wait: WaitSettings;
  /** Returns as soon as the task is submitted; its folder is kept for later. */
  isDetached: boolean;
}

/** The task of a request, with its record where there is one. */
type Made = Omit<RecordedTask, 'entry'> & { entry?: StoredRequest; isResubmitted?: boolean };

// Even the shortest wait gives a rejected or lost submit this long.
const LEAST_SUBMIT_MS = 1_500;

/** Runs the full workflow for a valid payload (price, submit, wait, download) and returns its result. Submits at most one task. */
export async function generate(session: Session, options: GenerateOptions): Promise<TaskResult> {
  const { api } = session;
  const { contract, generation, isDetached } = options;
  const start = api.clock.monotonic();
  const wait = { ...options.wait, folder: await folderFor(options.wait.folder) };
  if (isDetached) wait.waitMs = 0;
  const deadline = isDetached ? shortDeadline(session) : start + Math.max(wait.waitMs, LEAST_SUBMIT_MS);
  const journal = await session.records();
  let made: Made;
  try {
    made = journal
      ? await recordedTask(session, journal, { ...options, folder: wait.folder }, deadline)
      : await unrecordedTask(session, options, deadline);
  } catch (error) {
    if (error instanceof Failure && error.code === 'INSUFFICIENT_CREDITS' && !error.details.reason) {
      throw await explainFunds(session, contract, generation, error, deadline);
    }
    throw error;
  }
  const { entry, credits, task, isResumed } = made;
  const waitMs = Math.max(0, wait.waitMs - (api.clock.monotonic() - start));
  const settings = { ...wait, waitMs, model: generation.model, ...(entry && { entry }), credits };
  if (entry && task === undefined && hasEnded(entry)) return reuse(session, entry, settings);
  const isResubmitted = made.isResubmitted || entry?.record.resubmitted;
  const origin: Origin = {
    ...(isResumed && { isResumed }),
    ...(isResubmitted && { isResubmitted }),
  };
  const result =
    task === undefined
      ? await resume(session, entry!, settings, origin)
      : waitMs > 0 || isTerminal(task.state)
        ? await follow(session, task, settings, origin)
        : taskResult(task.id, task, { ...origin, credits, model: generation.model });
  return withinCap(result, generation.maxCredits);
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
  { contract, generation, terms }: GenerateOptions,
  deadline: number,
): Promise<Made> {
  const quote = await checkFunds(session, contract, generation, terms.maxCreditsPerDay, deadline);
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
