import { BRIEF_WAIT_S, isTerminal } from '../../../model/task.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Words } from './said.ts';

export const CANCEL_REJECTED = {
  // One that came too late is about the task's end, one that was rejected before it about a task that runs.
  notCancelled: ({ state, taskId }, { profile, command }) => ({
    exitCode: isTerminal(state) ? EXIT.taskEnded : EXIT.stillRunning,
    nextSteps: [
      profile.says.cancel,
      ...(state === 'SUBMITTED' ? [command('cancelTask', { taskId })] : []),
      isTerminal(state)
        ? command('getTask', { taskId })
        : command('waitTask', { taskId, wait: BRIEF_WAIT_S }),
    ],
  }),
} satisfies Partial<Words>;
