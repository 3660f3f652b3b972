import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Run, type RunOptions, runAlone, tempFolder } from '../support/command.ts';

/** Runs a command line as a person or an agent would paste it: through a shell, with the environment of `run`. */
export function runShell(line: string, options: Pick<RunOptions, 'env' | 'cwd' | 'input'>): Promise<Run> {
  const { cwd = tmpdir(), input } = options;
  const env = {
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
    HOME: cwd,
    ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state'),
    ...options.env,
  };
  return runAlone('/bin/sh', ['-c', line], { env, cwd, input });
}
