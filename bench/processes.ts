// The processes that the figures are taken of, and what they are measured with.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SAMPLE_MS = 20;

/** The built command. */
export const ENTRY = fileURLToPath(new URL('../scripts/run-workflow.mjs', import.meta.url));

export const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Returns the median of `own` against `other`, each between two runs of that: the machine is as busy for both. */
export function ratioOf(rounds: number, own: () => number, other: () => number): number {
  const ratios = Array.from({ length: rounds }, () => {
    const before = other();
    const ms = own();
    return ms / ((before + other()) / 2);
  });
  return median(ratios);
}

/** Starts the service with one task that is done (see server.mjs). */
export async function startServer(): Promise<{ origin: string; stop(): void }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  return { origin, stop: () => void child.kill() };
}

/** Waits for the end of a process. @returns its exit code, and the most memory that it had, in MB; 0 where no system tells */
export async function ended(child: ChildProcess): Promise<{ code: number | null; mb: number }> {
  let mb = 0;
  const sample = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      mb = Math.max(mb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(sample);
  return { code, mb };
}
