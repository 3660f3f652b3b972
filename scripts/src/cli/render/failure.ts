import type { Failure } from '../../model/failure.ts';
import { unlessEmpty } from '../../model/json.ts';
import { AdvisedFailure, adviceOf } from '../advised-failure.ts';
import { type Caller, resumeCommand } from './caller.ts';
import { said } from './next-steps/registry.ts';

/** Returns the failure with the sentences and commands that follow from its facts. */
export function explained(failure: Failure, caller: Caller): AdvisedFailure {
  const { message, issues, nextSteps } = said(failure, caller);
  // The message and the steps now carry these facts.
  const { reason, charged, nextSteps: own = [], ...details } = adviceOf(failure);
  const steps = [...own, ...nextSteps, ...chargedSteps(failure, caller)];
  return new AdvisedFailure(failure.code, message ?? failure.message, {
    ...details,
    issues: issues ?? details.issues,
    nextSteps: unlessEmpty(steps),
  });
}

/** The reasons for which a finished result is not saved, however often the command is run. */
export const LASTING: ReadonlySet<string> = new Set(['resultGone', 'noAddress', 'fileTooLarge']);

/** Returns the steps for a task that was submitted: the answer must not read as if nothing had been charged. */
function chargedSteps({ details: { charged, taskId, reason } }: Failure, caller: Caller): string[] {
  if (charged === undefined || taskId === undefined || LASTING.has(reason?.kind ?? '')) return [];
  // Into the same place the command would fail each time.
  const place =
    reason?.kind === 'fileInTheWay'
      ? { download: undefined, output: reason.free }
      : reason?.kind === 'downloadFolder'
        ? { download: 'out', output: undefined }
        : {};
  const resume = resumeCommand(caller, taskId, { ...caller.resumeFlags, ...place });
  return charged === 'finished'
    ? [
        resume,
        'The task is finished and paid for. Run this command as often as you like: it fetches the result and charges nothing.',
      ]
    : [
        'The task was submitted and charged, and runs on at the service. This resumes it as often as you like, and charges nothing:',
        resume,
      ];
}
