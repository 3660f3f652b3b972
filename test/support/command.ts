import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { Envelope } from '../../scripts/src/cli/render/envelope.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { type Run, runAgain } from './programs.ts';

export type { Run } from './programs.ts';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The built entry: what an agent runs. */
export const ENTRY = path.join(ROOT, 'scripts', 'run-workflow.mjs');

/** An API key that must appear in one request header and nowhere else. */
export const CANARY = 'ak_canary_7d1f0c55e2b94a';

type Kill = (signal: NodeJS.Signals) => void;

export interface RunOptions {
  env?: Record<string, string | undefined>;
  input?: string | Buffer;
  cwd?: string;
  entry?: string;
  node?: string;
  /** Takes what sends it a signal. */
  onStart?(kill: Kill): void;
  /** Called with each new piece of standard error. */
  onStderr?(text: string, kill: Kill): void;
}

type AloneOptions = {
  [Name in 'env' | 'cwd' | 'input' | 'onStart' | 'onStderr']?: RunOptions[Name] | undefined;
} & {
  /** Milliseconds after which it is killed. */
  killAfter?: number | undefined;
};

/** A folder that is gone when the test ends, or when those of a file have ended. */
export function tempFolder(ends: (remove: () => void) => void = onTestFinished, name = 'amw-'): string {
  const folder = mkdtempSync(path.join(tmpdir(), name));
  ends(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Runs the built entry as an agent would: a process with a clean environment, its streams piped. One that need not be
 * killed, and takes no flag of Node, shares its process with others (see program.mjs).
 */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { node, entry = ENTRY, cwd = tmpdir(), input = '', onStart, onStderr } = options;
  const own = { PATH: process.env.PATH, HOME: cwd };
  const isPlaced = options.env && 'ASYNC_MEDIA_STATE_DIR' in options.env;
  const state = isPlaced ? {} : { ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state') };
  const all = { ...own, ...state, ...options.env };
  const env = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const isPlain =
    !node && !onStart && !onStderr && !Object.keys(env).some((name) => name.startsWith('NODE_'));
  const again = isPlain ? runAgain({ entry, args, env: env as Record<string, string>, cwd, input }) : null;
  return (
    again ?? runAlone(node ?? process.execPath, [entry, ...args], { env, cwd, input, onStart, onStderr })
  );
}

/** Runs a program in a process of its own. */
export function runAlone(
  program: string,
  args: readonly string[],
  { env, cwd, input = '', onStart, onStderr, killAfter }: AloneOptions,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: 'pipe' });
    const kill: Kill = (name) => void child.kill(name);
    const timer = killAfter === undefined ? undefined : setTimeout(() => kill('SIGKILL'), killAfter);
    onStart?.(kill);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(stderr, kill);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** The one document of a run: exactly the seven keys, ended by a newline, nothing beside it, and no key in it. */
export function envelopeOf({ stdout, stderr }: Run): Omit<Envelope, 'data'> & { data: JsonObject } {
  expect(stdout.endsWith('\n')).toBe(true);
  expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(64 * 1024);
  const envelope = JSON.parse(stdout) as Envelope;
  expect(Object.keys(envelope)).toEqual([
    'ok',
    'status',
    'taskId',
    'data',
    'errorCode',
    'errorMessage',
    'retryAfter',
  ]);
  expect(envelope.ok).toBe(envelope.errorCode === null);
  expect(stdout).not.toContain(CANARY);
  expect(stderr).not.toContain(CANARY);
  return { ...envelope, data: envelope.data ?? {} };
}

/** The environment of a live call against a test server, with the canary as key. No test waits for its time limit. */
export function live(
  origin: string,
  more: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  return { AIVIDEO_BASE_URL: origin, AIVIDEO_API_KEY: CANARY, AIVIDEO_TIMEOUT_MS: '10000', ...more };
}

/** A payload that the model t2v takes. */
export const T2V = { prompt: 'a lighthouse at dawn', aspectRatio: '16:9', duration: '5' };

/** The arguments of the full workflow with that payload and a short poll interval. */
export const T2V_ARGS = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--pollInterval', '0.02'];
