import { isTerminal } from '../../../model/task.ts';
import { resumeCommand, saveCommand } from '../caller.ts';
import type { Sentences } from '../sentences.ts';
import type { Words } from './said.ts';

export const CANCEL_REJECTED = {
  notCancelled: ({ state, taskId, download }, caller) => {
    const { profile, command } = caller;
    const { cancel, running = '' } = profile.says;
    const wait = resumeCommand(caller, taskId);
    const steps: Record<string, Sentences> = {
      COMPLETED: [
        'The task is finished and paid for, and its result is yours. Do not use --new, which is a new charge. This fetches the result, and charges nothing:',
        saveCommand(caller, taskId, download ?? undefined),
        cancel,
      ],
      SUBMITTED: [cancel, command('cancelTask', { taskId }), wait],
      PROGRESS: [`${cancel} ${running}`.trim(), wait],
    };
    return steps[state] ?? [cancel, isTerminal(state) ? command('getTask', { taskId }) : wait];
  },
} satisfies Partial<Words>;
