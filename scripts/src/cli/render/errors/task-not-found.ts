import { profileOf } from '../../../providers/registry.ts';
import { BRIEF_WAIT_S } from '../../command-line/flags.ts';
import { dropStep } from '../caller.ts';
import type { Words } from './said.ts';

export const TASK_NOT_FOUND = {
  TASK_NOT_FOUND: (_, { profile, command }) => [
    `${profile.says.missing} Check ${profile.keyVariable}, ${profile.urlVariable} and the id. A sandbox task is seen with --sandbox only.`,
    profile.can.list && command('listTasks'),
  ],
  madeElsewhere: ({ taskId, created, by, here }, { profile, command, same }) => {
    const { title, keyVariable, urlVariable } = profile;
    const made = `Task ${taskId} was made on ${created} at ${by.service}`;
    const maker = profileOf(by.provider);
    if (maker && maker.id !== profile.id) {
      const ask = command('waitTask', { taskId, wait: BRIEF_WAIT_S }, maker);
      return {
        message: `${made}; ${title} does not know it.`,
        nextSteps: [`Ask ${maker.title}, which made it:`, ask],
      };
    }
    const set = (variable: string, what: string): string[] => [
      `Set ${variable} to the ${what} that made the task, and run the same command again:`,
      same,
    ];
    return by.account === here.account
      ? { message: `${made}, which is not ${here.service}.`, nextSteps: set(urlVariable, 'address') }
      : {
          message: `${made} with another key (fingerprint ${by.account}); the one in ${keyVariable} (fingerprint ${here.account}) cannot see it.`,
          nextSteps: set(keyVariable, 'key'),
        };
  },
  noRecord: (_, { command }) => [command('listPending')],
  recordedTaskYoung: ({ taskId }, { same }) => [
    `This request was submitted only just now, as task ${taskId}; the service may not show it yet. The same command resumes it, and charges nothing:`,
    same,
  ],
  recordedTaskGone: ({ taskId, created }, caller) => [
    `This request was submitted on ${created} as task ${taskId}, which the service does not show any more; its result is kept for a limited time only.`,
    `Nothing was submitted now. If the user wants it made once more, with a new charge: ${caller.anew}`,
    dropStep(caller, taskId),
  ],
  pendingTaskGone: ({ taskId }, caller) => [
    'The service does not show this task any more. Without its record the same command waits for the others.',
    dropStep(caller, taskId),
  ],
} satisfies Partial<Words>;
