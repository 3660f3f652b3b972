import type { Arguments } from '../command-line/arguments.ts';
import { commandFrom, commandToRehearse, resumeFlags, serviceFlags } from '../command-line/commands.ts';
import { type Action, BRIEF_WAIT_S, isSubmit } from '../command-line/flags.ts';
import { commandLine, type Flags, flagWords } from '../command-line/words.ts';

/** The facts about a call that the sentences of its answer use. Every command is a command line that runs as it stands. */
export type Caller = ReturnType<typeof callerOf>;

/** Returns how the caller can be answered: with its own command, and with others that fit it. */
export function callerOf(args: Arguments, argv: readonly string[]) {
  const { action, profile, sandbox, download, output, idempotencyKey, noJournal } = args;
  const isNamed = idempotencyKey !== undefined;
  // Without a record, each run is a new request.
  const other = isNamed ? ' with another --idempotencyKey' : noJournal ? '' : ' with --new';
  return {
    profile,
    /** The fingerprint of the key in use; undefined before the service is called. */
    account: undefined as string | undefined,
    /** A command. @param at its service */
    command: (name: Action, flags: Flags = {}, at = profile): string =>
      commandLine(flagWords({ action: name, ...flags, ...serviceFlags({ profile: at, sandbox }) })),
    /** The command that was given, with these flags in place of its own. */
    again: (flags: Flags): string => commandFrom(argv, flags),
    /** The command that was given, as it resumes what it began. */
    same: commandFrom(argv, { new: false }),
    /** How the same is asked for once more, with a new charge; words. */
    anew: `the same command${other}.`,
    /** The same, as a command. Only the user may decide to run it, so it never stands alone in a step. */
    another(): string {
      if (!isNamed) return commandFrom(argv, { new: true });
      // Loaded only here: it costs a tenth of the time that Node takes to start.
      const { randomUUID } = process.getBuiltinModule('node:crypto');
      return commandFrom(argv, { idempotencyKey: randomUUID() });
    },
    /** How a task that ended without a result is tried again, with a new charge; words. */
    retry: isSubmit(action)
      ? `run the same command${other}.`
      : 'add --new to the command that submitted it (another --idempotencyKey, if it had one).',
    /** The same command in the sandbox, at no cost; null for the user's own tasks and account, which the sandbox has not. */
    rehearsal: () => (isSubmit(action) || action === 'quote' ? commandToRehearse(argv, args) : null),
    /** How another model is written in place of the one that was given: as a flag, or as a field of a line. */
    writeModel: (id: string): string => `write --model ${id}`,
    /** Flags that the command resuming a task repeats. */
    resumeFlags: resumeFlags(args),
    /** The call is to return the end of a task. A status query or a submit alone has its full answer while that runs. */
    wantsEnd:
      action === 'generate' ||
      action === 'waitTask' ||
      (action === 'getTask' && (download ?? output) !== undefined),
    /** All that the service said is wanted. */
    isFull: args.full,
    /** Without a task id nothing was submitted. */
    isSubmit: isSubmit(action),
    /** The call keeps a record: the same command finds its request again. */
    isRecorded: !noJournal,
    /** The answer is about one line of a batch, which says once for all its lines when to run it again. */
    isLine: false,
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
export function earlierStep({ profile, command }: Caller): string | false {
  return profile.can.list && command('listTasks', { since: '7d' });
}

const ALONE = 'the command of this line alone (its model and payload), with --new.';

/** How a line of a batch is made once more, alone, with a new charge. @param isFirst no line above it is equal */
export function lineAlone(command: string | null, isFirst: boolean): string {
  const equal =
    'this line equals an earlier one, for which its own command counts; take this line out of the batch then: ';
  return `${isFirst ? '' : equal}${command ?? ALONE}`;
}

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
