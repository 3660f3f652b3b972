import path from 'node:path';

/** The program as it can be called from the folder in which this process runs. */
export function program(): string {
  const script = process.argv[1] ?? 'scripts/run-workflow.mjs';
  const relative = path.relative(process.cwd(), script);
  const shown = relative.startsWith('..') || path.isAbsolute(relative) ? script : relative;
  return `node ${quoteArgument(shown)}`;
}

/** One argument, quoted for the shell of this system where it needs to be. */
export function quoteArgument(text: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(text) && (process.platform === 'win32' || !text.includes('\\'))) return text;
  if (process.platform === 'win32') return `"${text.replace(/"/g, '\\"')}"`;
  return `'${text.replace(/'/g, "'\\''")}'`;
}

// Longer payloads are not worth repeating in an answer; the command says where they go instead.
const LONGEST_SHOWN = 2_000;

/** A command line of this program with these arguments, to be run as it stands. */
export function commandWith(argv: readonly string[]): string {
  const shown = argv.map((arg) => (arg.length > LONGEST_SHOWN ? '-' : arg));
  return [program(), ...shown.map(quoteArgument)].join(' ');
}
