// Real files and real processes; only time, and a disk without hard links, are played.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { link, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Lock, type LockOwner, tryLock, waitForLock } from '../../scripts/src/disk/lock.ts';
import { FakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/command.ts';
import { startChild } from './child.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, link: vi.fn(real.link), utimes: vi.fn(real.utimes) };
});

afterEach(() => {
  vi.mocked(link).mockReset();
  vi.mocked(utimes).mockReset();
  vi.useRealTimers();
});

const { link: realLink } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');

const isLinux = process.platform === 'linux';
const error = (code: string) => Object.assign(new Error(code), { code });
const lockFile = () => path.join(tempFolder(), 'a.lock');
const namesBeside = (file: string) => readdirSync(path.dirname(file)).sort();
const ownerIn = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as LockOwner;

type Taken = Awaited<ReturnType<typeof tryLock>>;

/** The lock, which is let go when the test ends. */
function held(taken: Taken): Lock {
  if ('heldBy' in taken) throw new Error(`held by ${JSON.stringify(taken.heldBy)}`);
  onTestFinished(() => taken.release());
  return taken;
}

/** Who holds it. */
function heldBy(taken: Taken): LockOwner {
  if (!('heldBy' in taken)) throw new Error('it was free');
  return taken.heldBy;
}

// No system gives a number as high as this one.
const DEAD: LockOwner = { pid: 2 ** 30, host: hostname(), start: null, nonce: 'dead' };

/** A lock that somebody else has left, or has. */
function forge(file: string, owner: Partial<LockOwner> | string, touched?: number): void {
  writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify({ ...DEAD, ...owner }));
  if (touched !== undefined) utimesSync(file, touched / 1000, touched / 1000);
}

describe('a lock', () => {
  it('is a file that names its owner, for him alone to read', async () => {
    const file = lockFile();
    held(await tryLock(file, new FakeClock()));
    expect(namesBeside(file)).toEqual(['a.lock']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const owner = ownerIn(file);
    expect(Object.keys(owner)).toEqual(['pid', 'host', 'start', 'nonce']);
    expect(owner).toMatchObject({ pid: process.pid, host: hostname() });
    if (isLinux) expect(owner.start).toMatch(/^\d+$/);
  });

  it('excludes others of the same process until it is released', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    const first = held(await tryLock(file, clock));
    expect(await first.isOurs()).toBe(true);
    expect(heldBy(await tryLock(file, clock))).toEqual(ownerIn(file));
    expect(namesBeside(file)).toEqual(['a.lock']);
    await first.release();
    expect(namesBeside(file)).toEqual([]);
    expect(await first.isOurs()).toBe(false);
    const second = held(await tryLock(file, clock));
    await first.release();
    expect(await second.isOurs()).toBe(true);
  });

  it('that is free goes to one of many', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    const taken = await Promise.all(Array.from({ length: 30 }, () => tryLock(file, clock)));
    const winners = taken.filter((one) => !('heldBy' in one));
    expect(winners).toHaveLength(1);
    held(winners[0]!);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('is touched every few seconds, until it is released', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const file = lockFile();
    const lock = held(await tryLock(file, new FakeClock()));
    utimesSync(file, 1, 1);
    vi.advanceTimersByTime(10_000);
    await vi.mocked(utimes).mock.results[0]!.value;
    expect(statSync(file).mtimeMs).toBeGreaterThan(1e12);
    await lock.release();
    vi.advanceTimersByTime(60_000);
    expect(utimes).toHaveBeenCalledTimes(1);
  });

  it('cannot be taken where there is no folder', async () => {
    await expect(tryLock(path.join(tempFolder(), 'no', 'a.lock'), new FakeClock())).rejects.toThrow('ENOENT');
  });
});

describe('a lock is waited for', () => {
  it('until it is free', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    const first = held(await tryLock(file, clock));
    clock.sleep = async (ms) => {
      clock.now += ms;
      if (clock.now === 200) await first.release();
    };
    held(await waitForLock(file, clock, 10_000));
    expect(clock.now).toBe(200);
  });

  it('until the deadline, and then its owner is told', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    held(await tryLock(file, clock));
    expect(heldBy(await waitForLock(file, clock, 1_000)).pid).toBe(process.pid);
    expect(clock.now).toBe(1_000);
  });

  it('until somebody interrupts', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    held(await tryLock(file, clock));
    const stop = new AbortController();
    clock.onSleep = (now) => {
      if (now === 500) stop.abort(new Error('interrupted'));
    };
    await expect(waitForLock(file, clock, 10_000, stop.signal)).rejects.toThrow('interrupted');
    expect(namesBeside(file)).toEqual(['a.lock']);
  });
});

describe('fault 52: the lock of a process that', () => {
  it('was killed is taken over; while it lived it was not', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    const child = await startChild('lock', file);
    expect(await child.line()).toBe('mine');
    expect(heldBy(await tryLock(file, clock)).pid).toBe(child.pid);
    await child.kill();
    const lock = held(await tryLock(file, clock));
    expect(await lock.isOurs()).toBe(true);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('is dead goes to one of several processes that take it at once', async () => {
    const file = lockFile();
    forge(file, DEAD);
    const children = await Promise.all(Array.from({ length: 4 }, () => startChild('lock when told', file)));
    for (const child of children) child.go();
    const lines = await Promise.all(children.map((child) => child.line()));
    expect(lines.filter((line) => line === 'mine')).toHaveLength(1);
    const winner = children[lines.indexOf('mine')]!;
    expect(ownerIn(file).pid).toBe(winner.pid);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it.each([1, 2, 3])('is dead goes to one of many that take it at once (round %i)', async () => {
    const file = lockFile();
    forge(file, DEAD);
    const clock = new FakeClock();
    const taken = await Promise.all(Array.from({ length: 50 }, () => tryLock(file, clock)));
    const winners = taken.filter((one) => !('heldBy' in one));
    expect(winners).toHaveLength(1);
    expect(await held(winners[0]!).isOurs()).toBe(true);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it.runIf(isLinux)('is dead, and whose number another one has now, is taken over', async () => {
    const file = lockFile();
    forge(file, { pid: process.pid, start: '1' });
    held(await tryLock(file, new FakeClock()));
  });

  it.runIf(isLinux)('is dead, and that nobody has buried, is taken over', async () => {
    // The shell becomes a program that never asks what became of the shell's child.
    const parent = spawn('sh', ['-c', 'cat <&3 >/dev/null & echo $!; exec sleep 60 3<&-'], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [chunk] = (await once(parent.stdout!, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    const expectStat = (id: number | undefined, words: string) =>
      vi.waitFor(() => expect(readFileSync(`/proc/${id}/stat`, 'latin1')).toContain(words), {
        interval: 5,
        timeout: 5_000,
      });
    await expectStat(parent.pid, '(sleep)');
    (parent.stdio[3] as Writable).end();
    await expectStat(pid, '(cat) Z ');
    const file = lockFile();
    forge(file, { pid });
    held(await tryLock(file, new FakeClock()));
  });

  it('lives is not, however long it has been silent', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    held(await tryLock(file, clock));
    utimesSync(file, 1, 1);
    expect(heldBy(await tryLock(file, clock)).pid).toBe(process.pid);
    forge(file, { pid: process.pid, nonce: 'unknown_start' }, 1);
    expect(heldBy(await tryLock(file, clock)).nonce).toBe('unknown_start');
  });

  it.each([
    [119, false],
    [121, true],
  ])('is on another machine and was silent for %i seconds: %s', async (seconds, isTaken) => {
    const file = lockFile();
    const clock = new FakeClock();
    // Its number says nothing here, even if a process of this machine has it.
    forge(file, { host: 'elsewhere', pid: process.pid }, clock.wall() - seconds * 1000);
    const taken = await tryLock(file, clock);
    if (isTaken) held(taken);
    else expect(heldBy(taken).host).toBe('elsewhere');
  });

  it.each([
    ['', 9, false],
    ['', 11, true],
    ['{"pid":', 9, false],
    ['{"pid":', 11, true],
    ['{"pid":-1,"host":"","nonce":"a"}', 11, true],
    ['{"pid":1,"host":"a","nonce":"../a"}', 11, true],
    ['null', 11, true],
  ])('wrote only %j, %i seconds ago: %s', async (text, seconds, isTaken) => {
    const file = lockFile();
    const clock = new FakeClock();
    forge(file, text, clock.wall() - seconds * 1000);
    const taken = await tryLock(file, clock);
    if (isTaken) held(taken);
    else expect(heldBy(taken).pid).toBe(0);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('was taken for dead is not its own any more, and stays when it lets go', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    const first = held(await tryLock(file, clock));
    forge(file, { ...ownerIn(file), pid: DEAD.pid });
    const second = held(await tryLock(file, clock));
    expect([await first.isOurs(), await second.isOurs()]).toEqual([false, true]);
    await first.release();
    expect(existsSync(file)).toBe(true);
    expect(await second.isOurs()).toBe(true);
  });
});

describe('fault 52: a process that took a dead lock over', () => {
  it('and died at it does not stand in the way', async () => {
    const file = lockFile();
    forge(file, DEAD);
    forge(`${file}.dead`, { nonce: 'dead_too' });
    held(await tryLock(file, new FakeClock()));
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('nor if one that took that over died as well', async () => {
    const file = lockFile();
    forge(file, DEAD);
    forge(`${file}.dead`, { nonce: 'dead_too' });
    forge(`${file}.dead.dead_too`, { nonce: 'all_dead' });
    const clock = new FakeClock();
    const taken = await Promise.all(Array.from({ length: 20 }, () => tryLock(file, clock)));
    expect(taken.filter((one) => !('heldBy' in one))).toHaveLength(1);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('and is done with it has it, also for one that saw the dead owner before', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    forge(file, DEAD);
    let first: Taken | undefined;
    vi.mocked(link).mockImplementation(async (from, to) => {
      // The second one is about to take over when the first one does, from beginning to end.
      if (to === `${file}.dead` && !first) {
        vi.mocked(link).mockImplementation(realLink);
        first = await tryLock(file, clock);
      }
      return realLink(from, to);
    });
    expect(heldBy(await tryLock(file, clock))).toEqual(ownerIn(file));
    expect(await held(first!).isOurs()).toBe(true);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('and is still at it is named as the owner', async () => {
    const file = lockFile();
    const clock = new FakeClock();
    forge(file, DEAD);
    held(await tryLock(`${file}.dead`, clock));
    expect(heldBy(await tryLock(file, clock)).pid).toBe(process.pid);
    expect(ownerIn(file)).toEqual(DEAD);
  });
});

describe('on a disk without hard links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'])('(%s) a lock goes to one of many', async (code) => {
    vi.mocked(link).mockRejectedValue(error(code));
    const file = lockFile();
    const clock = new FakeClock();
    clock.wallOffset = Date.now();
    const taken = await Promise.all(Array.from({ length: 30 }, () => tryLock(file, clock)));
    const winners = taken.filter((one) => !('heldBy' in one));
    expect(winners).toHaveLength(1);
    const lock = held(winners[0]!);
    expect(await lock.isOurs()).toBe(true);
    await lock.release();
    expect(namesBeside(file)).toEqual([]);
  });

  it('fault 52: so does the one of a dead process', async () => {
    vi.mocked(link).mockRejectedValue(error('EPERM'));
    const file = lockFile();
    const clock = new FakeClock();
    clock.wallOffset = Date.now();
    forge(file, DEAD);
    const taken = await Promise.all(Array.from({ length: 30 }, () => tryLock(file, clock)));
    const winners = taken.filter((one) => !('heldBy' in one));
    expect(winners).toHaveLength(1);
    held(winners[0]!);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('another trouble with the link is told', async () => {
    vi.mocked(link).mockRejectedValue(error('ENOSPC'));
    const file = lockFile();
    await expect(tryLock(file, new FakeClock())).rejects.toThrow('ENOSPC');
    expect(namesBeside(file)).toEqual([]);
  });
});
