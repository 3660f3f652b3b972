// The real disk, on which a test can see each step, let something happen before it, or refuse it:
// vi.mock('node:fs', async (original) => (await import('./steps.ts')).watched(await original()));
import { vi } from 'vitest';

type Disk = typeof import('node:fs');

const CALLS = [
  ...['chmodSync', 'closeSync', 'fsyncSync', 'linkSync', 'mkdirSync', 'openSync', 'readFileSync'],
  ...['readdirSync', 'renameSync', 'rmSync', 'statSync', 'utimesSync', 'writeFileSync'],
] as const;

let before: (() => void) | undefined;

/** The disk itself. */
export let real: Disk;

export function watched(disk: unknown): Disk {
  real = disk as Disk;
  const calls = CALLS.map((name) => {
    const step = real[name] as (...args: unknown[]) => unknown;
    const call = (...args: unknown[]) => {
      before?.();
      return step(...args);
    };
    return [name, vi.fn(call)];
  });
  return { ...real, ...Object.fromEntries(calls) };
}

/** Something happens before each step on the disk; its own steps are not counted. */
export function beforeEachStep(happen: () => void): void {
  const next = () => {
    before = undefined;
    happen();
    before = next;
  };
  before = next;
}

/** Something happens once, before the n-th step on the disk from now on. What it begins itself has steps that count. */
export function beforeStep(n: number, happen: () => void): void {
  let steps = 0;
  before = () => {
    steps += 1;
    if (steps < n) return;
    before = undefined;
    happen();
  };
}

/** The process is killed before the n-th step of its work on the disk. @returns false where its work is done before */
export async function killedAt(n: number, work: () => unknown): Promise<boolean> {
  const killed = new Error('killed');
  let steps = 0;
  before = () => {
    steps += 1;
    if (steps >= n) throw killed;
  };
  try {
    await work();
  } catch (reason) {
    if (reason !== killed) throw reason;
  }
  undisturbed();
  return steps >= n;
}

/** Nothing happens any more. */
export function undisturbed(): void {
  before = undefined;
}

/** The disk is as it was before the test. */
export function resetDisk(): void {
  undisturbed();
  vi.resetAllMocks();
}

/** What a disk throws. */
export const error = (code: string): Error => Object.assign(new Error(code), { code });

/** A call that the disk refuses. */
export const refuse = (code: string) => (): never => {
  throw error(code);
};
