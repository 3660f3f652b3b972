import type { Situation } from '../progress.ts';
import type { Caller } from './caller.ts';
import { decision } from './next-steps/decision.ts';

/** Returns the command that resumes the task of a call that ended in between. */
export function resumeStep(
  { command, same, resumeFlags }: Caller,
  { taskId, isAboutMany }: Situation,
): string {
  if (isAboutMany) return same;
  return taskId === null ? command('listTasks') : command('waitTask', { taskId, ...resumeFlags });
}

/** Returns the steps that find out whether a submit was accepted. */
export function findOutSteps(caller: Caller, isRecorded: boolean): string[] {
  const { profile, same, command } = caller;
  if (!profile.can.list) {
    return [
      'Do not submit this again before you know: it may be charged twice.',
      profile.says.tasks,
      ...(isRecorded ? decision(caller) : []),
    ];
  }
  return [
    ...(isRecorded
      ? [
          'Run this command, without --new: it reconciles, and never submits while that may charge twice.',
          same,
        ]
      : ['Without a journal the same command submits again, and may be charged twice: find its task first.']),
    command('listTasks'),
  ];
}
