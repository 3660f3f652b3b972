import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';
import { ROOT } from '../support/command.ts';

/** Another process that works on a file. */
export interface Child {
  pid: number;
  /** The next line that it says. */
  line(): Promise<string>;
  /** Tells it to begin. */
  go(race?: Race): void;
  /** When it has ended by itself. */
  ended: Promise<unknown>;
  /** Ends it as a crash does, and waits until it has. */
  kill(): Promise<void>;
}

/** A lock to be tried by several processes at the same moment. */
export interface Race {
  file: string;
  /** On the wall clock. */
  at: number;
}

export type Task =
  | 'write'
  | 'replace'
  | 'replace at the end'
  | 'lock'
  | 'lock when told'
  | 'lock without links when told';

// Compiled once: it starts in a quarter of the time that it takes as TypeScript.
const { outputFiles } = buildSync({
  entryPoints: [path.join(ROOT, 'test', 'disk', 'child-program.ts')],
  ...{ write: false, bundle: true, platform: 'node', format: 'esm' },
});
const PROGRAM = ['--input-type=module', '--eval', outputFiles[0]!.text];

/** Starts a process that does one thing (see child-program.ts) with a file, and waits until it is ready for it. */
export async function startChild(what: Task, file = ''): Promise<Child> {
  const child: ChildProcess = spawn(process.execPath, [...PROGRAM, what, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the process has ended');
    return value;
  };
  if ((await line()) !== 'ready') throw new Error('the process did not begin');
  const go = (race?: Race) => child.stdin!.write(`${JSON.stringify(race ?? 'go')}\n`);
  return { pid: child.pid!, line, go, ended, kill };
}
