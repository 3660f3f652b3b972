import type { Contract } from '../contracts/contract.ts';
import type { Flags } from '../model/command-line.ts';
import { type Outcome, withWarning } from '../model/envelope.ts';
import { EXIT } from '../model/exit-codes.ts';
import { Failure } from '../model/failure.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { isTerminal, type Task } from '../model/task.ts';
import type { GenerationRequest } from '../providers/provider.ts';
import type { Entry } from '../stores/file/journal.ts';
import { isYoung } from './deliver.ts';
import { folderFor } from './finish.ts';
import { checkFunds, explainFunds } from './funds.ts';
import { creditsOf, resumeCommand, taskOutcome } from './outcome.ts';
import { type RecordedTask, recordedTask } from './recorded-task.ts';
import { hasEnded, reuse } from './reuse.ts';
import { type Session, shortDeadline } from './session.ts';
import { type SubmitLog, submit } from './submit.ts';
import { type WaitSettings, waitOn, waitTask } from './tasks.ts';

/** How a request is to be told from others, and what it may cost. */
export interface Terms {
  /** The idempotency key was given: it says which request is meant. */
  isNamed: boolean;
  /** Another task, whatever the request has already. */
  isNew: boolean;
  /** Who asked for it, as far as that was said. */
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
type Made = Omit<RecordedTask, 'entry'> & { entry?: Entry; isResubmitted?: boolean };

// However short the wait: a submit that was rejected for a moment, or whose answer was lost, is given so much.
const LEAST_SUBMIT_MS = 1_500;

/** The whole way from a valid payload to a finished file: price, submit, wait, fetch. Submits at most one task. */
export async function generate(session: Session, options: GenerateOptions): Promise<Outcome> {
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
    if (error instanceof Failure && error.code === 'INSUFFICIENT_CREDITS' && !error.details.data) {
      throw await explainFunds(session, contract, generation, error);
    }
    throw error;
  }
  const { entry, credits, task, isResumed } = made;
  const waitMs = Math.max(0, wait.waitMs - (api.clock.monotonic() - start));
  const settings = { ...wait, waitMs, model: generation.model, ...(entry && { entry }), credits };
  if (entry && task === undefined && hasEnded(entry)) return reuse(session, entry, settings);
  const extra: JsonObject = {
    ...(isResumed && { resumed: true }),
    ...((made.isResubmitted || entry?.record.resubmitted) && { resubmitted: true }),
  };
  const outcome =
    task === undefined
      ? await resume(session, entry!, settings, extra)
      : waitMs > 0 || isTerminal(task.state)
        ? await follow(session, task, settings, extra)
        : taskOutcome(session, task.id, task, {
            extra,
            credits,
            running: EXIT.stillRunning,
            resumeFlags: wait.resumeFlags,
          });
  // Whoever did not want to wait has got what was asked for.
  const isDone = isDetached && outcome.exitCode === EXIT.stillRunning;
  return withinCap(isDone ? { ...outcome, exitCode: EXIT.done } : outcome, generation.maxCredits);
}

/** A charge above the cap cannot be taken back, but it is said. */
function withinCap(outcome: Outcome, maxCredits = Infinity): Outcome {
  const credits = outcome.envelope.data?.credits;
  const charged = isObject(credits) ? credits.charged : null;
  if (typeof charged !== 'number' || charged <= maxCredits) return outcome;
  return withWarning(
    outcome,
    `The service reports ${charged} credits charged, although the cap was ${maxCredits} (--maxCredits). Tell the person.`,
  );
}

async function follow(
  session: Session,
  task: Task,
  settings: WaitSettings,
  extra: JsonObject,
): Promise<Outcome> {
  try {
    return await waitOn(session, task, settings, extra);
  } catch (error) {
    throw error instanceof Failure ? afterSubmit(session, task.id, settings.resumeFlags, error) : error;
  }
}

async function unrecordedTask(
  session: Session,
  { contract, generation, terms }: GenerateOptions,
  deadline: number,
): Promise<Made> {
  const quote = await checkFunds(session, contract, generation, terms.maxCreditsPerDay);
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
  entry: Entry,
  settings: WaitSettings,
  extra: JsonObject,
): Promise<Outcome> {
  const taskId = entry.record.taskId!;
  session.observer.attached(taskId, entry.record.created);
  try {
    return await waitTask(session, taskId, settings, extra, entry);
  } catch (error) {
    throw error instanceof Failure ? stillRecorded(session, entry, error) : error;
  }
}

/** A failure on the way of a task that the journal knows: the same command resumes it, until the user decides otherwise. */
function stillRecorded(session: Session, entry: Entry, failure: Failure): Failure {
  const { taskId, created } = entry.record;
  const data: JsonObject = { ...failure.details.data, resumed: true };
  if (failure.code !== 'TASK_NOT_FOUND') return failure.with({ taskId: taskId!, data });
  const nextSteps = isYoung(session, entry)
    ? [
        `This request was submitted only just now, as task ${taskId}; the service may not show it yet. The same command resumes it, and charges nothing:`,
        session.again,
      ]
    : [
        `This request was submitted on ${created} as task ${taskId}, which the service does not show any more; its result is kept for a limited time only.`,
        `Nothing was submitted now. If the user wants it made once more, with a new charge: ${session.anew}.`,
        session.command('forget', { taskId: taskId! }),
      ];
  return failure.with({ taskId: taskId!, data, nextSteps });
}

/** A failure after the task was made: what is said of it must not read as if nothing had been submitted. */
function afterSubmit(session: Session, taskId: string, resumeFlags: Flags, failure: Failure): Failure {
  return failure.with({
    taskId,
    nextSteps: [
      ...(failure.details.nextSteps ?? []),
      'The task was submitted and charged, and runs on at the service. This resumes it as often as you like, and charges nothing:',
      resumeCommand(session, taskId, resumeFlags),
    ],
  });
}
