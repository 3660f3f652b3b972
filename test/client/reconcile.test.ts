import { describe, expect, test } from 'vitest';
import { type Client, ClientError } from '../../scripts/src/client/index.ts';
import type { Answer } from '../support/server.ts';
import { refusal, service } from '../support/service.ts';
import { clientOf, errorOf, REQUESTS, request, served } from './support.ts';

/** A lost submit: sent when the clock of the test starts. */
const lost = (client: { clock: { wall(): number } }) => ({
  ...request('aivideomaker'),
  submittedAt: client.clock.wall(),
});

const shown = (more: object = {}) => ({
  headers: { date: 'Sat, 21 Nov 2026 12:00:02 GMT' },
  body: {
    tasks: [
      {
        id: 'task1',
        model: 't2v',
        input: REQUESTS.aivideomaker.payload,
        status: 'PROGRESS',
        idempotencyKey: 'key-0001',
        ...more,
      },
    ],
  },
});
const EMPTY = { body: { tasks: [] } };

/** The task that a reconciliation found. */
async function foundBy(promise: ReturnType<Client['reconcile']>) {
  const found = await promise;
  if (found.kind !== 'found') throw new Error(found.kind);
  return found.task;
}

/** What sends a request once more whose list is clear. */
async function clearBy(promise: ReturnType<Client['reconcile']>) {
  const found = await promise;
  if (found.kind !== 'clear') throw new Error(found.kind);
  return found.resubmit;
}

describe('reconcile', () => {
  test('finds the task in the list by its key; nothing is sent', async () => {
    const { server, client } = await served({ list: shown() });
    expect(await client.reconcile(lost(client))).toMatchObject({
      kind: 'found',
      task: { id: 'task1', state: 'PROGRESS' },
    });
    expect(server.to('POST')).toEqual([]);
  });

  test('a list that is clear for too short a time: unsure, with the seconds after which it can tell', async () => {
    const { server, client } = await served({ list: EMPTY });
    expect(await client.reconcile(lost(client))).toEqual({ kind: 'unsure', retryAfter: 59 });
    expect(server.to('GET /api/v1/tasks')).toHaveLength(3);
    expect(server.to('POST')).toEqual([]);
  });

  test('clear for 60 s: sent once more with the same key, after the caller has stored that', async () => {
    const { server, client } = await served({ list: EMPTY });
    const resubmit = await clearBy(client.reconcile(lost(client), { until: client.clock.wall() + 90_000 }));
    expect([server.to('POST').length, client.clock.now]).toEqual([0, 60_000]);
    expect(await resubmit()).toMatchObject({ id: 'task1', quoted: null });
    expect(server.to('POST')).toHaveLength(1);
    expect(server.to('POST')[0]!.headers['idempotency-key']).toBe('key-0001');
  });

  const DAY = 24 * 3600_000;

  test.each<[string, { submitted: number; lost?: number; resubmitted?: boolean }, object]>([
    ['a day ago: clear', { submitted: DAY, lost: DAY }, { kind: 'clear' }],
    ['longer ago than results are kept: unsure', { submitted: DAY + 1, lost: DAY + 1 }, { kind: 'unsure' }],
    [
      'and was resubmitted before: not sent a third time',
      { submitted: 70_000, resubmitted: true },
      { kind: 'unsure', retryAfter: null },
    ],
    [
      'at the end of a long attempt: the minute is counted from then',
      { submitted: 70_000, lost: 20_000 },
      { kind: 'unsure', retryAfter: 39 },
    ],
  ])('a request that was lost %s', async (_, ago, expected) => {
    const { server, client } = await served({ list: EMPTY });
    const now = client.clock.wall();
    const { resubmitted = false } = ago;
    const request = {
      ...{ ...lost(client), submittedAt: now - ago.submitted, resubmitted },
      ...(ago.lost !== undefined && { lostAt: now - ago.lost }),
    };
    expect(await client.reconcile(request)).toMatchObject(expected);
    expect(server.to('POST')).toEqual([]);
  });

  test('a similar task that belongs to another request is not taken', async () => {
    const { client } = await served({
      list: shown({ idempotencyKey: undefined, createdAt: '2026-11-21T12:00:01.000Z' }),
    });
    const asked: string[][] = [];
    const taken = (ids: string[]) => {
      asked.push(ids);
      return Promise.resolve(ids);
    };
    expect((await client.reconcile(lost(client), { taken })).kind).toBe('unsure');
    expect(asked[0]).toEqual(['task1']);
    expect((await foundBy(client.reconcile(lost(client), { taken: () => [] }))).id).toBe('task1');
  });

  test('one list that was read before serves any number of lost requests', async () => {
    const { server, client } = await served({ list: shown() });
    const start = client.clock.wall();
    const request = { ...lost(client), submittedAt: start };
    const options = { until: 0, list: () => list };
    let list = await client.list();
    expect(list).toMatchObject({ unread: 0, askedAt: start, answeredAt: start, serverTime: start + 2_000 });
    expect((await foundBy(client.reconcile(request, options))).id).toBe('task1');
    // By model, input and time, where the list shows no key; however long ago it was read.
    const { idempotencyKey: _, ...unnamed } = list.tasks[0]!;
    list = { ...list, tasks: [{ ...unnamed, createdAt: start + 2_500 }] };
    client.clock.now += 45_000;
    expect((await foundBy(client.reconcile(request, options))).id).toBe('task1');
    // A clear list proves something only where it was read 60 s after the submit.
    list = { ...list, tasks: [], askedAt: start + 45_000 };
    client.clock.now += 30_000;
    expect((await client.reconcile(request, options)).kind).toBe('unsure');
    expect(server.received).toHaveLength(1);
    list = { ...list, askedAt: start + 61_000 };
    expect(await (await clearBy(client.reconcile(request, options)))()).toMatchObject({ id: 'task1' });
    expect(server.to('POST')).toHaveLength(1);
  });

  test('a list that cannot be read: a later call may know, or none', async () => {
    const { client } = await served({ list: refusal(503) });
    const found = await client.reconcile(lost(client));
    expect(found).toMatchObject({ kind: 'unreadable', error: { outcome: 'unknown', transient: true } });
    const broken = await service({ list: refusal(401) });
    const other = clientOf(broken.origin);
    const never = await other.reconcile(lost(other));
    expect(never).toMatchObject({ kind: 'unreadable', error: { outcome: 'unknown', transient: false } });
    expect(Object.values(never).filter((value) => value instanceof ClientError)).toHaveLength(1);
  });

  describe('the second submit', () => {
    test.each<[string, Answer, object]>([
      [
        'is rejected for its payload, and the list is still clear: rejected',
        refusal(422, 'INVALID_PAYLOAD', 'content'),
        { name: 'InvalidRequestError', code: 'INVALID_PAYLOAD', outcome: 'rejected' },
      ],
      [
        'is rejected for what the first one may have caused: unknown',
        refusal(402),
        { name: 'SubmitUnknownError', code: 'SUBMIT_OUTCOME_UNKNOWN', outcome: 'unknown' },
      ],
      [
        'is put off by 429: unknown, and when to try again',
        { ...refusal(429), headers: { 'retry-after': '7' } },
        { outcome: 'unknown', transient: true, retryAfter: 7 },
      ],
      ['is lost as well: unknown', refusal(500), { code: 'NETWORK_ERROR', outcome: 'unknown' }],
    ])('%s', async (_, submit, expected) => {
      const { server, client } = await served({ list: EMPTY, submit });
      const request = { ...lost(client), submittedAt: client.clock.wall() - 70_000 };
      const resubmit = await clearBy(client.reconcile(request));
      expect(await errorOf(resubmit())).toMatchObject(expected);
      expect(server.to('POST')).toHaveLength(1);
    });
  });

  test('a service without a list: unsure, nothing is sent, and no later call can tell', async () => {
    const { server, client } = await served({}, { provider: 'apidot' });
    const request = { ...REQUESTS.apidot, idempotencyKey: 'key-0001', submittedAt: 0 };
    expect(await client.reconcile(request)).toEqual({ kind: 'unsure', retryAfter: null });
    expect(server.received).toEqual([]);
  });

  test.each([
    ['submittedAt', { submittedAt: Number.NaN }],
    ['lostAt', { lostAt: new Date('no') }],
  ])('%s has to be a moment', async (path, wrong) => {
    const client = clientOf('http://127.0.0.1:9');
    const error = await errorOf(client.reconcile({ ...lost(client), ...wrong }));
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', issues: [{ path }] });
  });
});
