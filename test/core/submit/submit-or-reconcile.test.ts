import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../scripts/src/http/http-client.ts';
import { FakeClock } from '../../support/clock.ts';
import type { Reply } from '../../support/server.ts';
import { sessionWith } from '../session.ts';
import {
  ACCEPTED,
  acceptedOf,
  expectOneRequest,
  LIST,
  logOf,
  rejectionOf,
  submitFor,
  submitService,
  submitsTo,
} from '../submits.ts';

async function started(submits: Reply[], options: Parameters<typeof sessionWith>[1] = {}) {
  const clock = new FakeClock();
  const server = await submitService(clock, submits);
  return { clock, server, session: sessionWith(server.origin, { clock, ...options }), log: logOf() };
}

describe('a submit that is answered', () => {
  it('is sent once, on a connection of its own', async () => {
    const { server, session, log } = await started([ACCEPTED]);
    const fresh: (boolean | undefined)[] = [];
    const { transport } = session;
    const send = transport.send.bind(transport);
    transport.send = (request: HttpRequest, options) => {
      fresh.push(options.fresh);
      return send(request, options);
    };
    const { task, by } = acceptedOf(await submitFor(session, undefined, { log }));
    expect(task).toMatchObject({ id: 'ckx1', state: 'SUBMITTED', model: 't2v', idempotencyKey: 'key-0001' });
    expect(by).toBe('answer');
    expect(session.told).toEqual(['submitting']);
    expect(log.notes).toEqual([]);
    expect(server.received).toHaveLength(1);
    expect(fresh).toEqual([true]);
    expectOneRequest(server, 1);
  });

  it('that had to pause before it was sent is dated then: a later process counts the minute from there', async () => {
    const { session, log, clock } = await started([ACCEPTED]);
    const ready = async () => {
      clock.now += 10_000;
    };
    const submits = { ready, pauseFor: () => {}, lost: () => {} };
    acceptedOf(await submitFor({ ...session, submits }, undefined, { log }));
    expect(log.notes).toEqual(['sending']);
  });

  it.each([
    [400, 'INVALID_PAYLOAD'],
    [401, 'AUTH_FAILED'],
    [402, 'INSUFFICIENT_CREDITS'],
    [403, 'AUTH_FAILED'],
    [404, 'UNKNOWN_ERROR'],
    [409, 'IDEMPOTENCY_CONFLICT'],
    [413, 'INVALID_PAYLOAD'],
    [422, 'INVALID_PAYLOAD'],
  ])('faults 17 to 19, 21 and 22: HTTP %i is final: %s', async (status, code) => {
    const { server, session, log } = await started([{ status, body: { status: 'FAILED', message: 'no' } }]);
    expect(rejectionOf(await submitFor(session, undefined, { log })).code).toBe(code);
    expect(server.received).toHaveLength(1);
    expect(session.told).toEqual(['submitting', 'rejected']);
    expect(session.clock.sleeps).toEqual([]);
    expect(log.notes).toEqual([]);
  });

  it('fault 23: a rejection within HTTP 200 is final too', async () => {
    const { server, session } = await started([
      { body: { status: 'FAILED', message: 'Insufficient credits' } },
    ]);
    expect(rejectionOf(await submitFor(session)).code).toBe('INSUFFICIENT_CREDITS');
    expect(server.received).toHaveLength(1);
  });
});

describe('a submit that was certainly not accepted', () => {
  it('fault 15: after 429 it is repeated with the same key, no sooner than asked, each attempt on record', async () => {
    const { server, session, log } = await started([
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 429 },
      ACCEPTED,
    ]);
    const { task, by } = acceptedOf(await submitFor(session, undefined, { log }));
    expect([task.id, by]).toEqual(['ckx1', 'answer']);
    expect(server.to(LIST)).toHaveLength(0);
    expect(session.clock.sleeps[0]).toBeGreaterThanOrEqual(7_000);
    expect(log.notes).toEqual(['rejected', 'sending', 'rejected', 'sending']);
    expectOneRequest(server, 3);
  });

  it('fault 14: asked to wait for longer than there is time, it says so at once', async () => {
    const { session } = await started([{ status: 429, headers: { 'retry-after': '601' } }]);
    const failure = rejectionOf(await submitFor(session));
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 601 } });
    expect(session.clock.sleeps).toEqual([]);
    expect(session.told).toEqual(['submitting', 'rejected']);
  });

  it('fault 1: a refused connection is repeated until the service is there', async () => {
    const { server, session } = await started([ACCEPTED]);
    const { clock } = session;
    const refused = await submitService(clock, [ACCEPTED]);
    await refused.close();
    const first = sessionWith(refused.origin, { clock }).provider;
    const { provider } = session;
    // The service comes up while the second pause is slept through.
    session.provider = {
      ...first,
      submit: (generation) => (clock.sleeps.length < 2 ? first : provider).submit(generation),
    };
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx1');
    expect(clock.sleeps).toHaveLength(2);
    expect(submitsTo(server)).toHaveLength(1);
  });

  it('fault 1: a connection refused for good submits nothing, and the list need not be read', async () => {
    const { server, session, log } = await started([ACCEPTED]);
    await server.close();
    const failure = rejectionOf(await submitFor(session, undefined, { log }));
    expect(failure).toMatchObject({ code: 'NETWORK_ERROR', details: { unclear: false } });
    // Refused before each pause: nothing is under way then, and an interruption must not cause another attempt.
    expect(session.told).toEqual(Array.from({ length: 4 }, () => ['submitting', 'rejected']).flat());
    expect(session.clock.sleeps).toHaveLength(3);
    expect(log.notes).toEqual(Array.from({ length: 3 }, () => ['rejected', 'sending']).flat());
  });

  it('is not repeated with maxRetries 0', async () => {
    const { server, session } = await started([{ status: 429 }], { maxRetries: 0 });
    expect(rejectionOf(await submitFor(session)).code).toBe('RATE_LIMITED');
    expect(submitsTo(server)).toHaveLength(1);
  });

  it('is not repeated where that cannot be recorded', async () => {
    const { server, session } = await started([{ status: 429 }, ACCEPTED]);
    const log = logOf({ sending: () => Promise.reject(new Error('disk full')) });
    await expect(submitFor(session, undefined, { log })).rejects.toThrow('disk full');
    expect(submitsTo(server)).toHaveLength(1);
  });
});

describe('told to stop', () => {
  it.each([
    ['while the answer is awaited', 'silence', ['submitting']],
    ['while it waits to repeat', { status: 429 }, ['submitting', 'rejected']],
  ] as [string, Reply, string[]][])('%s, it ends with the reason', async (_, reply, told) => {
    const controller = new AbortController();
    const { session } = await started([reply], { signal: controller.signal });
    session.clock.onSleep = () => controller.abort(new Error('stopped'));
    if (reply === 'silence') setTimeout(() => controller.abort(new Error('stopped')), 50);
    await expect(submitFor(session)).rejects.toThrow('stopped');
    // While the answer is awaited nobody knows whether it was accepted; after a 429 it certainly was not.
    expect(session.told).toEqual(told);
  });
});
