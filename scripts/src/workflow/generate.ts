import type { Contract } from '../contracts/contract.ts';
import type { Intent } from '../providers/provider.ts';
import type { Outcome } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import { Failure } from '../types/failure.ts';
import type { JsonObject } from '../types/json.ts';
import { isTerminal } from '../types/task.ts';
import { folderFor } from './finish.ts';
import { checkFunds, explainFunds } from './funds.ts';
import { resumeCommand, taskOutcome } from './outcome.ts';
import { type Session, shortDeadline } from './session.ts';
import { submit } from './submit.ts';
import { type WaitSettings, waitOn } from './tasks.ts';

export interface GenerateOptions {
  contract: Contract;
  intent: Intent;
  /** How to wait for the end; null = return as soon as the task is submitted. */
  wait: WaitSettings | null;
}

/** The whole way from a valid payload to a finished file: price, submit, wait, fetch. Submits at most one task. */
export async function generate(
  session: Session,
  { contract, intent, wait }: GenerateOptions,
): Promise<Outcome> {
  const { api } = session;
  const start = api.clock.monotonic();
  const settings = wait && { ...wait, folder: await folderFor(wait.folder) };
  const quote = await checkFunds(session, contract, intent);
  const deadline = Math.max(start + (wait?.waitMs ?? 0), shortDeadline(session));
  let task: Awaited<ReturnType<typeof submit>>;
  try {
    task = await submit(session, intent, deadline);
  } catch (error) {
    if (error instanceof Failure && error.code === 'INSUFFICIENT_CREDITS') {
      throw await explainFunds(session, contract, intent, error);
    }
    throw error;
  }
  const extra: JsonObject = quote ? { quoted: quote.credits } : {};
  if (settings && (settings.waitMs > 0 || isTerminal(task.state))) {
    const waitMs = settings.waitMs - (api.clock.monotonic() - start);
    try {
      return await waitOn(session, task, { ...settings, waitMs }, extra);
    } catch (error) {
      throw error instanceof Failure ? afterSubmit(session, task.id, settings.resumeFlags, error) : error;
    }
  }
  return taskOutcome(session, task.id, task, {
    extra,
    running: wait ? EXIT.stillRunning : EXIT.done,
    ...(wait && { resumeFlags: wait.resumeFlags }),
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
