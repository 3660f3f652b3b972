import type { ReasonOf } from '../../../model/failure.ts';
import { isTerminal } from '../../../model/task.ts';
import { EXIT } from '../../exit-codes.ts';
import { type Caller, resumeCommand, saveCommand } from '../caller.ts';
import type { Words } from './said.ts';

export const CANCEL_REJECTED = {
  // One that came too late is about the task's end, one that was rejected before it about a task that runs.
  notCancelled: (reason, caller) => ({
    exitCode: isTerminal(reason.state) ? EXIT.taskEnded : EXIT.stillRunning,
    nextSteps: stepsOf(reason, caller),
  }),
} satisfies Partial<Words>;

function stepsOf({ state, taskId, download }: ReasonOf<'notCancelled'>, caller: Caller): string[] {
  const { profile, command } = caller;
  const { cancel, running = '' } = profile.says;
  const wait = resumeCommand(caller, taskId);
  switch (state) {
    case 'COMPLETED':
      return [
        'The task is finished and paid for, and its result is yours. Do not use --new, which is a new charge. This fetches the result, and charges nothing:',
        saveCommand(caller, taskId, download ?? undefined),
        cancel,
      ];
    case 'SUBMITTED':
      return [cancel, command('cancelTask', { taskId }), wait];
    case 'PROGRESS':
      return [`${cancel} ${running}`.trim(), wait];
    default:
      return [cancel, isTerminal(state) ? command('getTask', { taskId }) : wait];
  }
}
