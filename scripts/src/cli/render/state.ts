import { wholeCopy } from '../../core/record/task-record.ts';
import { isGone, type TaskResult } from '../../core/result.ts';
import type { Failure } from '../../model/failure.ts';
import { type JsonObject, unlessEmpty } from '../../model/json.ts';
import { nameIn } from '../../providers/read-answer.ts';
import { EXIT } from '../exit-codes.ts';
import { briefWait, type Caller, dropStep, resumeCommand, saveCommand } from './caller.ts';
import { definedFields, type Fields, failed, type Outcome, success, textsIn, upstream } from './envelope.ts';
import { generationFailed, taskCancelled } from './errors/task-ended.ts';
import { NONE_SINCE, resumedStep, runStep, spentBefore } from './reused.ts';
import { type Part, sentences } from './sentences.ts';
import { warningText } from './warnings.ts';

/** A result in which the task has a state, and nothing that was asked for failed. */
type StateResult = Exclude<TaskResult, { failure: Failure }>;

export function stateOutcome(result: StateResult, caller: Caller): Outcome {
  return withFacts(result, endOutcome(result, caller), caller);
}

/** Returns the outcome with what is known of the task, and how this call got to it. */
export function withFacts(result: TaskResult, outcome: Outcome, caller: Caller): Outcome {
  const { taskId, seen, retryAfter, delivery, reused, isResubmitted } = result;
  const reusedData = reused && {
    reused: true,
    createdAt: reused.created,
    resubmitted: isResubmitted || undefined,
  };
  const { envelope } = outcome;
  const { nextSteps: _, ...data } = envelope.data ?? {};
  const nextSteps = sentences(
    textsIn(outcome, 'nextSteps'),
    result.resumed && resumedStep(result.resumed, caller.isSubmit),
    result.begun && runStep(result.begun),
    reusedSteps(result, caller),
    goneSteps(result, caller),
  );
  return {
    ...outcome,
    files: result.files?.map((file) => file.path) ?? [],
    envelope: {
      ...envelope,
      status: seen.state,
      taskId,
      data: definedFields({ ...data, ...reusedData, nextSteps: unlessEmpty(nextSteps) }),
      retryAfter: envelope.retryAfter ?? retryAfter ?? null,
    },
    onWritten:
      delivery && (() => delivery.entry.close(delivery.status, delivery.credits, delivery.delivered)),
  };
}

function endOutcome(result: StateResult, caller: Caller): Outcome {
  const { kind, taskId, seen, reused } = result;
  const data = dataOf(result);
  if (kind === 'failed' || kind === 'cancelled') {
    const end = kind === 'failed' ? generationFailed : taskCancelled;
    return failed(end(seen, caller, reused !== undefined).with({ data: definedFields(data) }), null, null);
  }
  const isOpen = kind === 'running' && caller.wantsEnd;
  const nextSteps = ownSteps(result, caller);
  return success(seen.state, taskId, { ...data, nextSteps }, isOpen ? EXIT.stillRunning : EXIT.done);
}

function ownSteps({ kind, taskId, record, files }: StateResult, caller: Caller): string[] {
  const { resumeFlags, profile, wantsEnd } = caller;
  if (kind === 'running') {
    const { wait } = resumeFlags;
    const brief = wait && Math.min(+wait, record?.wait || +wait);
    return [
      resumeCommand(caller, taskId, { ...resumeFlags, wait: brief }),
      'The task runs on at the service. Run this command as often as you like: it charges nothing.',
    ];
  }
  if (kind !== 'completed' || files) return [];
  const copy = record && wholeCopy(record);
  if (copy) return [`Its file is saved already: ${copy}`];
  const wait = { wait: briefWait(caller, record?.wait), download: 'out' };
  return [
    wantsEnd ? resumeCommand(caller, taskId, wait) : saveCommand(caller, taskId),
    `That saves the file. Do it soon: ${profile.says.retention}`,
  ];
}

export function dataOf(result: TaskResult): Fields {
  const { seen, credits, files, warnings, lastPollError: last, ...origin } = result;
  const urls = seen.state === 'COMPLETED' ? (seen.urls ?? []) : [];
  // Of several links only those that were tried are known to be dead.
  const isDead = urls.length === 1 && isGone(result);
  return {
    model: nameIn(seen.model),
    resumed: origin.resumed ? true : undefined,
    createdAt: origin.resumed?.created,
    resubmitted: origin.isResubmitted || undefined,
    files: files?.map((file) => ({ ...file })),
    warnings: unlessEmpty(warnings.map(warningText)),
    lastPollError: last && pollError(last),
    credits: credits && { ...credits },
    estimate: origin.estimate,
    unknownState: seen.unknownState,
    resultUrls: isDead ? undefined : unlessEmpty(urls),
    ...upstream(seen.record),
  };
}

/** Returns why the last query of a task that runs failed. */
export const pollError = ({ code, message }: Failure): JsonObject => ({
  errorCode: code,
  errorMessage: message,
});

function reusedSteps(result: TaskResult, { anew, resumeFlags }: Caller): Part[] {
  const { reused } = result;
  const reason = 'failure' in result ? result.failure.details.reason : undefined;
  // What only needs another name needs no new charge.
  if (!reused || reason?.kind === 'fileInTheWay') return [];
  const since = reused.newRun === undefined ? NONE_SINCE : '';
  const named = resumeFlags.output === undefined ? undefined : result.files?.[0];
  const rename = named ? ` Give that another --output: ${named.path} holds this earlier result.` : '';
  return [
    runStep(reused),
    `This request was made on ${reused.created} and ended ${reused.status}${spentBefore(result.credits)}${since}. To make another, with a new charge: ${anew}${rename}`,
  ];
}

function goneSteps({ warnings }: TaskResult, caller: Caller): string[] {
  const gone = warnings.flatMap((warning) => (warning.kind === 'taskGone' ? warning.taskId : []));
  const said = (id: string) => `The service does not show the newer task ${id} any more.`;
  return gone.flatMap((id) => [said(id), dropStep(caller, id)]);
}
