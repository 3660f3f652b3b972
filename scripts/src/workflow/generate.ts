import type { Contract } from '../contracts/contract.ts';
import type { Entry } from '../journal/journal.ts';
import type { Credits } from '../journal/record.ts';
import type { Intent } from '../providers/provider.ts';
import type { Outcome } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import { Failure } from '../types/failure.ts';
import type { JsonObject } from '../types/json.ts';
import { isTerminal, type Task } from '../types/task.ts';
import { handOver } from './delivery.ts';
import { folderFor } from './finish.ts';
import { checkFunds, explainFunds } from './funds.ts';
import { look } from './look.ts';
import { creditsOf, resumeCommand, taskOutcome } from './outcome.ts';
import { type RecordedTask, recordedTask } from './recorded.ts';
import { type Session, shortDeadline } from './session.ts';
import { submit } from './submit.ts';
import { type WaitSettings, waitOn, waitTask } from './tasks.ts';

/** How a wish is to be told from others, and what it may cost. */
export interface Terms {
  /** The idempotency key was given: it says which wish is meant. */
  isNamed: boolean;
  /** A wish of its own, even if the same one is under way. */
  isNew: boolean;
  /** Who asked for it, as far as that was said. */
  owner: string | null;
  /** Credits that all wishes of the last 24 hours together may cost. */
  maxCreditsPerDay: number | null;
}

export interface GenerateOptions {
  contract: Contract;
  intent: Intent;
  terms: Terms;
  /** Where its files are wanted, now or later; null = nowhere. */
  folder: string | null;
  /** Flags to repeat in the command that goes on with the task, with a space before each. */
  resumeFlags: string;
  /** How to wait for the end; null = return as soon as the task is submitted. */
  wait: WaitSettings | null;
}

/** The whole way from a valid payload to a finished file: price, submit, wait, fetch. Submits at most one task. */
export async function generate(session: Session, options: GenerateOptions): Promise<Outcome> {
  const { api } = session;
  const { contract, intent, wait, resumeFlags } = options;
  const start = api.clock.monotonic();
  const folder = await folderFor(options.folder);
  const settings = wait && { ...wait, folder };
  const deadline = Math.max(start + (wait?.waitMs ?? 0), shortDeadline(session));
  const journal = await session.records();
  let made: RecordedTask | { task: Task; entry?: Entry; credits: Credits };
  try {
    made = journal
      ? await recordedTask(session, journal, { ...options, folder }, deadline)
      : await unrecordedTask(session, options, deadline);
  } catch (error) {
    if (error instanceof Failure && error.code === 'INSUFFICIENT_CREDITS' && !error.details.data) {
      throw await explainFunds(session, contract, intent, error);
    }
    throw error;
  }
  const { entry, credits } = made;
  const left = { waitMs: (wait?.waitMs ?? 0) - (api.clock.monotonic() - start) };
  if (!('task' in made)) return resume(session, made.entry, settings && { ...settings, ...left });
  const { task } = made;
  if (settings && (settings.waitMs > 0 || isTerminal(task.state))) {
    try {
      return await waitOn(session, task, { ...settings, ...left, ...(entry && { entry }), credits });
    } catch (error) {
      throw error instanceof Failure ? afterSubmit(session, task.id, resumeFlags, error) : error;
    }
  }
  return taskOutcome(session, task.id, task, {
    credits,
    running: wait ? EXIT.stillRunning : EXIT.done,
    resumeFlags,
  });
}

async function unrecordedTask(
  session: Session,
  { contract, intent, terms }: GenerateOptions,
  deadline: number,
): Promise<{ task: Task; credits: Credits }> {
  const quote = await checkFunds(session, contract, intent, terms.maxCreditsPerDay);
  const task = await submit(session, intent, deadline);
  session.observer.task(task.id, task.state);
  return {
    task,
    credits: creditsOf(task, { quoted: quote?.credits ?? null, charged: null, refunded: null }),
  };
}

/** Goes on with the task that the wish already has. */
async function resume(session: Session, entry: Entry, settings: WaitSettings | null): Promise<Outcome> {
  const taskId = entry.record.taskId!;
  const extra: JsonObject = { resumed: true };
  session.observer.attached(taskId, entry.record.created);
  try {
    if (settings) {
      const waitMs = Math.max(0, settings.waitMs);
      return await waitTask(session, taskId, { ...settings, waitMs }, extra, entry);
    }
    const seen = await look(session, taskId, shortDeadline(session));
    session.observer.task(taskId, seen.state);
    return handOver(
      session,
      entry,
      taskOutcome(session, taskId, seen, { extra, credits: entry.record.credits }),
    );
  } catch (error) {
    throw error instanceof Failure ? stillRecorded(session, entry, error) : error;
  }
}

/** A failure on the way of a task that the journal knows: the same command goes on with it, until a person decides otherwise. */
function stillRecorded({ again }: Session, { record }: Entry, failure: Failure): Failure {
  const data: JsonObject = { ...failure.details.data, resumed: true };
  if (failure.code !== 'TASK_NOT_FOUND') return failure.with({ taskId: record.taskId!, data });
  return failure.with({
    taskId: record.taskId!,
    data,
    nextSteps: [
      `This wish was submitted on ${record.created} as task ${record.taskId}, which the service does not show any more; its result is kept for a limited time only.`,
      'Nothing was submitted now. If the person wants it made once more, with a new charge: the same command with --new.',
      again,
    ],
  });
}

/** A failure after the task was made: what is said of it must not read as if nothing had been submitted. */
function afterSubmit(session: Session, taskId: string, resumeFlags: string, failure: Failure): Failure {
  return failure.with({
    taskId,
    nextSteps: [
      ...(failure.details.nextSteps ?? []),
      'The task was submitted and charged, and goes on by itself. Do not submit it again. When the trouble is over:',
      resumeCommand(session, taskId, resumeFlags),
    ],
  });
}
