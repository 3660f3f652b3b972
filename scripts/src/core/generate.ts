import { Failure, orFailure, type Reason } from '../model/failure.ts';
import { isTerminal } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import type { CheckedRequest } from './checked-request.ts';
import { folderFor } from './deliver/place.ts';
import { explainFunds } from './money/short-of-credits.ts';
import { graceOf, isMissingForNow } from './poll/not-found-grace.ts';
import { type TaskResult, taskResult, type Warning } from './result.ts';
import { reuseResult } from './reuse-result.ts';
import type { Session } from './session.ts';
import { submitOnRecord } from './submit/submit-on-record.ts';
import { submitWithoutRecord } from './submit/submit-without-record.ts';
import { waitOn, waitTask } from './wait/wait-task.ts';
import { type KnownTask, knownFacts, type WaitSettings } from './wait-settings.ts';

export interface GenerateOptions extends CheckedRequest {
  wait: WaitSettings;
  /** Returns as soon as the task is submitted; its folder is kept for later. */
  isDetached: boolean;
}

/** A task of a request, and how its end is waited for. It does not hold the payload. */
export interface Begun extends KnownTask {
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
  const deadline = isDetached ? session.api.shortDeadline : start + Math.max(wait.waitMs, LEAST_SUBMIT_MS);
  const journal = await session.records();
  const { model, maxCredits } = generation;
  const { folder, output = null } = wait;
  const request = { ...options, folder, output };
  const known = await orFailure(
    journal
      ? submitOnRecord(session, journal, request, deadline)
      : submitWithoutRecord(session, request, deadline),
  );
  if (!(known instanceof Failure)) return { ...known, model, maxCredits, wait, start };
  const isShort = known.code === 'INSUFFICIENT_CREDITS' && !known.details.reason;
  throw isShort ? await explainFunds(session, contract, generation, known, deadline) : known;
}

/** Waits for the end of the task of a request, as long as its wait lasts, and returns the result. Submits nothing. */
export async function conclude(session: Session, begun: Begun): Promise<TaskResult> {
  const { maxCredits, wait: whole, start, ...known } = begun;
  const { entry, task, other } = known;
  const wait = { ...whole, waitMs: whole.waitMs - (session.api.clock.monotonic() - start) };
  if (!task && isTerminal(entry!.record.status)) return reuseResult(session, entry!, wait);
  if (!task) session.observer.attached(entry!.record.taskId!, entry!.record.created);
  const isSubmitted = task && wait.waitMs <= 0 && !isTerminal(task.state);
  const result = isSubmitted
    ? taskResult(task.id, task, knownFacts(known))
    : await orFailure(
        task ? waitOn(session, task, wait, known) : waitTask(session, entry!.record.taskId!, wait, known),
      );
  if (result instanceof Failure) {
    // The answer must not read as if nothing had been submitted.
    throw task
      ? result.with({ taskId: task.id, charged: 'running' })
      : stillRecorded(session, entry!, result);
  }
  const told: Warning[] = other ? [{ kind: 'otherAccount', ...other }] : [];
  if (known.isUnrecorded) told.push({ kind: 'unrecorded', taskId: result.taskId });
  return withinCap({ ...result, warnings: [...told, ...result.warnings] }, maxCredits);
}

/** Returns the result with a warning where the charge is above the cap: it cannot be undone. */
function withinCap(result: TaskResult, maxCredits = Infinity): TaskResult {
  const charged = result.credits?.charged ?? 0;
  if (charged <= maxCredits) return result;
  return { ...result, warnings: [...result.warnings, { kind: 'aboveCap', charged, maxCredits }] };
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
