// Real files; the clock is simulated, and all waiting processes share it.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../../scripts/src/http/rate-limit.ts';
import { FileRateLimiter } from '../../../scripts/src/stores/file/rate-limiter.ts';
import { FakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/command.ts';
import { limiterRules, longestGap, mostIn } from '../limiter-rules.ts';
import { DAY, HOUR, SECOND } from './support.ts';

const MINUTE = 60 * SECOND;
const LIMIT: RateLimit = { queries: 60, windowMs: MINUTE, per: 'address', source: null };

/** Processes of one machine, at one time. */
function machine(limit = LIMIT) {
  const clock = new FakeClock();
  const folder = path.join(tempFolder(), 'rate-limit');
  return {
    clock,
    folder,
    process: () => new FileRateLimiter(folder, limit, clock),
    /** Asks again and again until then, and returns when a query was sent. */
    async sendUntil(end: number, everyMs: number, kind: 'poll' | 'result', limiter?: FileRateLimiter) {
      const sent: number[] = [];
      for (; clock.now < end; clock.now += everyMs)
        if ((await (limiter ?? new FileRateLimiter(folder, limit, clock)).acquire(kind)) === 0)
          sent.push(clock.now);
      return sent;
    },
    permits: () =>
      readdirSync(path.join(folder, readdirSync(folder).find((name) => /^permits-\d+$/.test(name))!)),
  };
}

for (const kind of ['poll', 'result'] as const) {
  limiterRules(`files, each query a ${kind}`, (queries) => {
    const { clock, process } = machine({ ...LIMIT, queries });
    const processes = Array.from({ length: 5 }, process);
    return {
      now: () => clock.now,
      pass: (ms) => {
        clock.now += ms;
      },
      setBack: (ms) => {
        clock.wallOffset -= ms;
      },
      acquire: async (n) => (await processes[n]!.acquire(kind)) === 0,
      pauseFor: (n, ms) => processes[n]!.pauseFor(ms),
    };
  });
}

describe('fault 51: processes that share a limit', () => {
  it('keep their distance in polls, so that the permits last; a query beside them is sent at once', async () => {
    const { clock, process } = machine();
    expect(await process().acquire('poll')).toBe(0);
    const wait = await process().acquire('poll');
    expect(wait).toBeGreaterThan(1_000);
    expect(await process().acquire('result')).toBe(0);
    clock.now += wait;
    expect(await process().acquire('poll')).toBe(0);
  });

  it('leave a few permits to queries that are no polls', async () => {
    const { clock, process } = machine();
    const limiter = process();
    for (let polls = 0; polls < 54; clock.now += 150) if ((await limiter.acquire('poll')) === 0) polls += 1;
    clock.now += 2 * SECOND;
    const waits = await Promise.all(Array.from({ length: 5 }, () => process().acquire('result')));
    expect(waits.filter((wait) => wait === 0).length).toBeGreaterThanOrEqual(4);
  });

  it('leave two thirds of the permits to the waits, however often single questions are asked beside them', async () => {
    const { clock, process } = machine();
    const sent = { poll: 0, lookup: 0 };
    const moments: number[] = [];
    for (; clock.now < 3 * MINUTE; clock.now += 200) {
      for (const kind of ['lookup', 'poll'] as const) {
        if ((await process().acquire(kind)) > 0) continue;
        sent[kind] += 1;
        moments.push(clock.now);
      }
    }
    expect(mostIn(MINUTE, moments)).toBeLessThanOrEqual(60);
    expect(sent.poll).toBeGreaterThanOrEqual(3 * 30);
    expect(sent.lookup).toBeGreaterThanOrEqual(3 * 4);
  });

  it('say when the next permit is there, and it is', async () => {
    const { clock, process } = machine();
    for (let n = 0; n < 58; n += 1) expect(await process().acquire('result')).toBe(0);
    const wait = await process().nextIn('result');
    expect(await process().acquire('result')).toBe(wait);
    clock.now += wait - 1;
    expect(await process().acquire('result')).toBe(1);
    clock.now += 1;
    expect(await process().acquire('result')).toBe(0);
  });

  it('give one permit to one of a hundred that ask at the same moment', async () => {
    const { process } = machine();
    const waits = await Promise.all(Array.from({ length: 100 }, () => process().acquire('poll')));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(1);
  });

  it('leave files of a fixed number', async () => {
    const { folder, sendUntil, permits } = machine();
    await sendUntil(10 * MINUTE, SECOND, 'poll');
    expect(permits()).toHaveLength(58);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('a pause that the service asked for', () => {
  it('is as long as the wait that a process is told of', async () => {
    const { process } = machine();
    await process().pauseFor(20 * SECOND);
    for (const kind of ['result', 'poll'] as const) expect(await process().acquire(kind)).toBe(20 * SECOND);
  });

  it('fault 14: lasts five minutes at most', async () => {
    const { clock, process } = machine();
    await process().pauseFor(DAY);
    clock.now += 300 * SECOND;
    expect(await process().acquire('poll')).toBe(0);
  });

  it('fault 32: ends when the clock is set back', async () => {
    const { clock, process } = machine();
    await process().pauseFor(30 * SECOND);
    clock.wallOffset -= 365 * DAY;
    expect(await process().acquire('poll')).toBe(0);
  });

  it.each(['', 'soon', '\0\0\0\0', '1e999', '-1'])(
    'fault 46: does not hold when its file reads %j',
    async (text) => {
      const { folder, process } = machine();
      await process().pauseFor(30 * SECOND);
      writeFileSync(path.join(folder, 'pause'), text);
      expect(await process().acquire('poll')).toBe(0);
    },
  );
});

describe('fault 82: the clock is set back while permits are in use', () => {
  it.each([5 * SECOND, HOUR, 365 * DAY])('by %i ms: polls continue at once', async (ms) => {
    const { clock, sendUntil } = machine();
    const sent = await sendUntil(90 * SECOND, 300, 'poll');
    clock.wallOffset -= ms;
    sent.push(...(await sendUntil(4 * MINUTE, 300, 'poll')));
    expect(longestGap([...sent, clock.now])).toBeLessThan(10 * SECOND);
  });
});

describe('fault 46: files that are damaged', () => {
  it('a permit that is gone is a permit less; a foreign file and a double are none', async () => {
    const { folder, process, sendUntil, permits } = machine();
    await process().acquire('poll');
    const place = path.join(folder, 'permits-58');
    for (const name of permits().slice(0, 30)) rmSync(path.join(place, name));
    for (const name of ['999-0', '00x-1', 'README', '057-00', '000-999999999999999'])
      writeFileSync(path.join(place, name), '');
    const sent = await sendUntil(3 * MINUTE, 400, 'result');
    expect(mostIn(MINUTE, sent)).toBeLessThanOrEqual(30);
    expect(sent.length).toBeGreaterThan(50);
  });

  it('a folder with foreign files alone: the process keeps to the limit by itself', async () => {
    const { clock, folder, process } = machine();
    mkdirSync(path.join(folder, 'permits-58'), { recursive: true });
    writeFileSync(path.join(folder, 'permits-58', 'README'), '');
    const limiter = process();
    expect(await limiter.acquire('poll')).toBe(0);
    expect(await limiter.acquire('poll')).toBeGreaterThan(1_000);
    clock.now += 2 * SECOND;
    expect(await limiter.acquire('poll')).toBe(0);
  });
});

describe('where nothing can be written', () => {
  it('fault 44: each process keeps to the limit by itself, and nothing is thrown', async () => {
    const clock = new FakeClock();
    const file = path.join(tempFolder(), 'file');
    writeFileSync(file, '');
    for (const folder of [file, path.join(file, 'rate-limit')]) {
      const [one, two] = [
        new FileRateLimiter(folder, LIMIT, clock),
        new FileRateLimiter(folder, LIMIT, clock),
      ];
      expect([await one.acquire('poll'), await two.acquire('poll')]).toEqual([0, 0]);
      expect(await one.acquire('poll')).toBeGreaterThan(1_000);
      await one.pauseFor(MINUTE);
      expect(await one.acquire('poll')).toBe(MINUTE);
      expect(await one.nextIn('poll')).toBe(MINUTE);
      clock.now += 2 * SECOND;
      expect(await two.acquire('poll')).toBe(0);
      clock.now += MINUTE;
    }
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('fault 83: any more: the process knows what it has sent', async () => {
    const { folder, process, sendUntil } = machine();
    const limiter = process();
    expect(await sendUntil(30 * SECOND, 300, 'result', limiter)).toHaveLength(58);
    renameSync(folder, `${folder}.gone`);
    writeFileSync(folder, '');
    expect(await limiter.acquire('result')).toBeGreaterThan(0);
  });
});
