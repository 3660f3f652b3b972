import { Failure, orFailure, type Reason } from '../model/failure.ts';
import type { Credits } from '../model/request-record.ts';
import type { SubmitWarning } from '../model/submit-facts.ts';
import { isTerminal, type Task } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import type { CheckedRequest } from './checked-request.ts';
import { folderFor, outputOf } from './deliver/place.ts';
import { comparedEstimate, type DatedEstimate } from './money/check-price.ts';
import { explainFunds } from './money/short-of-credits.ts';
import { graceOf, isMissingForNow } from './poll/not-found-grace.ts';
import { type KnownTask, type TaskFacts, type TaskResult, taskResult } from './result.ts';
import { reuseResult } from './reuse-result.ts';
import type { Session } from './session.ts';
import { submitOnRecord } from './submit/submit-on-record.ts';
import { submitWithoutRecord } from './submit/submit-without-record.ts';
import { waitOn, waitTask } from './wait/wait-task.ts';
import type { WaitSettings } from './wait-settings.ts';

export interface GenerateOptions extends CheckedRequest {
  wait: WaitSettings;
  /** Returns as soon as the task is submitted; its folder is kept for later. */
  isDetached: boolean;
}

/** A task of a request, and how its end is waited for. It does not hold the payload. */
export type Begun = KnownTask & {
  maxCredits: number | undefined;
  /** What that was compared with, where this call submitted it and the service gives no price. */
  estimate?: DatedEstimate | undefined;
  wait: WaitSettings;
  /** When the wait began. */
  start: number;
};

// Even the shortest wait gives a rejected or lost submit this long.
const RETRY_AT_LEAST_MS = 1_500;

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
  const deadline = isDetached ? session.api.shortDeadline : start + Math.max(wait.waitMs, RETRY_AT_LEAST_MS);
  const journal = await session.records();
  const { model, maxCredits } = generation;
  const { folder, output = null } = wait;
  const request = { ...options, folder, output };
  const known = await orFailure(
    journal
      ? submitOnRecord(session, journal, request, deadline)
      : submitWithoutRecord(session, request, deadline),
  );
  if (!(known instanceof Failure)) {
    const isSubmitted = known.task !== undefined && known.origin?.resumed === undefined;
    const estimate = isSubmitted ? comparedEstimate(session, contract, generation) : undefined;
    return { ...known, model, maxCredits, estimate, wait, start };
  }
  throw await explainFunds(session, contract, generation, known, deadline);
}

/** Waits for the end of the task of a request, as long as its wait lasts, and returns the result. Submits nothing. */
export async function conclude(session: Session, begun: Begun): Promise<TaskResult> {
  const { maxCredits, estimate, wait: whole, start, ...known } = begun;
  const wait = { ...whole, waitMs: whole.waitMs - (session.api.clock.monotonic() - start) };
  if (!known.task && isTerminal(known.entry.record.status)) return reuseResult(session, known.entry, wait);
  const taskId = known.task ? known.task.id : known.entry.record.taskId!;
  const result = await orFailure(
    known.task
      ? endOfSubmitted(session, known.task, wait, known)
      : endOfRecorded(session, known.entry, taskId, wait, known),
  );
  const { credits } = result instanceof Failure ? known : result;
  const warnings = [...told(known, taskId), ...aboveCap(credits, maxCredits)];
  if (!(result instanceof Failure))
    return { ...result, estimate, warnings: [...warnings, ...result.warnings] };
  throw result.with({ submit: { credits, isResubmitted: known.origin?.isResubmitted, warnings } });
}

async function endOfSubmitted(session: Session, task: Task, wait: WaitSettings, facts: TaskFacts) {
  if (wait.waitMs <= 0 && !isTerminal(task.state)) return taskResult(task.id, task, facts);
  const { entry } = facts;
  // A task that was found again goes where its own command wanted it, as any that is resumed.
  const folder = wait.folder ?? entry?.record.download ?? null;
  const place = { folder, output: outputOf(wait, entry) };
  const result = await orFailure(waitOn(session, task, { ...wait, ...place }, facts));
  if (!(result instanceof Failure)) return result;
  // The answer must not read as if nothing had been submitted.
  throw result.with({ taskId: task.id, charged: 'running' });
}

async function endOfRecorded(
  session: Session,
  entry: StoredRequest,
  taskId: string,
  wait: WaitSettings,
  facts: TaskFacts,
) {
  session.observer.attached(taskId, entry.record.created);
  const result = await orFailure(waitTask(session, taskId, wait, facts));
  if (result instanceof Failure) throw stillRecorded(session, entry, taskId, result);
  return result;
}

function told({ other, isUnrecorded }: TaskFacts, taskId: string): SubmitWarning[] {
  const all: SubmitWarning[] = other ? [{ kind: 'otherAccount', ...other }] : [];
  return isUnrecorded ? [...all, { kind: 'unrecorded', taskId }] : all;
}

function aboveCap(credits: Credits | undefined, maxCredits = Infinity): SubmitWarning[] {
  const charged = credits?.charged ?? 0;
  return charged > maxCredits ? [{ kind: 'aboveCap', charged, maxCredits }] : [];
}

/** Returns the failure of a recorded task: the same command resumes that task, until the user decides otherwise. */
function stillRecorded(session: Session, entry: StoredRequest, taskId: string, failure: Failure): Failure {
  const { created } = entry.record;
  const data = { ...failure.details.data, resumed: true };
  if (failure.code !== 'TASK_NOT_FOUND') return failure.with({ taskId, data });
  const mayShowLater = isMissingForNow(failure, graceOf(session, entry), session.api.clock.monotonic());
  const reason: Reason = mayShowLater
    ? { kind: 'recordedTaskYoung', taskId }
    : { kind: 'recordedTaskGone', taskId, created };
  return failure.with({ taskId, data, reason });
}
