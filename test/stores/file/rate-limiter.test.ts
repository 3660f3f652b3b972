// Real files; the clock is simulated, and all waiting processes share it.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../scripts/src/stores/file/rate-limiter.ts';
import { FakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/command.ts';
import { DAY, HOUR, SECOND, SERVICE } from './support.ts';

const MINUTE = 60 * SECOND;

/** Processes of one machine, at one time. */
function machine() {
  const clock = new FakeClock();
  const folder = path.join(tempFolder(), 'rate-limit');
  return {
    clock,
    folder,
    process: (service = SERVICE) => new RateLimiter(folder, service, clock),
    names: () => readdirSync(folder).map((name) => name.replace(/^[0-9a-f]{16}-/, '')),
  };
}

/** The most of these moments that lie in any one span of time. */
function mostIn(spanMs: number, moments: number[]): number {
  return Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + spanMs).length));
}

/** Chances that differ from each other and are the same in each run. */
function chances(): () => number {
  let seed = 3;
  return () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
}

describe('fault 51: a hundred processes that wait', () => {
  it('make no more than 60 queries in any minute, and each acquires a permit', async () => {
    const { clock, process } = machine();
    const random = chances();
    // Each waits for a task of its own, which takes half a minute. Its first poll after that is its last one.
    let waiters = Array.from({ length: 100 }, () => ({ limiter: process(), nextAt: 0 }));
    const queries: number[] = [];
    for (; waiters.length > 0 && clock.now < 5 * MINUTE; clock.now += 100) {
      // All processes that wake up in the same tenth of a second try at once.
      const due = waiters.filter(({ nextAt }) => nextAt <= clock.now);
      const permits = await Promise.all(due.map(({ limiter }) => limiter.acquire()));
      const lucky = due.filter((_, at) => permits[at]);
      for (const waiter of due) waiter.nextAt = clock.now + SECOND * (0.5 + random());
      for (const waiter of lucky) {
        queries.push(clock.now);
        waiter.nextAt = clock.now + 4.4 * SECOND;
      }
      if (clock.now >= MINUTE / 2) waiters = waiters.filter((waiter) => !lucky.includes(waiter));
    }
    expect(waiters).toEqual([]);
    expect(mostIn(MINUTE, queries)).toBeLessThanOrEqual(60);
    // And not far fewer: the limit is used.
    expect(mostIn(MINUTE, queries)).toBeGreaterThan(50);
  }, 120_000);

  it('yield to each other: no process waits for several rounds of all', async () => {
    const { clock, process } = machine();
    const random = chances();
    const waiters = Array.from({ length: 20 }, () => ({ limiter: process(), nextAt: 0, polledAt: [0] }));
    for (; clock.now < 2 * MINUTE; clock.now += 50) {
      for (const waiter of waiters.filter(({ nextAt }) => nextAt <= clock.now)) {
        const isPermitted = await waiter.limiter.acquire();
        if (isPermitted) waiter.polledAt.push(clock.now);
        waiter.nextAt =
          clock.now + (isPermitted ? 4_400 * (0.95 + random() / 10) : SECOND * (0.5 + random()));
      }
    }
    const gaps = waiters.flatMap(({ polledAt }) =>
      [...polledAt, clock.now].slice(1).map((at, n) => at - polledAt[n]!),
    );
    expect(Math.max(...gaps)).toBeLessThan(3 * 20 * 1_100);
  }, 120_000);

  it('acquire the next permit at once when no other process waits', async () => {
    const { clock, process } = machine();
    const limiter = process();
    for (let n = 0; n < 30; n += 1) {
      await process().acquire();
      expect(await limiter.acquire()).toBe(false);
      clock.now += 1_100;
    }
    expect(await limiter.acquire()).toBe(true);
    clock.now += 1_100;
    expect(await limiter.acquire()).toBe(false);
    clock.now += 1_100;
    expect(await limiter.acquire()).toBe(true);
  });

  it('do not yield after a status that needed no permit', async () => {
    const { clock, process } = machine();
    const [limiter, other] = [process(), process()];
    await other.acquire();
    expect(await limiter.acquire()).toBe(false);
    await other.share('ckx1', 'PROGRESS');
    expect(await limiter.statusFromOthers('ckx1')).toBe('PROGRESS');
    clock.now += 10 * MINUTE;
    expect(await limiter.acquire()).toBe(true);
    clock.now += 1_100;
    expect(await limiter.acquire()).toBe(true);
  });

  it.each([0, 1_099])('that all try at once in every round keep the limit too (from %i ms)', async (from) => {
    const { clock, process } = machine();
    const waiters = Array.from({ length: 2 }, () => process());
    const queries: number[] = [];
    clock.wallOffset += from;
    for (; clock.now < 2.2 * MINUTE; clock.now += 275) {
      const permits = await Promise.all(waiters.map((limiter) => limiter.acquire()));
      expect(permits.filter(Boolean).length).toBeLessThanOrEqual(1);
      if (permits.some(Boolean)) queries.push(clock.now);
    }
    expect(mostIn(MINUTE, queries)).toBeLessThanOrEqual(60);
    expect(queries.length).toBeGreaterThan(110);
  });

  it("says when the next permit is due: after one interval, or after the service's pause", async () => {
    const { clock, process } = machine();
    const limiter = process();
    expect(await limiter.nextPermitIn()).toBe(1_100);
    await process().pauseFor(20_000);
    clock.now += 5_000;
    expect(await limiter.nextPermitIn()).toBe(15_000);
    clock.now += 15_000;
    expect(await limiter.nextPermitIn()).toBe(1_100);
  });

  it('one of them acquires the permit, and the next one a little more than a second later', async () => {
    const { clock, process } = machine();
    clock.wallOffset = 1_100 * 1e9;
    const permits = await Promise.all(Array.from({ length: 100 }, () => process().acquire()));
    expect(permits.filter(Boolean)).toHaveLength(1);
    clock.now += 1_099;
    expect(await process().acquire()).toBe(false);
    clock.now += 1;
    expect(await process().acquire()).toBe(true);
    expect(await process().acquire()).toBe(false);
  });

  it('of another service have a limit of their own', async () => {
    const { process } = machine();
    expect(await process().acquire()).toBe(true);
    expect(await process('https://other.test').acquire()).toBe(true);
    expect(await process().acquire()).toBe(false);
  });
});

describe('the shared status of a task', () => {
  it('is given to the other processes for two seconds, and never to the process that shared it', async () => {
    const { clock, process } = machine();
    const [one, two] = [process(), process()];
    await one.share('ckx1', 'PROGRESS');
    expect(await two.statusFromOthers('ckx1')).toBe('PROGRESS');
    expect(await one.statusFromOthers('ckx1')).toBeUndefined();
    expect(await two.statusFromOthers('ckx2')).toBeUndefined();
    expect(await process('https://other.test').statusFromOthers('ckx1')).toBeUndefined();
    clock.now += 2 * SECOND - 1;
    expect(await two.statusFromOthers('ckx1')).toBe('PROGRESS');
    clock.now += 1;
    expect(await two.statusFromOthers('ckx1')).toBeUndefined();
  });

  it('is the last one of any other process', async () => {
    const { process } = machine();
    const [one, two, three] = [process(), process(), process()];
    await one.share('ckx1', 'PROGRESS');
    await two.share('ckx1', 'COMPLETED');
    expect(await one.statusFromOthers('ckx1')).toBe('COMPLETED');
    expect(await three.statusFromOthers('ckx1')).toBe('COMPLETED');
    expect(await two.statusFromOthers('ckx1')).toBeUndefined();
  });

  it('fault 32: does not count when it lies ahead, as after the clock was set back', async () => {
    const { clock, process } = machine();
    await process().share('ckx1', 'PROGRESS');
    clock.wallOffset -= HOUR;
    expect(await process().statusFromOthers('ckx1')).toBeUndefined();
  });

  it.each([
    '',
    'null',
    '[]',
    '{"state":"DONE","at":NOW,"by":"x"}',
    '{"state":"PROGRESS","by":"x"}',
    '{"state":',
  ])('fault 46: does not count when it reads %s', async (text) => {
    const { clock, folder, process } = machine();
    await process().share('ckx1', 'PROGRESS');
    const [name] = readdirSync(folder);
    writeFileSync(path.join(folder, name!), text.replace('NOW', String(clock.wall())));
    expect(await process().statusFromOthers('ckx1')).toBeUndefined();
  });

  it('is for the owner alone, and names neither the task nor the service', async () => {
    const { folder, process, names } = machine();
    const limiter = process();
    await limiter.share('ckx1', 'PROGRESS');
    await limiter.acquire();
    await limiter.pauseFor(SECOND);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(names()).toHaveLength(3);
    for (const name of readdirSync(folder)) {
      expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
      expect(`${name}${readFileSync(path.join(folder, name), 'utf8')}`).not.toMatch(/ckx1|media\.test/);
    }
  });
});

describe('a pause that a service asked for', () => {
  it('holds for every process until its end', async () => {
    const { clock, process } = machine();
    await process().pauseFor(30 * SECOND);
    clock.now += 30 * SECOND - 1;
    expect(await process().acquire()).toBe(false);
    expect(await process('https://other.test').acquire()).toBe(true);
    clock.now += 1;
    expect(await process().acquire()).toBe(true);
  });

  it('ends after five minutes at the latest', async () => {
    const { clock, process } = machine();
    await process().pauseFor(DAY);
    expect(await process().acquire()).toBe(false);
    clock.now += 300 * SECOND - 1;
    expect(await process().acquire()).toBe(false);
    clock.now += 1;
    expect(await process().acquire()).toBe(true);
  });

  it('fault 32: ends when the clock is set back', async () => {
    const { clock, process } = machine();
    await process().pauseFor(30 * SECOND);
    clock.wallOffset -= 365 * DAY;
    expect(await process().acquire()).toBe(true);
  });

  it.each(['', 'soon', '\0\0\0\0', '1e999', '-1'])(
    'fault 46: does not hold when its file reads %j',
    async (text) => {
      const { folder, process } = machine();
      await process().pauseFor(30 * SECOND);
      const [name] = readdirSync(folder);
      writeFileSync(path.join(folder, name!), text);
      expect(await process().acquire()).toBe(true);
    },
  );
});

describe('where nothing can be written', () => {
  it('fault 44: each process polls without a limit, and nothing is thrown', async () => {
    const clock = new FakeClock();
    const file = path.join(tempFolder(), 'file');
    writeFileSync(file, '');
    for (const folder of [file, path.join(file, 'rate-limit')]) {
      const [one, two] = [new RateLimiter(folder, SERVICE, clock), new RateLimiter(folder, SERVICE, clock)];
      expect([await one.acquire(), await two.acquire(), await one.acquire()]).toEqual([true, true, true]);
      await one.share('ckx1', 'PROGRESS');
      expect(await two.statusFromOthers('ckx1')).toBeUndefined();
      await one.pauseFor(MINUTE);
      expect(await two.acquire()).toBe(true);
    }
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('any more: the same', async () => {
    const { folder, process } = machine();
    const limiter = process();
    expect(await limiter.acquire()).toBe(true);
    rmSync(folder, { recursive: true });
    expect(await limiter.acquire()).toBe(true);
    await limiter.share('ckx1', 'PROGRESS');
    await limiter.pauseFor(MINUTE);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('old files are removed', () => {
  it('permits after a few minutes', async () => {
    const { clock, process, names } = machine();
    for (let n = 0; n < 160; n += 1) {
      await process().acquire();
      clock.now += 1_100;
    }
    expect(names().length).toBeGreaterThan(100);
    expect(names().length).toBeLessThan(130);
  });

  it('statuses and pauses after a day', async () => {
    const { clock, folder, process, names } = machine();
    const [mine, other] = [process(), process('https://other.test')];
    await mine.share('ckx1', 'PROGRESS');
    await mine.share('ckx2', 'PROGRESS');
    await mine.pauseFor(0);
    await other.acquire();
    for (const name of readdirSync(folder)) {
      const at = (clock.wall() - 25 * HOUR) / 1000;
      utimesSync(path.join(folder, name), at, at);
    }
    await mine.share('ckx2', 'PROGRESS');
    const fresh = readdirSync(folder).find(
      (name) => statSync(path.join(folder, name)).mtimeMs > Date.now() - HOUR,
    )!;
    utimesSync(path.join(folder, fresh), clock.wall() / 1000, clock.wall() / 1000);
    for (let n = 0; n < 121; n += 1) {
      await mine.acquire();
      clock.now += 1_100;
    }
    expect(names().filter((name) => !name.startsWith('permit-'))).toEqual([fresh.slice(17)]);
    expect(readdirSync(folder).filter((name) => name.slice(0, 16) !== fresh.slice(0, 16))).toEqual([]);
  });
});
