import { BRIEF_WAIT_S } from '../../model/task.ts';
import type { Profile } from '../../providers/profile.ts';
import type { Arguments } from '../arguments.ts';
import { commandAgain, commandAnew, placeFlags, resumeFlags } from '../command-line.ts';
import { isSubmit } from '../flags.ts';
import { actionWords, type CommandMaker, commandLine, type Flags } from '../words.ts';

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

/** The call of these arguments, which have been checked. */
export function callerOf(args: Arguments, argv: readonly string[]): Caller {
  const { action, profile, download } = args;
  return {
    profile,
    command: (name, flags) => commandLine(actionWords(name, { ...flags, ...placeFlags(args) })),
    same: commandAgain(argv),
    anew: commandAnew(args),
    resumeFlags: resumeFlags(args),
    // Whoever asked for a state, or for a submit alone, has got that from a task that still runs.
    wantsEnd:
      action === 'generate' || action === 'waitTask' || (action === 'getTask' && download !== undefined),
    isSubmit: isSubmit(action),
  };
}

/** The command that resumes a task: it waits, and charges nothing. */
export function resumeCommand(
  { command }: Pick<Caller, 'command'>,
  taskId: string,
  flags: Flags = { wait: BRIEF_WAIT_S },
): string {
  return command('waitTask', { taskId, ...flags });
}
