import path from 'node:path';
import { quoteWord } from '../../model/shell-word.ts';
import { BRIEF_WAIT_S } from '../../model/task.ts';
import { profileOf } from '../../providers/registry.ts';
import type { Arguments } from './arguments.ts';
import { type Action, DEFAULT_WAIT_S, type FlagName, rule } from './flags.ts';
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

/** Where a task lives. */
export type Place = Pick<Arguments, 'profile' | 'sandbox'>;

/** Returns the flags that say where a task is: the service, and whether it is the sandbox. */
export function placeFlags({ profile, sandbox }: Place): Flags {
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

/** What a line of a batch asks for, as the flags of a command of its own. */
export interface LineRequest {
  model: string;
  /** JSON, without the image. */
  payload: string;
  image: string | undefined;
}

// Longer payloads are not worth repeating in an answer; the command says where they go instead.
const LONGEST_SHOWN = 2_000;

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

/**
 * The command that makes one line of the batch once more, alone, with a new charge. @param quoted its own limit, where the
 * batch had one for the sum alone. @param file writes that line into a batch of its own, if its payload is too long for a
 * command
 */
export function commandForLine(
  argv: readonly string[],
  { model, payload, image }: LineRequest,
  output: string | null,
  quoted: number | null,
  file: () => string | null,
): string | null {
  const { batch, maxTotalCredits, download, ...given } = flagsIn(argv);
  const isCapped = given.maxCredits !== undefined || maxTotalCredits === undefined || quoted === null;
  const flags: Flags = isCapped ? given : { ...given, maxCredits: quoted };
  if (quoteWord(payload).length > LONGEST_SHOWN) {
    const own = file();
    const inFile = { model: undefined, payload: undefined, image: undefined, output: undefined };
    const folder = output === null ? undefined : path.dirname(output);
    return own && commandLine(flagWords({ batch: own, ...flags, ...inFile, download: folder, new: true }));
  }
  const request = { model, payload, image: image && portable('image', image) };
  return commandLine(flagWords({ ...flags, ...request, output: output ?? undefined, new: true }));
}

function flagsIn(argv: readonly string[]): Flags {
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
