import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { Envelope } from '../../scripts/src/cli/render/envelope.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The built entry: what an agent runs. */
export const ENTRY = path.join(ROOT, 'scripts', 'run-workflow.mjs');

/** An API key that must appear in one request header and nowhere else. */
export const CANARY = 'ak_canary_7d1f0c55e2b94a';

export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  input?: string | Buffer;
  cwd?: string;
  entry?: string;
  node?: string;
  /** Called with each new piece of standard error. */
  onStderr?(text: string, kill: (signal: NodeJS.Signals) => void): void;
}

/** A folder that is gone when the test ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'amw-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the built entry as an agent would: a process of its own, its streams piped, a clean environment. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: options.cwd ?? tmpdir(),
    ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state'),
    ...options.env,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(options.node ?? process.execPath, [options.entry ?? ENTRY, ...args], {
      env,
      cwd: options.cwd ?? tmpdir(),
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
      options.onStderr?.(stderr, (signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
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

/** The environment of a live call against a test server: fast, and with the canary as key. */
export function live(
  origin: string,
  more: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  return { AIVIDEO_BASE_URL: origin, AIVIDEO_API_KEY: CANARY, AIVIDEO_TIMEOUT_MS: '2000', ...more };
}

/** A payload that the model t2v takes. */
export const T2V = { prompt: 'a lighthouse at dawn', aspectRatio: '16:9', duration: '5' };

/** The arguments of the full workflow with that payload and a short poll interval. */
export const T2V_ARGS = ['--model', 't2v', '--payload', JSON.stringify(T2V), '--pollInterval', '0.02'];
