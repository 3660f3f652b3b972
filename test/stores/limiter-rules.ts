// What every rate limiter keeps for all that share it: the processes of a machine, or the workers of the backend.
import { describe, expect, it } from 'vitest';
import { seeded } from '../support/virtual-time.ts';
import { DAY, HOUR, SECOND } from './file/support.ts';

const MINUTE = 60 * SECOND;
const PROCESSES = 5;
const MANY = 100;

/** A limiter that nobody has used, and its simulated time. Times are in milliseconds. */
export interface SharedLimiter {
  /** The time since the beginning, by a clock that nobody sets. */
  now(): number;
  pass(ms: number): void | Promise<void>;
  /** Puts the clock back by which the limiter counts. */
  setBack(ms: number): void | Promise<void>;
  /** @param process which of five asks @returns whether it may send a query now */
  acquire(process: number): Promise<boolean>;
  pauseFor(process: number, ms: number): Promise<void>;
}

/** The most of these moments that lie in any one span of time. */
export function mostIn(spanMs: number, moments: number[]): number {
  return Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + spanMs).length));
}

export function longestGap(moments: number[]): number {
  return Math.max(...moments.slice(1).map((at, n) => at - moments[n]!));
}

/** @param open returns one for so many queries a minute */
export function limiterRules(
  name: string,
  open: (queries: number) => SharedLimiter | Promise<SharedLimiter>,
): void {
  describe(`${name}: a rate limiter`, () => {
    /** Sends whatever may be sent until `end`, at odd times, and returns when that was. */
    async function sendUntil(
      end: number,
      limiter: SharedLimiter,
      random: () => number,
      longestMs: number,
    ): Promise<number[]> {
      const sent: number[] = [];
      while (limiter.now() < end) {
        for (let n = 0; n < MANY && (await limiter.acquire(Math.floor(random() * PROCESSES))); n += 1)
          sent.push(limiter.now());
        await limiter.pass(longestMs * random());
      }
      return sent;
    }

    it.each([60, 20, 5, 1])(
      'fault 51: of %i queries a minute never more are sent in any minute, and most of them are, also after an idle time',
      async (queries) => {
        const limiter = await open(queries);
        const random = seeded(queries);
        const minutes = Math.round(3 + 3 / queries);
        const sent = await sendUntil(minutes * MINUTE, limiter, random, MINUTE / queries);
        expect(sent.length).toBeGreaterThanOrEqual(Math.floor(0.6 * minutes * queries));
        await limiter.pass(2 * MINUTE);
        sent.push(...(await sendUntil(limiter.now() + MINUTE, limiter, random, 10 * SECOND)));
        expect(mostIn(MINUTE, sent)).toBeLessThanOrEqual(queries);
      },
    );

    it('fault 51: a hundred that ask at once, and again in that minute, send no more than the limit', async () => {
      const limiter = await open(60);
      const rush = () => Promise.all(Array.from({ length: MANY }, (_, n) => limiter.acquire(n % PROCESSES)));
      let sent = 0;
      for (let n = 0; n < 6; n += 1) {
        sent += (await rush()).filter(Boolean).length;
        await limiter.pass(10 * SECOND - 1);
      }
      expect(sent).toBeGreaterThan(0);
      expect(sent).toBeLessThanOrEqual(60);
    });

    it('fault 15: a pause holds for all until its end, and a shorter one does not shorten it', async () => {
      const limiter = await open(60);
      await limiter.pauseFor(0, 20 * SECOND);
      await limiter.pauseFor(1, SECOND);
      const mayAny = async () => {
        const all = await Promise.all(Array.from({ length: PROCESSES }, (_, n) => limiter.acquire(n)));
        return all.includes(true);
      };
      expect(await mayAny()).toBe(false);
      await limiter.pass(20 * SECOND - 1);
      expect(await mayAny()).toBe(false);
      await limiter.pass(1);
      expect(await mayAny()).toBe(true);
    });

    it.each([5 * SECOND, HOUR, 365 * DAY])(
      'fault 82: the clock is put back by %i ms: the limit holds, and queries continue',
      async (ms) => {
        const limiter = await open(60);
        const random = seeded(ms);
        const before = await sendUntil(90 * SECOND, limiter, random, 3 * SECOND);
        await limiter.setBack(ms);
        const sent = [...before, ...(await sendUntil(4 * MINUTE, limiter, random, 3 * SECOND))];
        expect(mostIn(MINUTE, sent)).toBeLessThanOrEqual(60);
        expect(longestGap([...sent, limiter.now()])).toBeLessThan(2.5 * MINUTE);
      },
    );
  });
}
