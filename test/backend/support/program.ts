import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { environment } from './node.ts';

/** A process of the installed backend. */
export interface Program {
  /** Resolves to where it listens. */
  listening: Promise<string>;
  child: ChildProcess;
  /** The lines that it logged. */
  lines: string[];
  /** Resolves when it has ended. */
  ended: Promise<number | null>;
}

/** Starts the built program of a copy, on any free port unless the variables say otherwise. */
export function startProgram(
  copy: string,
  data: string,
  variables: Record<string, string>,
  [command, ...args]: [string, ...string[]] = ['node', 'dist/main.js'],
): Program {
  const child = spawn(command, args, {
    // A group of its own: npm's children end with it.
    detached: true,
    cwd: copy,
    env: environment(data, { DATA_DIR: data, PORT: '0', ...variables }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  const listening = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        const address = /"address":"(http[^"]+)".*listening/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      });
    void ended.then((code) => reject(new Error(`it ended with ${code}:\n${lines.slice(-20).join('\n')}`)));
  });
  // A test that kills it before it listens does not wait for that.
  listening.catch(() => {});
  return { listening, child, lines, ended };
}
