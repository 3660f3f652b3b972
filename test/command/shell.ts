import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Run, RunOptions } from '../support/command.ts';
import { tempFolder } from '../support/command.ts';

/** Runs a command line as a person or an agent would paste it: through a shell, with the environment of `run`. */
export function runShell(line: string, options: Pick<RunOptions, 'env' | 'cwd' | 'input'>): Promise<Run> {
  const env: NodeJS.ProcessEnv = {
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
    HOME: options.cwd ?? tmpdir(),
    ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state'),
    ...options.env,
  };
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', line], { env, cwd: options.cwd ?? tmpdir(), stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}
