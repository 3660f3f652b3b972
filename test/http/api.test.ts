import { describe, expect, it, onTestFinished } from 'vitest';
import { Api, type ApiOptions, type Call } from '../../scripts/src/http/api.ts';
import type { HttpAnswer, HttpRequest } from '../../scripts/src/http/http-client.ts';
import { Transport } from '../../scripts/src/http/transport.ts';
import { systemClock } from '../../scripts/src/model/clock.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import { FakeClock } from '../support/clock.ts';
import { failureOf } from '../support/failures.ts';
import { closedPort, serve } from '../support/server.ts';

function apiFor(options: Partial<ApiOptions> = {}) {
  const clock = new FakeClock();
  const transport = new Transport();
  onTestFinished(() => transport.close());
  return { clock, api: new Api(transport, clock, { timeoutMs: 2_000, maxRetries: 3, ...options }) };
}

const read = (api: Api, { origin }: { origin: string }, retryUntil = 60_000) =>
  api.read(callTo(origin), { retryUntil });

/** An api that keeps the time limits of its requests, and gets these answers. */
function limited(answer: (timeoutMs: number) => HttpAnswer) {
  const clock = new FakeClock();
  const limits: number[] = [];
  const send = async (_: HttpRequest, { timeoutMs }: { timeoutMs: number }) => {
    limits.push(timeoutMs);
    return answer(timeoutMs);
  };
  const api = new Api({ send } as unknown as Transport, clock, { timeoutMs: 30_000, maxRetries: 3 });
  return { api, clock, limits };
}

/** A call whose answers of 500 and above are transient failures and whose 4xx are permanent. */
function callTo(origin: string): Call<string> {
  return {
    request: { method: 'GET', url: new URL(origin), headers: {} },
    limits: { bytes: 1_000, values: 10 },
    read(answer: HttpAnswer) {
      if (answer.status < 400) return answer.body.toString();
      const retryAfter = Number(answer.headers['retry-after']);
      throw new Failure('NETWORK_ERROR', `HTTP ${answer.status}`, {
        transient: answer.status >= 500 || answer.status === 429,
        ...(retryAfter && { retryAfter }),
      });
    },
  };
}

describe('a read', () => {
  it('fault 16: is repeated while that may help, with growing pauses', async () => {
    const server = await serve((_, { count }) => (count < 3 ? { status: 503 } : { body: 'at last' }));
    const { api, clock } = apiFor();
    await expect(read(api, server)).resolves.toBe('at last');
    expect(clock.sleeps).toEqual([375, 750, 1_500]);
  });

  it('is retried maxRetries times, then its last failure is thrown', async () => {
    const server = await serve((_, { count }) => ({ status: 500 + count }));
    const { api } = apiFor({ maxRetries: 2 });
    await expect(read(api, server)).rejects.toThrow('HTTP 502');
    expect(server.received).toHaveLength(3);
  });

  it.each([
    ['with maxRetries 0', { maxRetries: 0 }, 503],
    ['for a permanent failure', {}, 404],
  ])('is made once %s', async (_, options, status) => {
    const server = await serve({ status });
    const { api, clock } = apiFor(options);
    await expect(read(api, server)).rejects.toThrow(`HTTP ${status}`);
    expect(server.received).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  it('fault 13: waits for as long as the service asks, and a little more', async () => {
    const server = await serve((_, { count }) =>
      count === 0 ? { status: 429, headers: { 'retry-after': '7' } } : { body: 'ok' },
    );
    const { api, clock } = apiFor();
    await read(api, server);
    expect(clock.sleeps).toHaveLength(1);
    expect(clock.sleeps[0]).toBeGreaterThan(7_000);
    expect(clock.sleeps[0]).toBeLessThan(8_000);
  });

  it('fault 14: returns at once when the service asks for more than is left', async () => {
    const server = await serve({ status: 429, headers: { 'retry-after': '61' } });
    const { api, clock } = apiFor();
    await expect(read(api, server)).rejects.toMatchObject({
      details: { retryAfter: 61 },
    });
    expect(clock.sleeps).toEqual([]);
  });

  it('is not repeated past its deadline', async () => {
    const server = await serve({ status: 503 });
    const { api, clock } = apiFor({ maxRetries: 10 });
    await expect(read(api, server, 2_000)).rejects.toThrow('HTTP 503');
    expect(clock.now).toBeLessThanOrEqual(2_000);
    expect(server.received).toHaveLength(3);
  });

  it('fault 1: is retried after a refused connection', async () => {
    const { api, clock } = apiFor();
    const failed = read(api, { origin: `http://127.0.0.1:${await closedPort()}` });
    await expect(failed).rejects.toThrow('ECONNREFUSED');
    expect(clock.sleeps).toHaveLength(3);
  });

  it('fault 4: does not outlast the wait that it belongs to, but is given five seconds', async () => {
    const { api, clock, limits } = limited(() => ({ status: 200, headers: {}, body: Buffer.from('ok') }));
    clock.now = 1_000;
    const call = callTo('http://127.0.0.1');
    for (const deadline of [undefined, 100_000, 21_000, 2_000, 0]) {
      await api.once(call, deadline === undefined ? {} : { deadline });
    }
    expect(limits).toEqual([30_000, 30_000, 20_000, 5_000, 5_000]);
  });

  it('gives the retries of a read what is left of the time, not the least time of a request each', async () => {
    const { api, clock, limits } = limited((timeoutMs) => {
      clock.now += Math.min(1_500, timeoutMs);
      throw new Failure('NETWORK_ERROR', 'busy', { transient: true });
    });
    await expect(
      api.read(callTo('http://127.0.0.1'), { retryUntil: 5_000, deadline: 5_000 }),
    ).rejects.toThrow('busy');
    expect(limits.slice(0, 2)).toEqual([5_000, 5_000 - 1_500 - clock.sleeps[0]!]);
    expect(clock.now).toBeLessThanOrEqual(5_000);
  });

  it('fault 31: an answer of too many values is refused unread, and retried; an error answer is judged by its status', async () => {
    const many = JSON.stringify(Array(50).fill(0));
    const server = await serve((_, { count }) => ({ status: count === 0 ? 200 : 404, body: many }));
    const { api, clock } = apiFor();
    await expect(read(api, server)).rejects.toThrow('HTTP 404');
    expect(clock.sleeps).toHaveLength(1);
  });

  it('does not repeat what is a bug', async () => {
    const server = await serve({});
    const bug = new TypeError('ours');
    const { api, clock } = apiFor();
    const call = { ...callTo(server.origin), read: () => Promise.reject(bug) as never };
    await expect(api.read(call, { retryUntil: 60_000 })).rejects.toBe(bug);
    expect(clock.sleeps).toEqual([]);
  });

  it('ends in its pause when it is aborted', async () => {
    const server = await serve({ status: 503 });
    const controller = new AbortController();
    const { api, clock } = apiFor({ signal: controller.signal });
    clock.onSleep = () => controller.abort(new Error('stopped'));
    await expect(read(api, server)).rejects.toThrow('stopped');
    expect(server.received).toHaveLength(1);
  });
});

describe('the clock of the system', () => {
  it('sleeps, and stops sleeping when aborted', async () => {
    const start = systemClock.monotonic();
    await systemClock.sleep(15);
    expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(14);
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow('stopped');
    await expect(systemClock.sleep(60_000, controller.signal)).rejects.toThrow('stopped');
  });

  it('does not take a very long sleep for none', async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(2 ** 40, controller.signal);
    const first = await Promise.race([
      sleeping.catch(() => 'aborted'),
      systemClock.sleep(20).then(() => 'asleep'),
    ]);
    expect(first).toBe('asleep');
    controller.abort();
  });

  it('fault 32: measures spans without the wall clock', () => {
    const a = systemClock.monotonic();
    const now = Date.now;
    try {
      Date.now = () => 0;
      const span = systemClock.monotonic() - a;
      expect(span).toBeGreaterThanOrEqual(0);
      expect(span).toBeLessThan(1_000);
    } finally {
      Date.now = now;
    }
  });
});

describe('fault 51: the queries that a service permits', () => {
  /** A limiter with so many milliseconds until the next permit, again and again. */
  function limiterWith(...waits: number[]) {
    const asked: string[] = [];
    const pauses: number[] = [];
    const limiter = async () => ({
      acquire: async (kind: string) => {
        asked.push(kind);
        return waits.shift() ?? 0;
      },
      nextIn: async () => 0,
      pauseFor: async (ms: number) => {
        pauses.push(ms);
      },
    });
    return { asked, pauses, limiter };
  }

  it('a query waits for its permit; a submit, a cancel, and a query that has one, do not', async () => {
    const server = await serve({ body: 'done' });
    const { asked, limiter } = limiterWith(3_000);
    const { api, clock } = apiFor({ limiter });
    const call = callTo(server.origin);
    await api.once({ ...call, request: { ...call.request, method: 'POST' } });
    await api.once({ ...call, request: { ...call.request, method: 'PUT' } });
    await api.once(call, { isPermitted: true });
    expect(asked).toEqual([]);
    await api.once(call);
    expect(asked).toEqual(['lookup', 'lookup']);
    expect(clock.sleeps).toEqual([3_000]);
  });

  it('a query that would wait too long is not sent, and says when it may be', async () => {
    const server = await serve({ body: 'done' });
    const { limiter } = limiterWith(25_000, 0);
    const { api, clock } = apiFor({ limiter });
    const failure = await failureOf(api.once(callTo(server.origin)));
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', details: { transient: true, retryAfter: 25 } });
    expect(server.received).toHaveLength(0);
    // A read waits as it would after such an answer of the service.
    const other = limiterWith(25_000, 0);
    const { api: patient, clock: its } = apiFor({ limiter: other.limiter });
    await expect(read(patient, server, 30_000)).resolves.toBe('done');
    expect(its.now).toBeGreaterThanOrEqual(25_000);
    expect(clock.now).toBe(0);
  });

  it('fault 15: an answer that there were too many of them makes every process pause', async () => {
    const { pauses, limiter } = limiterWith();
    const server = await serve({ status: 429 });
    const read = () => {
      throw new Failure('RATE_LIMITED', 'too many', { retryAfter: 7 });
    };
    const { api } = apiFor({ limiter });
    await expect(api.once({ ...callTo(server.origin), read })).rejects.toThrow('too many');
    expect(pauses).toEqual([7_000]);
  });
});
