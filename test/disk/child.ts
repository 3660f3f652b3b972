import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { ROOT } from '../support/command.ts';

/** Another process that works on a file. */
export interface Child {
  pid: number;
  /** The next line that it says. */
  line(): Promise<string>;
  /** Lets it begin. */
  go(): void;
  /** Ends it as a crash does, and waits until it has. */
  kill(): Promise<void>;
}

const PROGRAM = path.join(ROOT, 'test', 'disk', 'child-program.ts');

/** Starts a process that does one thing (see child-program.ts) with a file, and waits until it is ready for it. */
export async function startChild(what: 'write' | 'lock' | 'lock when told', file: string): Promise<Child> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', PROGRAM, what, file], {
    cwd: ROOT,
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
  return { pid: child.pid!, line, go: () => child.stdin!.write('go\n'), kill };
}
