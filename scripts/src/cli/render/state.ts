import type { TaskResult, Warning } from '../../core/result.ts';
import type { Failure } from '../../model/failure.ts';
import { type Json, unlessEmpty } from '../../model/json.ts';
import { KIND_WORDS, madeAs } from '../../model/output-kind.ts';
import { BRIEF_WAIT_S } from '../../model/task.ts';
import { nameIn } from '../../providers/error-answer.ts';
import type { AdvisedFailure } from '../advised-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { otherAccountText } from '../progress/words.ts';
import { type Caller, dropStep, resumeCommand } from './caller.ts';
import { type Fields, failed, type Outcome, success, upstream, written } from './envelope.ts';
import { generationFailed, taskCancelled } from './errors/task-ended.ts';
import { originSteps, spentBefore } from './reused.ts';

/** A result in which the task has a state, and nothing that was asked for failed. */
type StateResult = Exclude<TaskResult, { failure: Failure }>;

export function stateOutcome(result: StateResult, caller: Caller): Outcome {
  return withFacts(result, endOutcome(result, caller), caller);
}

/** Returns the outcome with what is known of the task, and how this call got to it. */
export function withFacts(result: TaskResult, { envelope, exitCode }: Outcome, caller: Caller): Outcome {
  const { taskId, seen, retryAfter, delivery, reused, isResubmitted } = result;
  const reusedData = reused && {
    reused: true,
    createdAt: reused.created,
    resubmitted: isResubmitted || undefined,
  };
  const { nextSteps = [], ...data } = envelope.data ?? {};
  const steps = [...(nextSteps as Json[]), ...reusedSteps(result, caller), ...goneSteps(result, caller)];
  return {
    envelope: {
      ...envelope,
      status: seen.state,
      taskId,
      data: written({ ...data, ...reusedData, nextSteps: unlessEmpty(steps) }),
      retryAfter: envelope.retryAfter ?? retryAfter ?? null,
    },
    exitCode,
    onWritten:
      delivery && (() => delivery.entry.close(delivery.status, delivery.credits, delivery.delivered)),
  };
}

function endOutcome(result: StateResult, caller: Caller): Outcome {
  const { taskId, seen, files, reused } = result;
  const data = dataOf(result);
  switch (result.kind) {
    case 'running': {
      const nextSteps = [
        resumeCommand(caller, taskId, caller.resumeFlags),
        'The task runs on at the service. Run this command as often as you like: it charges nothing.',
      ];
      const exitCode = caller.wantsEnd ? EXIT.stillRunning : EXIT.done;
      return success(seen.state, taskId, { ...data, nextSteps }, exitCode);
    }
    case 'completed': {
      const nextSteps = files || !caller.wantsEnd ? [] : saveSteps(taskId, caller);
      return success(seen.state, taskId, { ...data, nextSteps }, EXIT.done);
    }
    case 'cancelledNow':
      return success(seen.state, taskId, data, EXIT.done);
    case 'failed':
      return ended(generationFailed(seen, caller, reused !== undefined), data);
    case 'cancelled':
      return ended(taskCancelled(caller, reused !== undefined), data);
  }
}

const ended = (failure: AdvisedFailure, data: Fields): Outcome =>
  failed(failure.with({ data: written(data) }), null, null);

function isInTheWay(result: TaskResult): boolean {
  return result.kind === 'notFetched' && result.failure.details.reason?.kind === 'fileInTheWay';
}

function saveSteps(taskId: string, caller: Caller): string[] {
  return [
    resumeCommand(caller, taskId, { wait: BRIEF_WAIT_S, download: 'out' }),
    `That saves the file. Do it soon: ${caller.profile.says.retention}`,
  ];
}

export function dataOf({
  seen,
  credits,
  files,
  warnings,
  lastPollError: last,
  ...origin
}: TaskResult): Fields {
  return {
    model: nameIn(seen.model),
    resumed: origin.isResumed || undefined,
    resubmitted: origin.isResubmitted || undefined,
    files: files?.map((file) => ({ ...file })),
    warnings: unlessEmpty(warnings.map(warningText)),
    lastPollError: last && { errorCode: last.code, errorMessage: last.message },
    credits: credits && { ...credits },
    unknownState: seen.unknownState,
    resultUrls: seen.state === 'COMPLETED' ? unlessEmpty(seen.urls ?? []) : undefined,
    ...upstream(seen.record),
  };
}

function reusedSteps(result: TaskResult, { anew }: Caller): string[] {
  const { reused } = result;
  // What only needs another name needs no new charge.
  if (!reused || isInTheWay(result)) return [];
  return [
    ...originSteps(reused),
    `This request was made on ${reused.created} and ended ${reused.status}: ${spentBefore(result.credits)}. To make another, with a new charge: ${anew}`,
  ];
}

function goneSteps({ warnings }: TaskResult, caller: Caller): string[] {
  const gone = warnings.flatMap((warning) => (warning.kind === 'taskGone' ? warning.taskId : []));
  const said = (id: string) => `The service does not show the newer task ${id} any more.`;
  return gone.flatMap((id) => [said(id), dropStep(caller, id)]);
}

function warningText(warning: Warning): string {
  switch (warning.kind) {
    case 'otherKind': {
      const { model, makes, file, contentType } = warning;
      const came = `${KIND_WORDS[madeAs(contentType)]} (${contentType})`;
      return `${model} makes ${KIND_WORDS[makes]}, but ${file} is ${came}. It was saved as it came: tell the user.`;
    }
    case 'otherExtension':
      return `${warning.asked} was asked for; the file is saved as ${warning.file}, by what it contains.`;
    case 'aboveCap':
      return `The service reports ${warning.charged} credits charged, although the cap was ${warning.maxCredits} (--maxCredits). Tell the user.`;
    case 'otherAccount':
      return `${otherAccountText(warning)} Tell the user.`;
    case 'unrecorded':
      return `The record of this request could not be written when the service accepted it: keep the task id. waitTask with it brings the result, and charges nothing.`;
    case 'noPermit':
      return `The state is the last known one. The queries that the service allows were used by other waits on this machine, or it asked for a pause; the next query is due in ${warning.seconds} s.`;
    case 'taskGone':
      return `The service does not show the newer task ${warning.taskId} any more: this call passed it over.`;
    case 'unknownSubmits':
      return `This is the newest request that has a task. The outcome of ${warning.count} other submits is not known, and one of them may be newer: run the command of the one that is meant.`;
  }
}
