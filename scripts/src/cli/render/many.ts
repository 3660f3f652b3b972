import type { ManyResult, NothingPending, UnknownSubmits } from '../../core/result.ts';
import { Failure } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { counted as count } from '../../model/text.ts';
import { AdvisedFailure } from '../advised-failure.ts';
import { byUrgency, EXIT } from '../exit-codes.ts';
import { type Caller, dropStep, earlierStep, resumeCommand } from './caller.ts';
import {
  definedFields,
  done,
  type Envelope,
  failed,
  type Outcome,
  rowsThatFit,
  textsIn,
} from './envelope.ts';
import { explained } from './errors/explained.ts';
import { sentences } from './sentences.ts';
import { taskOutcome } from './task.ts';

/**
 * Returns the document of a call about several tasks, with the worst of their exit codes. Where the first end was waited
 * for and has come, the tasks that still run do not count.
 */
export function manyOutcome(result: ManyResult, caller: Caller): Outcome {
  const { items, more, unknown: submits } = result;
  const outcomes = items.map((item) => itemOutcome(item, caller));
  const whole = rowsThatFit(
    outcomes.map(({ envelope }, n) => summary(envelope, items[n]!.record)),
    { most: items.length, characters: 40_000 },
  );
  const cut = outcomes.slice(whole.length).map(({ envelope: { status, taskId } }) => ({
    status,
    taskId,
    nextSteps: [resumeCommand(caller, taskId!)],
  }));
  const summed = sumUp(result, outcomes, caller);
  const { running, isOver, counted, worst } = summed;
  const isOpen = worst || running > 0 || more > 0 || submits > 0 || cut.length > 0;
  const data = definedFields({
    count: items.length,
    running,
    more,
    unknown: submits,
    tasks: [...whole, ...cut],
    nextSteps: isOpen ? openSteps(more, outcomes, summed, caller) : undefined,
  });
  const { errorCode = null, errorMessage = null, retryAfter = null } = worst?.envelope ?? {};
  const ok = errorCode === null && counted.every(({ envelope }) => envelope.ok);
  return {
    envelope: { ok, status: null, taskId: null, data, errorCode, errorMessage, retryAfter },
    exitCode: worst?.exitCode ?? (!isOver && (more > 0 || cut.length > 0) ? EXIT.stillRunning : EXIT.done),
    files: outcomes.flatMap(({ files }) => files),
    // What does not fit into the document is not delivered by it.
    onWritten: () => {
      for (const { onWritten } of outcomes.slice(0, whole.length)) onWritten?.();
    },
  };
}

/** What the outcomes of several tasks come to. */
interface Summed {
  running: number;
  /** The first end was waited for and has come. */
  isOver: boolean;
  /** The outcomes that count. */
  counted: Outcome[];
  /** The first of them that failed, or else has an exit code above 0. */
  ended: Outcome | undefined;
  /** That of the submits whose outcome is not known, where all ends were waited for. */
  unknown: Outcome | undefined;
  /** The one that the caller has to see to first. */
  worst: Outcome | undefined;
}

function sumUp(result: ManyResult, outcomes: readonly Outcome[], caller: Caller): Summed {
  const isRunning = ({ exitCode }: Outcome) => exitCode === EXIT.stillRunning;
  const running = outcomes.filter(isRunning).length;
  const isOver = result.until === 'first' && running < outcomes.length;
  const counted = outcomes.filter((outcome) => !isOver || !isRunning(outcome));
  const ended = counted.find(({ envelope }) => !envelope.ok) ?? counted.find(({ exitCode }) => exitCode > 0);
  const unknown = result.until === 'last' && result.unknown > 0 ? unknownOutcome(result, caller) : undefined;
  // As of the lines of a batch.
  const worst = [unknown, ended].flatMap((one) => one ?? []).sort(byUrgency)[0];
  return { running, isOver, counted, ended, unknown, worst };
}

/** Returns what to do where something is open. @param more how many tasks this call left out */
function openSteps(
  more: number,
  outcomes: readonly Outcome[],
  { ended, running, unknown }: Summed,
  caller: Caller,
): string[] {
  const gone = outcomes.flatMap(({ envelope: { errorCode, taskId } }) =>
    errorCode === 'TASK_NOT_FOUND' ? [dropStep(caller, taskId!)] : [],
  );
  // Of a submit whose outcome is not known, the same command finds out what the list shows, which its own steps say.
  const hasMore = ended !== undefined || running > 0 || unknown === undefined;
  const nextSteps = sentences(
    ((hasMore && gone.length < outcomes.length) || more > 0) && caller.same,
    gone.slice(0, 5),
    unknown ? textsIn(unknown, 'nextSteps') : caller.command('listPending'),
  );
  return [...new Set(nextSteps)];
}

/** Returns the outcome of submits that made a task or did not. */
function unknownOutcome(submits: UnknownSubmits, caller: Caller): Outcome {
  const { unknown, after } = submits;
  const yet = after === undefined ? '' : ' yet';
  const message = `The outcome of ${count(unknown, 'submit')} of this key is not known${yet}.`;
  const failure = new AdvisedFailure('SUBMIT_OUTCOME_UNKNOWN', message, {
    data: { count: 0, unknown },
    retryAfter: after,
    nextSteps: [
      ...listSteps(submits, caller),
      unknown === 1
        ? 'Run the command of that submit again, if the user still wants it: it reconciles it, and may submit it once more. If it is not known, the user decides by what this shows:'
        : 'Run the commands of those submits again: each reconciles its own. If they are not known, the user decides by what this shows:',
      caller.command('listPending'),
    ],
  });
  return failed(failure, null, null);
}

/** Says what the list of the service has told of these submits, and whether it can tell more. */
function listSteps({ after, listFailure }: UnknownSubmits, { profile, same }: Caller): string[] {
  if (profile.says.tasks) return [profile.says.tasks];
  const found = listFailure
    ? `The list of the service could not be read: ${listFailure.message}`
    : 'The list of the service shows none of their keys.';
  if (after === undefined) return [`${found} Waiting changes nothing.`];
  return [`${found} It can tell more after ${after} seconds; then this command resumes what it shows:`, same];
}

function itemOutcome({ record, ended }: ManyResult['items'][number], caller: Caller): Outcome {
  if (!(ended instanceof Failure)) return taskOutcome(ended, caller);
  const { status, taskId } = record;
  const failure = explained(ended, caller);
  const { nextSteps = [resumeCommand(caller, taskId!)] } = failure.details;
  return failed(failure.with({ nextSteps }), status, taskId);
}

function summary({ data, ...said }: Envelope, { model, promptExcerpt, created, owner }: RequestRecord) {
  const kept: JsonObject = { ...said, model, promptExcerpt, created, owner };
  for (const name of ['files', 'resultUrls', 'credits', 'warnings', 'issues', 'nextSteps']) {
    if (data?.[name] !== undefined) kept[name] = data[name];
  }
  return kept;
}

export function nothingPendingOutcome(result: NothingPending, caller: Caller): Outcome {
  const { unknown } = result;
  if (unknown > 0) return unknownOutcome(result, caller);
  const none = 'No recorded task of this key is unfinished or waits to be delivered.';
  return done({ count: 0, unknown, nextSteps: sentences(none, earlierStep(caller)) });
}
