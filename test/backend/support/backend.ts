import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { environment } from './node.ts';

export interface RunningBackend {
  url: string;
  child: ChildProcess;
  /** The lines that it logged. */
  lines: string[];
  /** Sends a signal to the process and those that it started, and returns the exit code when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

interface StartOptions {
  /** The built program by default. */
  command?: string[];
  /** Takes what ends it; for one that serves several tests. */
  atEnd?(end: () => Promise<void>): void;
}

const DEMO = { authorization: 'Bearer demo-token' };

/**
 * Starts the installed copy and waits until it listens, on any free port. It is killed, and its data removed, when the
 * test ends.
 */
export async function startBackend(
  env: Record<string, string> = {},
  { command = ['node', 'dist/main.js'], atEnd = onTestFinished }: StartOptions = {},
): Promise<RunningBackend> {
  const data = mkdtempSync(path.join(tmpdir(), 'amw-data-'));
  const cwd = inject('backend');
  const [program, ...args] = command as [string, ...string[]];
  // A group of its own, so that npm's children end with it.
  const child = spawn(program, args, {
    cwd,
    env: environment(data, { DATA_DIR: data, PORT: '0', ...env }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal);
    return ended;
  };
  atEnd(async () => {
    await stop('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        lines.push(line);
        const address = /"address":"(http[^"]+)".*listening/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      }
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    void ended.then((code) => reject(new Error(`it ended with ${code}:\n${lines.join('\n')}`)));
  });
  return { url, child, lines, stop };
}

/** Calls the API as the demo user; returns the parsed answer. */
export async function api(
  { url }: Pick<RunningBackend, 'url'>,
  method: string,
  route: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const response = await fetch(new URL(route, url), {
    method,
    headers: { ...DEMO, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json().catch(() => null)) as never,
  };
}
