import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Run, type RunOptions, run, runAlone, tempFolder } from '../support/command.ts';

// What every shell takes for the same word: nothing in it means anything to one.
const WORD = /(?:[\w@%+=:,./-]|'[\w@%+=:,./{}[\]"<> ()!?-]*')+/;
const PLAIN = new RegExp(`^${WORD.source}(?: ${WORD.source})*$`);

/** Runs a command line as a person or an agent would paste it: through a shell, with the environment of `run`. */
export function runShell(line: string, options: Pick<RunOptions, 'env' | 'cwd' | 'input'>): Promise<Run> {
  const [program, entry, ...args] = PLAIN.test(line)
    ? line.match(new RegExp(WORD, 'g'))!.map((word) => word.replaceAll("'", ''))
    : [];
  // A shell would only start Node, which costs more than the program.
  if (program === 'node' && entry) return run(args, { ...options, entry });
  const { cwd = tmpdir(), input } = options;
  const env = {
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
    HOME: cwd,
    ...options.env,
    ASYNC_MEDIA_STATE_DIR: options.env?.ASYNC_MEDIA_STATE_DIR ?? path.join(tempFolder(), 'state'),
  };
  return runAlone('/bin/sh', ['-c', line], { env, cwd, input });
}
