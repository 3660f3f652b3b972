import path from 'node:path';
import { profileOf } from '../providers/registry.ts';
import type { Failure } from '../types/failure.ts';
import { BRIEF_WAIT_S } from '../types/task.ts';
import { PROGRAM } from '../types/text.ts';
import { type Arguments, DEFAULT_WAIT_S } from './arguments.ts';
import { rule } from './flags.ts';

/** The program as it can be called from the folder in which this process runs. */
export function program(): string {
  const script = process.argv[1] ?? 'scripts/run-workflow.mjs';
  const relative = path.relative(process.cwd(), script);
  const shown = relative.startsWith('..') || path.isAbsolute(relative) ? script : relative;
  return `node ${quoteArgument(shown)}`;
}

/** The same failure; commands in it that were written where nobody knows how the program was called run from here. */
export function fromHere(failure: Failure): Failure {
  const steps = failure.details.nextSteps;
  if (!steps?.some((step) => step.startsWith(PROGRAM))) return failure;
  return failure.with({
    nextSteps: steps.map((step) =>
      step.startsWith(PROGRAM) ? program() + step.slice(PROGRAM.length) : step,
    ),
  });
}

/** One argument, quoted for the shell of this system where it needs to be. */
export function quoteArgument(text: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(text) && (process.platform === 'win32' || !text.includes('\\'))) return text;
  if (process.platform === 'win32') return `"${text.replace(/"/g, '\\"')}"`;
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** A flag with its value, to be put into a command line. */
function withValue(flag: string, value: string | number): string {
  const text = String(value);
  // Apart from its flag, a value that looks like a flag would be taken for one.
  return `--${flag}${text.startsWith('--') ? '=' : ' '}${quoteArgument(text)}`;
}

/**
 * The flags of a call that the command going on with its task repeats, each with a space before it. A limited wait stays
 * limited: whoever set it has little time.
 */
export function resumeFlags({ action, wait, pollInterval, download }: Arguments): string {
  // Whoever did not wait, or could not say how long, has little time too.
  const seconds = !rule('wait').actions?.includes(action) || wait === 0 ? BRIEF_WAIT_S : wait;
  const flags = [
    seconds !== DEFAULT_WAIT_S && withValue('wait', seconds),
    pollInterval !== undefined && withValue('pollInterval', pollInterval),
    download !== undefined && withValue('download', download),
  ];
  return flags.map((flag) => (flag ? ` ${flag}` : '')).join('');
}

/** The flags that say where a task lives, each with a space before it. */
export function placeFlags({ profile, sandbox }: Pick<Arguments, 'profile' | 'sandbox'>): string {
  return `${profile === profileOf(undefined) ? '' : ` --provider ${profile.id}`}${sandbox ? ' --sandbox' : ''}`;
}

/** The flags that name a model, and its service where that is not the usual one. */
export function modelFlags({ provider, model }: { provider: string; model: string }): string[] {
  return [...(provider === profileOf(undefined)?.id ? [] : ['--provider', provider]), '--model', model];
}

// Longer payloads are not worth repeating in an answer; the command says where they go instead.
const LONGEST_SHOWN = 2_000;

/** A command line of this program with these arguments, to be run as it stands. */
export function commandWith(argv: readonly string[]): string {
  const shown = argv.map((arg) => {
    if (arg.length <= LONGEST_SHOWN) return arg;
    return arg.startsWith('--') ? `${arg.slice(0, arg.indexOf('=') + 1)}-` : '-';
  });
  return [program(), ...shown.map(quoteArgument)].join(' ');
}

/** The command that goes on with what these arguments began: it must not ask for a new wish once more. */
export function commandAgain(argv: readonly string[]): string {
  return commandWith(argv.filter((arg) => arg !== '--new'));
}

/** How the wish of these arguments is asked for once more, with a new charge; words. */
export function commandAnew({ idempotencyKey }: Pick<Arguments, 'idempotencyKey'>): string {
  return `the same command with ${idempotencyKey === undefined ? '--new' : 'another --idempotencyKey'}`;
}
