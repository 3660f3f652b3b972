import { randomBytes } from 'node:crypto';
import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../model/clock.ts';
import { isObject, type Json } from '../model/json.ts';
import { diskError, TEMP } from './durable.ts';

export interface LockOwner {
  pid: number;
  host: string;
  /** The boot id and the process namespace of `pid`; null where the system does not provide them. */
  system: string | null;
  /** As its system counts; null where it cannot be read. It distinguishes the process from a later one with the same pid. */
  start: string | null;
  nonce: string;
}

export interface Lock {
  isOurs(): boolean;
  release(): void;
}

// A process on another machine, or in another container, cannot be checked by its pid: it shows that it lives by touching
// its lock.
const HEARTBEAT_MS = 10_000;
const SILENT_MS = 120_000;
// Clocks jump, and the clocks of two machines differ: a lock counts as silent only if it stays untouched while this process
// watches it.
const WATCHED_MS = 2.5 * HEARTBEAT_MS;
// On a disk without hard links, an empty lock is a lock that another process is just writing.
const UNWRITTEN_MS = 10_000;

/**
 * Takes a lock, a file that names its owner. The lock of a dead owner is taken over. Of any number of processes that try at
 * the same time, exactly one gets the lock.
 * @returns the lock, or its living owner
 * @throws the disk's error
 */
export function tryLock(file: string, clock: Clock): Lock | { heldBy: LockOwner } {
  if (ownStart === undefined) ownStart = startOf(process.pid);
  const me: LockOwner = {
    pid: process.pid,
    host: hostname(),
    system: systemOf(),
    start: ownStart,
    nonce: randomBytes(8).toString('hex'),
  };
  const temp = `${file}.${me.nonce}${TEMP}`;
  try {
    writeFileSync(temp, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
    for (;;) {
      if (linkInto(temp, file, me)) return hold(file, me);
      const owner = readOwner(file);
      if (owner === undefined) continue;
      if (isAlive(owner, file, clock)) return { heldBy: owner };
      // A process that takes over a dead owner's lock needs a second lock for that, or two processes could both take it
      // over.
      const claim = tryLock(`${file}.${owner.nonce}`, clock);
      if ('heldBy' in claim) return claim;
      try {
        if (readOwner(file)?.nonce !== owner.nonce) continue;
        renameSync(temp, file);
        return hold(file, me);
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
 * @param pauseMs the average pause between two attempts in milliseconds; each attempt creates a file beside the lock
 * @returns the lock, or the owner that still holds it at the deadline
 */
export async function waitForLock(
  file: string,
  clock: Clock,
  deadline: number,
  signal?: AbortSignal,
  pauseMs = LOCK_PAUSE_MS,
): Promise<Lock | { heldBy: LockOwner }> {
  for (;;) {
    const lock = tryLock(file, clock);
    if (!('heldBy' in lock) || clock.monotonic() >= deadline) return lock;
    const left = deadline - clock.monotonic();
    await clock.sleep(Math.min(pauseMs * (0.5 + clock.random()), Math.max(left, 1)), signal);
  }
}

const LOCK_PAUSE_MS = 50;

/** Returns the lock of a file that names this process, and keeps touching the file until the lock is released. */
function hold(file: string, { nonce }: LockOwner): Lock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // Another process took the lock; the user of the lock finds out with `isOurs`.
    }
  }, HEARTBEAT_MS).unref();
  const isOurs = () => {
    try {
      return readOwner(file)?.nonce === nonce;
    } catch {
      return false;
    }
  };
  return {
    isOurs,
    release() {
      clearInterval(heartbeat);
      try {
        if (isOurs()) rmSync(file, { force: true });
      } catch {
        // The disk has failed. Once this process is dead, another process takes the lock over.
      }
    },
  };
}

// What disks without hard links answer.
const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EXDEV', 'EACCES', 'EMLINK'];

/** Gives the prepared file the name of the lock. @returns false where that name exists */
function linkInto(temp: string, file: string, me: LockOwner): boolean {
  try {
    try {
      // A hard link appears with its content, and fails when the name exists.
      linkSync(temp, file);
    } catch (error) {
      if (!WITHOUT_LINKS.includes(diskError(error))) throw error;
      writeFileSync(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
    }
    return true;
  } catch (error) {
    if (diskError(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @returns undefined for a free lock */
function readOwner(file: string): LockOwner | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (diskError(error) === 'ENOENT') return undefined;
    throw error;
  }
  return parseOwner(text) ?? { pid: 0, host: '', system: null, start: null, nonce: 'unreadable' };
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const value = JSON.parse(text) as Json;
    if (!isObject(value)) return undefined;
    const { pid, host, system, start, nonce } = value;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    if (typeof host !== 'string' || typeof nonce !== 'string' || !/^\w+$/.test(nonce)) return undefined;
    const textOrNull = (word: Json | undefined) => (typeof word === 'string' ? word : null);
    return { pid, host, system: textOrNull(system), start: textOrNull(start), nonce };
  } catch {
    return undefined;
  }
}

function isAlive(owner: LockOwner, file: string, clock: Clock): boolean {
  if (owner.pid === 0) return !isSilent(owner, file, clock, UNWRITTEN_MS, UNWRITTEN_MS);
  if (owner.host === hostname() && isSystem(owner.system)) return isRunning(owner);
  return !isSilent(owner, file, clock, SILENT_MS, WATCHED_MS);
}

/** Since when this process has seen each lock untouched, on the monotonic clock. */
const watched = new Map<string, { nonce: string; touched: number; since: number }>();

function isSilent({ nonce }: LockOwner, file: string, clock: Clock, silentMs: number, watchedMs: number) {
  const stat = statSync(file, { throwIfNoEntry: false });
  // The lock is gone: the caller tries again.
  if (!stat) return true;
  const touched = stat.mtimeMs;
  const before = watched.get(file);
  const now = clock.monotonic();
  const since = before?.nonce === nonce && before.touched === touched ? before.since : now;
  watched.set(file, { nonce, touched, since });
  return Math.abs(clock.wall() - touched) >= silentMs && now - since >= watchedMs;
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

/** Returns whether a process can be checked by its pid. Only Linux has several pid namespaces on one host. */
function isSystem(system: string | null): boolean {
  return system === systemOf() && (system !== null || process.platform !== 'linux');
}

// Read once: neither changes while this process lives.
let system: string | null | undefined;
let ownStart: string | null | undefined;

function systemOf(): string | null {
  if (system !== undefined) return system;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    system = `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    system = null;
  }
  return system;
}

const ENDED = 'ended';

/** In ticks since the boot; `ENDED` for a zombie; null where the system does not provide it. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program name in parentheses may contain anything. After it come the state and, as the 20th word, the start time.
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return words[0] === 'Z' || words[0] === 'X' ? ENDED : (words[19] ?? null);
  } catch {
    return null;
  }
}
