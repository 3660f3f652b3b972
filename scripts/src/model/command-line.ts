import path from 'node:path';
import type { Action } from './action.ts';
import { skillFolder } from './skill-folder.ts';

/**
 * Flags with their values, in the order in which they are written. `true` is a switch; undefined and false are left out.
 */
export type Flags = { readonly [flag: string]: string | number | boolean | undefined };

/** Makes the command line of an action, with what says where the task lives behind the flags. */
export type CommandMaker = (action: Action, flags?: Flags) => string;

const SCRIPT = 'run-workflow.mjs';

/**
 * A command line of this program, as a person or an agent may paste it into the shell of this system. Every command that
 * an answer suggests is made here. It names the script by its absolute path: the next shell is rarely in the same folder.
 */
export function commandLine(words: readonly string[]): string {
  return ['node', script(), ...words].map((word) => quoteWord(word)).join(' ');
}

/** The words of an action with its flags. */
export function actionWords(action: Action, flags: Flags = {}): string[] {
  return flagWords({ action, ...flags });
}

/** The words of flags, each value in a word of its own. */
export function flagWords(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([flag, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${flag}`];
    const text = String(value);
    // After a space, a value that looks like a flag would be read as a flag.
    return text.startsWith('--') ? [`--${flag}=${text}`] : [`--${flag}`, text];
  });
}

/** One word of a command line, quoted where the shell of this system would read anything into it. */
export function quoteWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return quoteForWindows(text);
  // A word that begins with "=" means a path to zsh.
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text)) return text;
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/**
 * Double quotes mean the same to cmd.exe and to PowerShell if no character in them is special. For other texts there is
 * no form
 * that both take: it is written for PowerShell, which most agents use there.
 */
function quoteForWindows(text: string): string {
  if (/^[\w+=:,./\\-]+$/.test(text)) return text;
  // Backslashes in front of a quotation mark are halved by the program that is started.
  const doubled = text.replace(/(\\+)$/, '$1$1');
  if (!/["$`%!\u201c-\u201e\r\n]/.test(text)) return `"${doubled}"`;
  const inner = doubled.replace(/(\\*)"/g, '$1$1\\"').replace(/['\u2018-\u201b]/g, '$&$&');
  return `'${inner}'`;
}

/** The script as it was started, a link to it included: rights that an agent was given may be bound to that path. */
function script(): string {
  const started = process.argv[1] ?? '';
  return path.basename(started) === SCRIPT
    ? path.resolve(started)
    : path.join(skillFolder(), 'scripts', SCRIPT);
}
