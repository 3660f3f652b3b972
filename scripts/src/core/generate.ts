import { Failure, orFailure, type Reason } from '../model/failure.ts';
import { isTerminal } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import type { CheckedRequest } from './checked-request.ts';
import { folderFor } from './deliver/place.ts';
import { comparedEstimate, type DatedEstimate } from './money/check-price.ts';
import { explainFunds } from './money/short-of-credits.ts';
import { graceOf, isMissingForNow } from './poll/not-found-grace.ts';
import {
  madeBy,
  type RecordedTask,
  type ShownTask,
  type SubmittedTask,
  type TaskResult,
  taskResult,
} from './result.ts';
import type { Session } from './session.ts';
import { withRecorded } from './submit/claim.ts';
import { submitOnRecord } from './submit/submit-on-record.ts';
import { submitWithoutRecord } from './submit/submit-without-record.ts';
import { waitTask } from './wait/wait-task.ts';
import type { WaitSettings } from './wait-settings.ts';

export interface GenerateOptions extends CheckedRequest {
  wait: WaitSettings;
  /** Returns as soon as the task is submitted; its folder is kept for later. */
  isDetached: boolean;
}

/** A task of a request, and how its end is waited for. It does not hold the payload. */
export interface Begun extends SubmittedTask {
  maxCredits: number | undefined;
  /** What that was compared with, where this call submitted it and the service gives no price. */
  estimate?: DatedEstimate | undefined;
  wait: WaitSettings;
  /** When the wait began. */
  start: number;
}

// Even the shortest wait gives a rejected or lost submit this long.
const RETRY_AT_LEAST_MS = 1_500;
const DAY_MS = 24 * 3600_000;

/** Runs the full workflow for a valid payload (price, submit, wait, download) and returns its result. Submits at most one task. */
export async function generate(session: Session, options: GenerateOptions): Promise<TaskResult> {
  return conclude(session, await begin(session, options));
}

/** Returns the task of a request: the one that it has, or a new one. Submits at most one task. */
export async function begin(session: Session, options: GenerateOptions): Promise<Begun> {
  const { api } = session;
  const { contract, generation, isDetached } = options;
  const start = api.clock.monotonic();
  const journal = await session.records();
  const folder = await orFailure(folderFor(options.wait.folder));
  if (folder instanceof Failure) throw await withRecorded(journal, options, folder);
  const wait = { ...options.wait, folder };
  if (isDetached) wait.waitMs = 0;
  const deadline = isDetached ? session.api.shortDeadline : start + Math.max(wait.waitMs, RETRY_AT_LEAST_MS);
  const { output = null } = wait;
  const request = { ...options, folder, output };
  const submitted = await orFailure(
    journal
      ? submitOnRecord(session, journal, request, deadline)
      : submitWithoutRecord(session, request, deadline),
  );
  if (submitted instanceof Failure)
    throw await explainFunds(session, contract, generation, submitted, deadline);
  const { task, origin } = submitted.known;
  const isNew = task !== undefined && origin?.resumed === undefined;
  const estimate = isNew ? comparedEstimate(session, contract, generation) : undefined;
  return { ...submitted, maxCredits: generation.maxCredits, estimate, wait, start };
}

/** Waits for the end of the task of a request, as long as its wait lasts, and returns the result. Submits nothing. */
export async function conclude(
  session: Session,
  { known, warnings: before, maxCredits, estimate, wait: whole, start }: Begun,
): Promise<TaskResult> {
  const wait = { ...whole, waitMs: whole.waitMs - (session.api.clock.monotonic() - start) };
  if (!known.task && isTerminal(known.entry.record.status)) return reuseResult(session, known.entry, wait);
  const result = await orFailure(
    known.task ? endOfSubmitted(session, known, wait) : endOfRecorded(session, known, wait),
  );
  const { credits } = result instanceof Failure ? known : result;
  const warnings = [...before];
  const charged = credits?.charged ?? 0;
  if (maxCredits !== undefined && charged > maxCredits)
    warnings.push({ kind: 'aboveCap', charged, maxCredits });
  if (!(result instanceof Failure))
    return { ...result, estimate, warnings: [...warnings, ...result.warnings] };
  throw result.with({ submit: { credits, isResubmitted: known.origin?.isResubmitted, warnings } });
}

async function endOfSubmitted(session: Session, known: ShownTask, wait: WaitSettings) {
  const { task } = known;
  if (wait.waitMs <= 0 && !isTerminal(task.state)) return taskResult(task.id, task, known);
  const result = await orFailure(waitTask(session, task.id, wait, known, task));
  if (!(result instanceof Failure)) return result;
  // The answer must not read as if nothing had been submitted.
  throw result.with({ taskId: task.id, charged: 'running' });
}

/** A failure is that of a recorded task: the same command resumes that task, until the user decides otherwise. */
async function endOfRecorded(session: Session, known: RecordedTask, wait: WaitSettings) {
  const { entry } = known;
  const { created } = entry.record;
  const taskId = entry.record.taskId!;
  session.observer.resumed(taskId, created);
  const result = await orFailure(waitTask(session, taskId, wait, known));
  if (!(result instanceof Failure)) return result;
  const data = { ...result.details.data, resumed: true };
  if (result.code !== 'TASK_NOT_FOUND') throw result.with({ taskId, data });
  const mayShowLater = isMissingForNow(result, graceOf(session, entry), session.api.clock.monotonic());
  const reason: Reason = mayShowLater
    ? { kind: 'recordedTaskYoung', taskId }
    : { kind: 'recordedTaskGone', taskId, created };
  throw result.with({ taskId, data, reason });
}

/** Returns the earlier result of a request (its files, a copy of them, or a new download) or its earlier failure. Charges nothing. */
async function reuseResult(session: Session, entry: StoredRequest, wait: WaitSettings): Promise<TaskResult> {
  const { created, used, status } = entry.record;
  const taskId = entry.record.taskId!;
  session.observer.resumed(taskId, created);
  const now = session.api.clock.wall();
  // To the day: records are kept for a number of days after their last use.
  if (now - Date.parse(used ?? created) >= DAY_MS) await entry.update({ used: new Date(now).toISOString() });
  session.observer.task(taskId, status);
  const result = await waitTask(session, taskId, wait, { entry }, { state: status });
  const reused = { ...madeBy(entry.record), status };
  return { ...result, reused, isResubmitted: entry.record.resubmitted || result.isResubmitted };
}
