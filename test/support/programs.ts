import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** What a run left: its exit code, or the signal that ended its process, and what it said. */
export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface Call {
  entry: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  input: string | Buffer;
}

/** More at the same time would hold more memory than they save; so would one that has run more often. */
const MOST = 4;
const MOST_RUNS = 25;
const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url));
const FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

interface Program {
  child: ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream };
  /** Ends what a run says, on both streams. */
  marker: string;
  runs: number;
}

let idle: Program[] = [];
let count = 0;

/** Runs a program in a process that has run before, or will run again; null where as many as there may be are busy. */
export function runAgain(call: Call): Promise<Run> | null {
  const program = idle.pop() ?? (count < MOST ? start() : null);
  return program && runIn(program, call);
}

function start(): Program {
  count += 1;
  const marker = `end of run ${randomUUID()} `;
  const child: ChildProcess = spawn(process.execPath, [...FLAGS, PROGRAM, marker], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {},
    serialization: 'advanced',
  });
  // The tests end when they end, and these processes with them.
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr] as Socket[]) stream.setEncoding('utf8').unref();
  const program = { child: child as Program['child'], marker, runs: 0 };
  child.on('close', () => {
    count -= 1;
    idle = idle.filter((other) => other !== program);
  });
  return program;
}

function runIn(program: Program, call: Call): Promise<Run> {
  const { child, marker } = program;
  return new Promise((resolve, reject) => {
    const said = { stdout: '', stderr: '' };
    const ends = new RegExp(`${marker}(\\d+)\n$`);
    const listen = (name: 'stdout' | 'stderr') => (chunk: string) => {
      said[name] += chunk;
      if (!ends.test(said.stdout) || !ends.test(said.stderr)) return;
      release();
      program.runs += 1;
      if (program.runs < MOST_RUNS) idle.push(program);
      else child.disconnect();
      const [stdout, stderr] = [said.stdout, said.stderr].map((text) => text.replace(ends, ''));
      resolve({ code: Number(ends.exec(said.stdout)![1]), signal: null, stdout: stdout!, stderr: stderr! });
    };
    const listeners = { stdout: listen('stdout'), stderr: listen('stderr') };
    const onClose = (code: number | null, signal: NodeJS.Signals | null) => {
      release();
      resolve({ code, signal, ...said });
    };
    const release = () => {
      child.stdout.off('data', listeners.stdout);
      child.stderr.off('data', listeners.stderr);
      child.off('close', onClose).off('error', reject);
    };
    child.stdout.on('data', listeners.stdout);
    child.stderr.on('data', listeners.stderr);
    child.on('close', onClose).on('error', reject);
    child.send(call);
  });
}
