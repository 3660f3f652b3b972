import type { Failure, Reason } from '../../../model/failure.ts';
import { compact, type JsonObject, unlessEmpty } from '../../../model/json.ts';
import type { SubmitFacts } from '../../../model/submit-facts.ts';
import { AdvisedFailure } from '../../advised-failure.ts';
import { type Caller, resumeCommand } from '../caller.ts';
import { definedFields } from '../envelope.ts';
import { sentences } from '../sentences.ts';
import { warningText } from '../warnings.ts';
import { AUTH_FAILED } from './auth-failed.ts';
import { BAD_INPUT } from './bad-input.ts';
import { CANCEL_REJECTED } from './cancel-rejected.ts';
import { CREDITS } from './credits.ts';
import { DOWNLOAD_FAILED } from './download-failed.ts';
import type { ByReason, Said, Words } from './said.ts';
import { SUBMIT_OUTCOME_UNKNOWN } from './submit-outcome-unknown.ts';
import { TASK_NOT_FOUND } from './task-not-found.ts';
import { TEMPORARY } from './temporary.ts';

const WORDS: Words = {
  ...BAD_INPUT,
  ...AUTH_FAILED,
  ...CREDITS,
  ...TASK_NOT_FOUND,
  ...TEMPORARY,
  ...SUBMIT_OUTCOME_UNKNOWN,
  ...DOWNLOAD_FAILED,
  ...CANCEL_REJECTED,
};

/** Returns the failure with the sentences and commands that follow from its facts; one that has its advice, as it is. */
export function explained(failure: Failure, caller: Caller): AdvisedFailure {
  if (failure instanceof AdvisedFailure) return failure;
  const { message = failure.message, nextSteps, data, ...advice } = said(failure, caller);
  // The message and the steps now carry these facts.
  const { reason, charged, submit, ...details } = failure.details;
  const facts = data ? { ...details.data, ...data } : details.data;
  return new AdvisedFailure(failure.code, message, {
    ...details,
    ...compact(advice),
    data: submit ? submitData(submit, facts) : facts,
    nextSteps: unlessEmpty(sentences(...nextSteps, chargedSteps(failure, caller))),
  });
}

/** Returns the facts about a failure with those about the submit of its task. */
function submitData({ credits, isResubmitted, warnings }: SubmitFacts, data?: JsonObject): JsonObject {
  return definedFields({
    resubmitted: isResubmitted || undefined,
    ...data,
    warnings: unlessEmpty(warnings.map(warningText)),
    credits: credits && { ...credits },
  });
}

/** Returns the failure with the steps that follow from its facts, else from its code. */
export function withFallbackSteps(failure: Failure, caller: Caller, taskId: string | null): AdvisedFailure {
  const known = explained(failure, caller);
  if (known.details.nextSteps?.length) return known;
  return known.with({ nextSteps: sentences(...(WORDS[failure.code]?.(failure, caller, taskId) ?? [])) });
}

function said({ details: { reason } }: Failure, caller: Caller): Said {
  if (reason === undefined) return { nextSteps: [] };
  // The table has a function for each kind, which takes the reasons of that kind.
  const explain = WORDS[reason.kind] as ByReason<Reason>;
  const words = explain(reason, caller, (other) => said(other, caller).message ?? other.message);
  return 'nextSteps' in words ? words : { nextSteps: words };
}

/** The reasons for which a finished result is not saved, however often the command is run. */
export const LASTING: ReadonlySet<string> = new Set(['resultGone', 'noAddress', 'fileTooLarge']);

const FETCHES = 'Run this command as often as you like: it fetches the result and charges nothing.';

/** Returns the steps for a task that was submitted: the answer must not read as if nothing had been charged. */
function chargedSteps({ details: { charged, taskId, reason } }: Failure, caller: Caller): string[] {
  if (charged === undefined || taskId === undefined || LASTING.has(reason?.kind ?? '')) return [];
  // Into the same place the command would fail each time.
  const place =
    reason?.kind === 'fileInTheWay'
      ? { download: undefined, output: reason.free }
      : reason?.kind === 'resultFolder'
        ? { download: 'out', output: undefined }
        : {};
  const resume = resumeCommand(caller, taskId, { ...caller.resumeFlags, ...place });
  if (charged === 'running')
    return [
      'The task was submitted and charged, and runs on at the service. This resumes it as often as you like, and charges nothing:',
      resume,
    ];
  // What the service may have no more is perhaps never fetched. The words hold each time that the command is run.
  const fetches =
    reason?.kind === 'linkGone' || reason?.kind === 'taskNotShown'
      ? `Run this command once more later: it charges nothing, and fetches the result if the service still has it. If it still ends like this after ${reason.lostAt ?? 'that time'}, tell the user that the result is lost.`
      : FETCHES;
  return [resume, `The task is finished and paid for. ${fetches}`];
}
