import type { CommandMaker, Flags } from '../../model/command-line.ts';
import { BRIEF_WAIT_S } from '../../model/task.ts';
import type { Profile } from '../../providers/profile.ts';

/** What the sentences of an answer need to know of the call. */
export interface Caller {
  profile: Profile;
  /** A command line that runs as it stands, for the service of this call. */
  command: CommandMaker;
  /** The command that was given, as it resumes what it began; a command line. */
  same: string;
  /** How the same is asked for once more, with a new charge; words. */
  anew: string;
  /** Flags that the command resuming a task repeats. */
  resumeFlags: Flags;
  /** The call is to return the end of a task, not its state. */
  wantsEnd: boolean;
  /** The call was a submit: without a task id nothing was submitted. */
  isSubmit: boolean;
}

/** The command that resumes a task: it waits, and charges nothing. */
export function resumeCommand(
  { command }: Pick<Caller, 'command'>,
  taskId: string,
  flags: Flags = { wait: BRIEF_WAIT_S },
): string {
  return command('waitTask', { taskId, ...flags });
}
