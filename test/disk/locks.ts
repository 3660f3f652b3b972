import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { type Lock, type LockOwner, tryLock } from '../../scripts/src/disk/lock.ts';
import { FakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/command.ts';

export type Taken = ReturnType<typeof tryLock>;

/** The lock, which is let go when the test ends. */
export function held(taken: Taken): Lock {
  if ('heldBy' in taken) throw new Error(`held by ${JSON.stringify(taken.heldBy)}`);
  onTestFinished(() => taken.release());
  return taken;
}

export const ownerIn = (file: string): LockOwner => JSON.parse(readFileSync(file, 'utf8')) as LockOwner;

/** What a lock of this process says of the system that it runs on. */
function ownSystem(): string | null {
  const file = path.join(tempFolder(afterAll), 'a.lock');
  const taken = tryLock(file, new FakeClock());
  const { system } = ownerIn(file);
  if (!('heldBy' in taken)) taken.release();
  return system;
}

/** Has died on this system, which gives no process a number as high as this one. */
export const DEAD: LockOwner = {
  ...{ pid: 2 ** 30, host: hostname(), system: ownSystem(), start: null, nonce: 'dead' },
};
