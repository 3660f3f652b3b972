// Real files and real processes; only time, and a disk without hard links, are simulated.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Lock, type LockOwner, tryLock, waitForLock } from '../../scripts/src/disk/lock.ts';
import { FakeClock } from '../support/clock.ts';
import { tempFolder } from '../support/command.ts';
import { type Child, startChild } from './child.ts';
import { DEAD, held, ownerIn, type Taken } from './locks.ts';
import { beforeStep, real, refuse, resetDisk, undisturbed } from './steps.ts';

vi.mock('node:fs', async (original) => (await import('./steps.ts')).watched(await original()));

afterEach(() => {
  resetDisk();
  vi.useRealTimers();
});

const isLinux = process.platform === 'linux';
const lockFile = () => path.join(tempFolder(), 'a.lock');
/** Where no lock is yet, and the time. */
const place = () => ({ file: lockFile(), clock: new FakeClock() });
const namesBeside = (file: string) => readdirSync(path.dirname(file)).sort();

/** Who holds it. */
function heldBy(taken: Taken): LockOwner {
  if (!('heldBy' in taken)) throw new Error('it was free');
  return taken.heldBy;
}

/** A lock that another process holds or has left. */
function forge(file: string, owner: Partial<LockOwner> | string, touched?: number): void {
  writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify({ ...DEAD, ...owner }));
  if (touched !== undefined) utimesSync(file, touched / 1000, touched / 1000);
}

/**
 * Some take the same lock, again and again: the second one before the n-th step of the first, a third one before the
 * m-th step that follows, until all n and m there are have come. Each time exactly one gets it.
 * @param prepare leaves what the first one finds
 * @returns how often they did
 */
function takeBetweenSteps(prepare: (file: string) => void, many: 2 | 3 = 3): number {
  const file = lockFile();
  const clock = new FakeClock();
  clock.wallOffset = Date.now();
  let times = 0;
  for (let n = 1, isSecond = true; isSecond; n += 1) {
    for (let m = 1, isThird = true; isThird; m += 1) {
      prepare(file);
      const taken: Taken[] = [];
      const take = () => void taken.push(tryLock(file, clock));
      isSecond = isThird = false;
      beforeStep(n, () => {
        isSecond = true;
        beforeStep(many === 3 ? m : Number.POSITIVE_INFINITY, () => {
          isThird = true;
          take();
        });
        take();
      });
      take();
      undisturbed();
      const winners = taken.filter((one): one is Lock => !('heldBy' in one));
      expect(winners, `${n}, ${m}: ${JSON.stringify(taken)}`).toHaveLength(1);
      expect(winners[0]!.isOurs()).toBe(true);
      expect(namesBeside(file)).toEqual(['a.lock']);
      winners[0]!.release();
      expect(namesBeside(file)).toEqual([]);
      times += 1;
    }
  }
  return times;
}

/**
 * Four processes take the same lock at the same moment, 20 times over: one gets it each time.
 * @param prepare leaves what they find
 */
async function race(
  task: 'lock when told' | 'lock without links when told',
  prepare: (file: string) => void,
) {
  const children: Child[] = await Promise.all(Array.from({ length: 4 }, () => startChild(task)));
  const folder = tempFolder();
  for (let n = 0; n < 20; n += 1) {
    const file = path.join(folder, String(n), 'a.lock');
    mkdirSync(path.dirname(file));
    prepare(file);
    const at = Date.now() + 10;
    for (const child of children) child.go({ file, at });
    const lines = await Promise.all(children.map((child) => child.line()));
    expect(lines.filter((line) => line === 'mine')).toHaveLength(1);
    expect(ownerIn(file).pid).toBe(children[lines.indexOf('mine')]!.pid);
    expect(namesBeside(file)).toEqual(['a.lock']);
  }
}

const leaveNothing = () => {};
const leaveDead = (file: string) => forge(file, DEAD);

let file: string;
let clock: FakeClock;
beforeEach(() => {
  ({ file, clock } = place());
});

describe('a lock', () => {
  it('is a file that names its owner, for him alone to read', () => {
    const file = lockFile();
    held(tryLock(file, new FakeClock()));
    expect(namesBeside(file)).toEqual(['a.lock']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const owner = ownerIn(file);
    expect(Object.keys(owner)).toEqual(['pid', 'host', 'system', 'start', 'nonce']);
    expect(owner).toMatchObject({ pid: process.pid, host: hostname() });
    if (!isLinux) return;
    expect(owner.start).toMatch(/^\d+$/);
    // The run of the system, and the set of process numbers.
    expect(owner.system).toMatch(/^[0-9a-f-]{36} pid:\[\d+\]$/);
  });

  it('excludes others of the same process until it is released', () => {
    const first = held(tryLock(file, clock));
    expect(first.isOurs()).toBe(true);
    expect(heldBy(tryLock(file, clock))).toEqual(ownerIn(file));
    expect(namesBeside(file)).toEqual(['a.lock']);
    first.release();
    expect(namesBeside(file)).toEqual([]);
    expect(first.isOurs()).toBe(false);
    const second = held(tryLock(file, clock));
    first.release();
    expect(second.isOurs()).toBe(true);
  });

  it('that is free goes to one of several, whenever one comes between two steps of another', () => {
    expect(takeBetweenSteps(leaveNothing)).toBeGreaterThan(10);
  });

  it('that is free goes to one of several processes that take it at the same moment', async () => {
    await race('lock when told', leaveNothing);
  });

  it('is touched every few seconds, until it is released', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const file = lockFile();
    const lock = held(tryLock(file, new FakeClock()));
    utimesSync(file, 1, 1);
    vi.advanceTimersByTime(10_000);
    expect(statSync(file).mtimeMs).toBeGreaterThan(1e12);
    lock.release();
    vi.advanceTimersByTime(60_000);
    // The first one is the test's own.
    expect(utimesSync).toHaveBeenCalledTimes(2);
  });

  it('that is gone when it would be touched stops nothing', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const file = lockFile();
    const lock = held(tryLock(file, new FakeClock()));
    rmSync(file);
    vi.advanceTimersByTime(10_000);
    expect(utimesSync).toHaveBeenCalledTimes(1);
    expect(lock.isOurs()).toBe(false);
    lock.release();
    expect(namesBeside(file)).toEqual([]);
  });
});

describe('a lock is waited for', () => {
  it('until it is free', async () => {
    const first = held(tryLock(file, clock));
    clock.sleep = async (ms) => {
      clock.now += ms;
      if (clock.now === 200) first.release();
    };
    held(await waitForLock(file, clock, 10_000));
    expect(clock.now).toBe(200);
  });

  it('until the deadline, and then its owner is returned', async () => {
    held(tryLock(file, clock));
    expect(heldBy(await waitForLock(file, clock, 1_000)).pid).toBe(process.pid);
    expect(clock.now).toBe(1_000);
  });

  it('until the user interrupts', async () => {
    held(tryLock(file, clock));
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
    const child = await startChild('lock', file);
    expect(await child.line()).toBe('mine');
    expect(heldBy(tryLock(file, clock)).pid).toBe(child.pid);
    await child.kill();
    expect(held(tryLock(file, clock)).isOurs()).toBe(true);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('is dead goes to one of several processes that take it at once', async () => {
    await race('lock when told', leaveDead);
  });

  it('is dead goes to one of several, whenever one comes between two steps of another', () => {
    expect(takeBetweenSteps(leaveDead)).toBeGreaterThan(100);
  });

  it.runIf(isLinux)('is dead, and whose number another one has now, is taken over', () => {
    const file = lockFile();
    forge(file, { pid: process.pid, start: '1' });
    held(tryLock(file, new FakeClock()));
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
    held(tryLock(file, new FakeClock()));
  });

  it('lives is not, however long it has been silent', () => {
    held(tryLock(file, clock));
    utimesSync(file, 1, 1);
    expect(heldBy(tryLock(file, clock)).pid).toBe(process.pid);
    forge(file, { pid: process.pid, nonce: 'unknown_start' }, 1);
    expect(heldBy(tryLock(file, clock)).nonce).toBe('unknown_start');
  });

  it('was taken for dead is not its own any more, and stays when it lets go', () => {
    const first = held(tryLock(file, clock));
    forge(file, { ...ownerIn(file), pid: DEAD.pid });
    const second = held(tryLock(file, clock));
    expect([first.isOurs(), second.isOurs()]).toEqual([false, true]);
    first.release();
    expect(existsSync(file)).toBe(true);
    expect(second.isOurs()).toBe(true);
  });
});

/** A process that cannot be asked about: its number says nothing, even where a process here has it. */
const ELSEWHERE: [string, Partial<LockOwner>][] = [
  ['another host', { host: 'elsewhere' }],
  ...(isLinux
    ? ([
        [
          'another boot of the same host',
          { system: DEAD.system!.replace(/^[0-9a-f]/, (one) => (one === '0' ? '1' : '0')) },
        ],
        ['another PID namespace', { system: DEAD.system!.replace(/\d+\]$/, '1]') }],
        ['a system that does not say which it is', { system: null }],
      ] satisfies [string, Partial<LockOwner>][])
    : []),
];

const DAY = 24 * 3600_000;

const STEP_MS = 2_500;

/** How long it takes until the lock is had; undefined where it is not within the deadline. */
async function timeToTake(file: string, clock: FakeClock, deadline: number): Promise<number | undefined> {
  const begun = clock.now;
  for (;;) {
    const taken = tryLock(file, clock);
    if (!('heldBy' in taken)) {
      taken.release();
      return clock.now - begun;
    }
    if (clock.now - begun >= deadline) return undefined;
    await clock.sleep(STEP_MS);
  }
}

/** The holder lives: it touches its lock every ten seconds, by the same wall clock. */
function keepTouching(file: string, clock: FakeClock): void {
  let last = clock.now;
  const { onSleep } = clock;
  clock.onSleep = (now) => {
    onSleep?.(now);
    if (now - last < 10_000) return;
    last = now;
    const at = clock.wall() / 1000;
    utimesSync(file, at, at);
  };
}

/** The wall clock jumps forth and back by a day, many times. */
function jumpAbout(clock: FakeClock, everyMs: number): void {
  let last = clock.now;
  let by = DAY;
  clock.onSleep = (now) => {
    if (now - last < everyMs) return;
    last = now;
    clock.wallOffset += by;
    by = by === DAY ? -2 * DAY : DAY;
  };
}

describe.each(ELSEWHERE)('fault 105: the lock of a process on %s', (_, owner) => {
  // That number belongs to a process of this system, and to none.
  for (const pid of [process.pid, DEAD.pid]) {
    const which = pid === DEAD.pid ? '(a number of no process here)' : '(a number that a process here has)';

    it.each([
      [0, 120],
      [60, 60],
      [100, 25],
      [1_000_000, 25],
    ])(`that was silent for %i s is taken over after %i s more ${which}`, async (silent, more) => {
      forge(file, { ...owner, pid }, clock.wall() - silent * 1000);
      expect(heldBy(tryLock(file, clock)).nonce).toBe('dead');
      expect(await timeToTake(file, clock, 300_000)).toBe(more * 1000);
    });

    it(`that is touched is not, whatever the clock does ${which}`, async () => {
      for (const every of [undefined, 2_500, 61_000]) {
        const { file, clock } = place();
        forge(file, { ...owner, pid }, clock.wall());
        if (every !== undefined) jumpAbout(clock, every);
        keepTouching(file, clock);
        expect(await timeToTake(file, clock, 180_000)).toBeUndefined();
        expect(ownerIn(file).nonce).toBe('dead');
      }
    });
  }

  it.each([2_500, 20_000, 61_000])(
    'that is silent is taken over in the end, with a clock that jumps every %i ms',
    async (every) => {
      forge(file, owner, clock.wall());
      jumpAbout(clock, every);
      const time = await timeToTake(file, clock, 300_000);
      expect(time).toBeGreaterThanOrEqual(25_000);
      expect(time).toBeLessThanOrEqual(121_000);
    },
  );

  it('is watched anew when it is another one, or touched', async () => {
    const long = clock.wall() - DAY;
    forge(file, owner, long);
    expect(await timeToTake(file, clock, 20_000)).toBeUndefined();
    forge(file, { ...owner, nonce: 'second' }, long);
    expect(await timeToTake(file, clock, 20_000)).toBeUndefined();
    utimesSync(file, long / 1000 + 1, long / 1000 + 1);
    expect(await timeToTake(file, clock, 20_000)).toBeUndefined();
    expect(await timeToTake(file, clock, 20_000)).toBeLessThan(10_000);
  });
});

describe('fault 105: a system that does not say which it is', () => {
  it.runIf(isLinux)('checks no process by its pid, not even its own', async () => {
    vi.resetModules();
    const fs = await import('node:fs');
    const fresh = await import('../../scripts/src/disk/lock.ts');
    vi.mocked(fs.readFileSync).mockImplementation((file, options) =>
      String(file).startsWith('/proc/sys') ? refuse('ENOENT')() : real.readFileSync(file, options),
    );
    const { file, clock } = place();
    forge(file, { system: null }, clock.wall());
    const begun = clock.now;
    expect(heldBy(fresh.tryLock(file, clock)).pid).toBe(DEAD.pid);
    clock.sleep = async () => {
      clock.now += STEP_MS;
    };
    const lock = held(await fresh.waitForLock(file, clock, 300_000));
    expect(clock.now - begun).toBeGreaterThanOrEqual(120_000);
    expect(ownerIn(file).system).toBeNull();
    expect(lock.isOurs()).toBe(true);
  });
});

describe('a lock without a word in it', () => {
  it.each([
    '',
    '{"pid":',
    '{"pid":-1,"host":"","nonce":"a"}',
    '{"pid":1,"host":"a","nonce":"../../a"}',
    'null',
    '[]',
  ])('(%j) is being written, or is taken over after ten seconds', async (text) => {
    for (const ago of [0, 9, 11, 100_000]) {
      const { file, clock } = place();
      forge(file, text, clock.wall() - ago * 1000);
      expect(heldBy(tryLock(file, clock)).pid).toBe(0);
      expect(await timeToTake(file, clock, 60_000)).toBe(10_000);
      expect(namesBeside(file)).toEqual([]);
    }
  });
});

describe('fault 52: a process that took a dead lock over', () => {
  it('and died at it does not stand in the way', () => {
    const file = lockFile();
    forge(file, DEAD);
    forge(`${file}.dead`, { nonce: 'dead_too' });
    held(tryLock(file, new FakeClock()));
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('nor if one that took that over died as well', () => {
    const leaveAllDead = (file: string) => {
      forge(file, DEAD);
      forge(`${file}.dead`, { nonce: 'dead_too' });
      forge(`${file}.dead.dead_too`, { nonce: 'all_dead' });
    };
    expect(takeBetweenSteps(leaveAllDead, 2)).toBeGreaterThan(20);
  });

  it('and is done with it has it, also for one that saw the dead owner before', () => {
    forge(file, DEAD);
    let first: Taken | undefined;
    vi.mocked(linkSync).mockImplementation((from, to) => {
      // The second one is about to take over when the first one does, from beginning to end.
      if (to === `${file}.dead` && !first) {
        vi.mocked(linkSync).mockImplementation(real.linkSync);
        first = tryLock(file, clock);
      }
      return real.linkSync(from, to);
    });
    expect(heldBy(tryLock(file, clock))).toEqual(ownerIn(file));
    expect(held(first!).isOurs()).toBe(true);
    expect(namesBeside(file)).toEqual(['a.lock']);
  });

  it('and is still at it is named as the owner', () => {
    forge(file, DEAD);
    held(tryLock(`${file}.dead`, clock));
    expect(heldBy(tryLock(file, clock)).pid).toBe(process.pid);
    expect(ownerIn(file)).toEqual(DEAD);
  });
});

describe('on a disk without hard links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'])('(%s) a lock goes to one of many', (code) => {
    vi.mocked(linkSync).mockImplementation(refuse(code));
    expect(takeBetweenSteps(leaveNothing)).toBeGreaterThan(10);
  });

  it('nor does any of several processes share it with another', async () => {
    await race('lock without links when told', leaveNothing);
  });

  it('fault 52: so does the one of a dead process', async () => {
    vi.mocked(linkSync).mockImplementation(refuse('EPERM'));
    expect(takeBetweenSteps(leaveDead)).toBeGreaterThan(100);
    await race('lock without links when told', leaveDead);
  });

  it('another error of the link is thrown', () => {
    vi.mocked(linkSync).mockImplementation(refuse('ENOSPC'));
    const file = lockFile();
    expect(() => tryLock(file, new FakeClock())).toThrow('ENOSPC');
    expect(namesBeside(file)).toEqual([]);
  });
});
