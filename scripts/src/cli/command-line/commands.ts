import path from 'node:path';
import { quoteWord } from '../../model/shell-word.ts';
import { profileOf } from '../../providers/registry.ts';
import type { Arguments } from './arguments.ts';
import { type Action, BRIEF_WAIT_S, DEFAULT_WAIT_S, type FlagName, rule } from './flags.ts';
import { readFlags } from './read-flags.ts';
import { commandLine, type Flags, flagWords, SANDBOX_FOLDER } from './words.ts';

/** What the command that resumes a task repeats. A limited wait stays limited: the caller has little time. */
export function resumeFlags({ action, wait, pollInterval, download, output, batch }: Arguments): Flags {
  // A call that did not wait, or could not say how long, has little time too.
  const seconds = !rule('wait').actions?.includes(action) || wait === 0 ? BRIEF_WAIT_S : wait;
  return {
    wait: seconds === DEFAULT_WAIT_S ? undefined : seconds,
    pollInterval,
    // The record of a line has its folder and its name.
    download: download === undefined || batch !== undefined ? undefined : path.resolve(download),
    output: output === undefined || batch !== undefined ? undefined : path.resolve(output),
  };
}

/** Returns the flags that say where a task is: the service, and whether it is the sandbox. */
export function serviceFlags({ profile, sandbox }: Pick<Arguments, 'profile' | 'sandbox'>): Flags {
  return { provider: providerFlag(profile.id), sandbox };
}

/** Undefined for the service that is meant without a flag. */
export function providerFlag(provider: string | undefined): string | undefined {
  return provider === profileOf(undefined)?.id ? undefined : provider;
}

/** Returns the command line of an action that needs no key, for one service. */
export function commandFor(provider: string | undefined, action: Action, flags: Flags = {}): string {
  return commandLine(flagWords({ action, provider: providerFlag(provider), ...flags }));
}

// Longer payloads are not worth repeating in an answer; the command says where they go instead.
export const LONGEST_SHOWN = 2_000;

/** Returns the command line of these arguments, which runs from any folder, with more flags. */
export function commandFrom(argv: readonly string[], more: Flags = {}): string {
  return commandLine(flagWords({ ...flagsIn(argv), ...more }));
}

/** Returns the same command in the sandbox. It saves to a folder of its own. */
export function commandToRehearse(argv: readonly string[], { download, output }: Arguments): string {
  const isSaved = download !== undefined || output !== undefined;
  const place = { output: undefined, download: isSaved ? SANDBOX_FOLDER : undefined };
  return commandFrom(argv, { new: false, ...place, sandbox: true });
}

/** Returns the flags of a command line, with paths that hold in any folder; a payload that is too long is read from standard input. */
export function flagsIn(argv: readonly string[]): Flags {
  return Object.fromEntries(
    [...readFlags(argv, [])].map(([name, value]) => [
      name,
      rule(name).form === undefined ? true : portable(name, value),
    ]),
  );
}

const PATHS: readonly FlagName[] = ['batch', 'download', 'output', 'image'];

function portable(name: FlagName, value: string): string {
  if (name === 'payload') return quoteWord(value).length > LONGEST_SHOWN ? '-' : value;
  const isStdin = name === 'batch' && value === '-';
  return PATHS.includes(name) && !isStdin ? path.resolve(value) : value;
}
