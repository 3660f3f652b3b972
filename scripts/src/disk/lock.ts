import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../http/clock.ts';
import { isObject, type Json } from '../types/json.ts';
import { diskError, TEMP } from './durable.ts';

/** The process that holds a lock. */
export interface LockOwner {
  pid: number;
  host: string;
  /** When the process began, as its system counts; null where that cannot be read. Tells it from a later one with its number. */
  start: string | null;
  /** Different for each lock that was ever taken. */
  nonce: string;
}

/** A lock that this process holds. */
export interface Lock {
  /** False when somebody took this process for dead and the lock with it. */
  isOurs(): boolean;
  release(): void;
}

// A process on another machine cannot be asked whether it lives: it shows that by touching its lock.
const HEARTBEAT_MS = 10_000;
const SILENT_MS = 120_000;
// A lock without a word in it is one that is just being written, where a disk knows no hard links.
const UNWRITTEN_MS = 10_000;

/**
 * Takes a lock, which is a file that names its owner. One whose owner is dead is taken over; exactly one of any number
 * of processes that try at the same time gets it.
 * @returns the lock, or the owner who lives
 * @throws the disk's error
 */
export function tryLock(file: string, clock: Clock): Lock | { heldBy: LockOwner } {
  const me: LockOwner = {
    pid: process.pid,
    host: hostname(),
    start: startOf(process.pid),
    nonce: randomBytes(8).toString('hex'),
  };
  const temp = `${file}.${me.nonce}${TEMP}`;
  try {
    writeFileSync(temp, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
    for (;;) {
      if (place(temp, file, me)) return new HeldLock(file, me);
      const owner = readOwner(file);
      if (owner === undefined) continue;
      if (isAlive(owner, file, clock)) return { heldBy: owner };
      // Whoever takes over a dead owner's lock first takes a lock on doing so, or two would both think they had.
      const claim = tryLock(`${file}.${owner.nonce}`, clock);
      if ('heldBy' in claim) return claim;
      try {
        if (readOwner(file)?.nonce !== owner.nonce) continue;
        renameSync(temp, file);
        return new HeldLock(file, me);
      } finally {
        claim.release();
      }
    }
  } finally {
    rmSync(temp, { force: true });
  }
}

/**
 * Takes a lock as soon as it is free.
 * @param deadline on the monotonic clock, in milliseconds
 * @returns the lock, or the owner who still had it then
 */
export async function waitForLock(
  file: string,
  clock: Clock,
  deadline: number,
  signal?: AbortSignal,
): Promise<Lock | { heldBy: LockOwner }> {
  for (;;) {
    const lock = tryLock(file, clock);
    if (!('heldBy' in lock) || clock.monotonic() >= deadline) return lock;
    await clock.sleep(LOCK_PAUSE_MS * (0.5 + clock.random()), signal);
  }
}

const LOCK_PAUSE_MS = 50;

class HeldLock implements Lock {
  readonly #file: string;
  readonly #me: LockOwner;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(file: string, me: LockOwner) {
    this.#file = file;
    this.#me = me;
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      try {
        utimesSync(file, now, now);
      } catch {
        // Taken over: whoever uses the lock asks whose it is.
      }
    }, HEARTBEAT_MS).unref();
  }

  isOurs(): boolean {
    try {
      return readOwner(this.#file)?.nonce === this.#me.nonce;
    } catch {
      return false;
    }
  }

  release(): void {
    clearInterval(this.#heartbeat);
    try {
      if (this.isOurs()) rmSync(this.#file, { force: true });
    } catch {
      // A disk that has failed meanwhile: when this process is dead the lock is taken over.
    }
  }
}

/** Gives the prepared file the lock's name; false when the name is taken. */
function place(temp: string, file: string, me: LockOwner): boolean {
  try {
    // A link appears with its content, and fails where the name is taken.
    linkSync(temp, file);
    return true;
  } catch (error) {
    if (diskError(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EXDEV', 'EACCES', 'EMLINK'].includes(diskError(error)))
      throw error;
  }
  try {
    writeFileSync(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (diskError(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Who holds a lock; undefined when nobody does. */
function readOwner(file: string): LockOwner | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (diskError(error) === 'ENOENT') return undefined;
    throw error;
  }
  return parseOwner(text) ?? { pid: 0, host: '', start: null, nonce: 'unreadable' };
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const value = JSON.parse(text) as Json;
    if (!isObject(value)) return undefined;
    const { pid, host, start, nonce } = value;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    if (typeof host !== 'string' || typeof nonce !== 'string' || !/^\w+$/.test(nonce)) return undefined;
    return { pid, host, start: typeof start === 'string' ? start : null, nonce };
  } catch {
    return undefined;
  }
}

function isAlive(owner: LockOwner, file: string, clock: Clock): boolean {
  const silence = owner.pid === 0 ? UNWRITTEN_MS : owner.host === hostname() ? null : SILENT_MS;
  if (silence === null) return isRunning(owner);
  try {
    return clock.wall() - statSync(file).mtimeMs < silence;
  } catch {
    // Gone meanwhile: to be looked at again.
    return false;
  }
}

function isRunning({ pid, start }: LockOwner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (diskError(error) === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return now === null || (now !== ENDED && (start === null || now === start));
}

const ENDED = 'ended';

/** When a process began, in ticks since its system did; `ENDED` for a dead one that nobody buried; null where the system does not say. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold anything; after it come the state and, as the 20th word, the time.
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return words[0] === 'Z' || words[0] === 'X' ? ENDED : (words[19] ?? null);
  } catch {
    return null;
  }
}
