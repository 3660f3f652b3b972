import path from 'node:path';
import { quoteWord } from '../../model/shell-word.ts';
import { skillFolder } from '../../model/skill-folder.ts';

/** Flags with their values, in the order in which they are written. `true` is a switch; undefined and false are left out. */
export type Flags = { readonly [flag: string]: string | number | boolean | undefined };

const SCRIPT = 'run-workflow.mjs';

/** The folder that a rehearsal saves to: a stand-in must not take the place or the name of a result. */
export const SANDBOX_FOLDER = 'sandbox-out';

/**
 * Returns a command line of this program, ready to paste into the shell of this system. Every command that
 * an answer suggests is made here. It names the script by its absolute path: the next shell is rarely in the same folder.
 */
export function commandLine(words: readonly string[]): string {
  return ['node', script(), ...words].map((word) => quoteWord(word)).join(' ');
}

/** Returns whether a step of an answer is such a command line, not a sentence. */
export function isCommandLine(step: string): boolean {
  return step.startsWith(commandLine([]));
}

/** Returns flags as the words of a command line; undefined and false are left out. */
export function flagWords(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([flag, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${flag}`];
    const text = String(value);
    // After a space, a value that looks like a flag would be read as a flag.
    return text.startsWith('--') ? [`--${flag}=${text}`] : [`--${flag}`, text];
  });
}

/** The script as it was started, a link to it included: rights that an agent was given may be bound to that path. */
function script(): string {
  const started = process.argv[1] ?? '';
  return path.basename(started) === SCRIPT
    ? path.resolve(started)
    : path.join(skillFolder(), 'scripts', SCRIPT);
}
