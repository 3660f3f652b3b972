import { BRIEF_WAIT_S } from '../../model/task.ts';
import type { Profile } from '../../providers/provider.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { commandFrom, commandToRehearse, placeFlags, resumeFlags } from '../command-line/commands.ts';
import { isSubmit } from '../command-line/flags.ts';
import { type CommandMaker, commandLine, type Flags, flagWords } from '../command-line/words.ts';

/** The facts about a call that the sentences of its answer use. */
export interface Caller {
  profile: Profile;
  /** The fingerprint of the key in use; absent before the service is called. */
  account?: string;
  /** A command line that runs as it stands, for the service of this call. */
  command: CommandMaker;
  /** The same for another service. */
  commandAt(profile: Profile): CommandMaker;
  /** The command that was given, as it resumes what it began; a command line. */
  same: string;
  /** How the same is asked for once more, with a new charge; words. */
  anew: string;
  /** The same, as a command line. Only the user may decide to run it, so it never stands alone in a step. */
  another(): string;
  /** The answer is about one line of a batch, which says once for all its lines when to run it again. */
  isLine: boolean;
  /** How a task that ended without a result is tried again, with a new charge; words. */
  retry: string;
  /** The command that was given, with another name for its file; a command line. */
  savedAs(file: string): string;
  /** The same in the sandbox, at no cost; a command line. */
  rehearsal(): string;
  /** Flags that the command resuming a task repeats. */
  resumeFlags: Flags;
  /** The call is to return the end of a task, not its state. */
  wantsEnd: boolean;
  /** The call is about the user's own tasks or account, which the sandbox has not. */
  wantsOwn: boolean;
  /** All that the service said is wanted. */
  isFull: boolean;
  /** The call was a submit: without a task id nothing was submitted. */
  isSubmit: boolean;
  /** The call keeps a record: the same command finds its request again. */
  isRecorded: boolean;
}

/** Returns how the caller can be answered: with its own command, and with others that fit it. */
export function callerOf(args: Arguments, argv: readonly string[]): Caller {
  const { action, profile, sandbox, download, output, idempotencyKey, noJournal } = args;
  const commandAt =
    (at: Profile): CommandMaker =>
    (name, flags) =>
      commandLine(flagWords({ action: name, ...flags, ...placeFlags({ profile: at, sandbox }) }));
  const isNamed = idempotencyKey !== undefined;
  // Without a record, each run is a new request.
  const other = isNamed ? ' with another --idempotencyKey' : noJournal ? '' : ' with --new';
  return {
    profile,
    command: commandAt(profile),
    commandAt,
    same: commandFrom(argv, { new: false }),
    isLine: false,
    anew: `the same command${other}.`,
    another: () => {
      if (!isNamed) return commandFrom(argv, { new: true });
      // Loaded only here: it costs a tenth of the time that Node takes to start.
      const { randomUUID } = process.getBuiltinModule('node:crypto');
      return commandFrom(argv, { idempotencyKey: randomUUID() });
    },
    retry: isSubmit(action)
      ? `run the same command${other}.`
      : 'add --new to the command that submitted it (another --idempotencyKey, if it had one).',
    savedAs: (file) => commandFrom(argv, { output: file }),
    rehearsal: () => commandToRehearse(argv, args),
    resumeFlags: resumeFlags(args),
    // A status query or a submit alone has its full answer while the task still runs.
    wantsEnd:
      action === 'generate' ||
      action === 'waitTask' ||
      (action === 'getTask' && (download ?? output) !== undefined),
    wantsOwn: !isSubmit(action) && action !== 'quote',
    isFull: args.full,
    isSubmit: isSubmit(action),
    isRecorded: !noJournal,
  };
}

/** Returns the command that resumes a task: it waits, and charges nothing. */
export function resumeCommand(caller: Caller, taskId: string, flags: Flags = { wait: briefWait(caller) }) {
  return caller.command('waitTask', { taskId, ...flags });
}

/** Returns the seconds that a suggested command waits: no more than this call or the request was given. */
export function briefWait({ resumeFlags: { wait } }: Caller, requested: number | null = null): number {
  return Math.min(Number(wait ?? BRIEF_WAIT_S), requested || BRIEF_WAIT_S, BRIEF_WAIT_S);
}

/** Returns the command that fetches the result of a task that is COMPLETED, and saves it; it charges nothing. */
export function saveCommand({ command }: Caller, taskId: string, folder = 'out'): string {
  return command('getTask', { taskId, download: folder });
}

/** Returns the step that drops the record of a task which the service does not show any more, with its price. */
export function dropStep({ command }: Caller, taskId: string): string {
  return `Only if the user gives up the result of task ${taskId}, drop its record; the command that made it then submits again, with a new charge: ${command('forget', { taskId })}`;
}

/** Returns the command that shows what was made lately, where the service lists its tasks. */
export function earlierStep({ profile, command }: Caller): string[] {
  return profile.can.list ? [command('listTasks', { since: '7d' })] : [];
}

/** How a line of a batch is made once more, alone, with a new charge. @param isFirst no line above it is equal */
export function lineAlone(command: string | null, isFirst: boolean): string {
  const equal =
    'this line equals an earlier one, for which its own command counts; take this line out of the batch then: ';
  return `${isFirst ? '' : equal}${command ?? ALONE}`;
}

const ALONE = 'the command of this line alone (its model and payload), with --new.';

/** Returns the facts for one line of a batch, which is made again alone: `--new` on the batch would make every line again. */
export function callerOfLine(caller: Caller, words = ALONE): Caller {
  return {
    ...caller,
    isLine: true,
    anew: words,
    another: () => words,
    retry: `run this line alone, with --new (on the batch, --new is a charge for every line): ${words}`,
  };
}
