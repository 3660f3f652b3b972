import { describe, expect, test } from 'vitest';
import { SubmitUnknownError } from '../../scripts/src/client/index.ts';
import { refusal, service } from '../support/service.ts';
import { clientOf, errorOf, REQUESTS, request } from './support.ts';

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

describe('reconcile', () => {
  test('finds the task in the list by its key; nothing is sent', async () => {
    const server = await service({ list: shown() });
    const client = clientOf(server.origin);
    expect(await client.reconcile(lost(client))).toMatchObject({
      id: 'task1',
      state: 'PROGRESS',
      resubmitted: false,
    });
    expect(server.to('POST')).toEqual([]);
  });

  test('a list that is clear for too short a time: unknown, with the seconds after which it can tell', async () => {
    const server = await service({ list: EMPTY });
    const client = clientOf(server.origin);
    const error = await errorOf(client.reconcile(lost(client), { beforeResubmit() {} }));
    expect(error).toBeInstanceOf(SubmitUnknownError);
    expect(error).toMatchObject({
      code: 'SUBMIT_OUTCOME_UNKNOWN',
      outcome: 'unknown',
      retryAfter: 59,
      transient: true,
    });
    expect(server.to('GET /api/v1/tasks')).toHaveLength(3);
    expect(server.to('POST')).toEqual([]);
  });

  test('clear for 60 s: sent once more with the same key, after the caller has stored that', async () => {
    const server = await service({ list: EMPTY });
    const client = clientOf(server.origin);
    const steps: string[] = [];
    const task = await client.reconcile(lost(client), {
      until: client.clock.wall() + 90_000,
      beforeResubmit: async () => {
        steps.push(`stored after ${server.to('POST').length} submits at ${client.clock.now}`);
      },
    });
    expect(task).toMatchObject({ id: 'task1', resubmitted: true });
    expect(steps).toEqual(['stored after 0 submits at 60000']);
    expect(server.to('POST')).toHaveLength(1);
    expect(server.to('POST')[0]!.headers['idempotency-key']).toBe('key-0001');
  });

  test('without beforeResubmit, and where it rejects, nothing is ever sent', async () => {
    const server = await service({ list: EMPTY });
    const client = clientOf(server.origin);
    const until = client.clock.wall() + 90_000;
    const silent = await errorOf(client.reconcile(lost(client), { until }));
    expect(silent).toMatchObject({ outcome: 'unknown', retryAfter: null, transient: false });
    const own = new Error('the database is away');
    const request = { ...lost(client), submittedAt: client.clock.wall() - 70_000 };
    const prevented = await errorOf(client.reconcile(request, { beforeResubmit: () => Promise.reject(own) }));
    expect(prevented).toMatchObject({ outcome: 'unknown', cause: own });
    expect(server.to('POST')).toEqual([]);
  });

  test('a request that was resubmitted before is not sent a third time', async () => {
    const server = await service({ list: EMPTY });
    const client = clientOf(server.origin);
    const request = { ...lost(client), submittedAt: client.clock.wall() - 70_000, resubmitted: true };
    expect(await errorOf(client.reconcile(request, { beforeResubmit() {} }))).toMatchObject({
      ...{ outcome: 'unknown', retryAfter: null, transient: false },
    });
    expect(server.to('POST')).toEqual([]);
  });

  test('the minute is counted from the end of the attempt, where that is known', async () => {
    const server = await service({ list: EMPTY });
    const client = clientOf(server.origin);
    const now = client.clock.wall();
    const request = { ...lost(client), submittedAt: now - 70_000, lostAt: now - 20_000 };
    const error = await errorOf(client.reconcile(request, { beforeResubmit() {} }));
    expect(error).toMatchObject({ outcome: 'unknown', retryAfter: 39 });
    expect(server.to('POST')).toEqual([]);
  });

  test('a similar task that belongs to another request is not taken', async () => {
    const server = await service({
      list: shown({ idempotencyKey: undefined, createdAt: '2026-11-21T12:00:01.000Z' }),
    });
    const client = clientOf(server.origin);
    const asked: string[][] = [];
    const taken = (ids: string[]) => {
      asked.push(ids);
      return Promise.resolve(ids);
    };
    expect(await errorOf(client.reconcile(lost(client), { taken }))).toMatchObject({ outcome: 'unknown' });
    expect(asked[0]).toEqual(['task1']);
    expect((await client.reconcile(lost(client), { taken: () => [] })).id).toBe('task1');
  });

  test('one list that was read before serves any number of lost requests', async () => {
    const server = await service({ list: shown() });
    const client = clientOf(server.origin);
    const start = client.clock.wall();
    const request = { ...lost(client), submittedAt: start };
    const options = { until: 0, list: () => list, beforeResubmit() {} };
    let list = await client.list();
    expect(list).toMatchObject({ unread: 0, askedAt: start, answeredAt: start, serverTime: start + 2_000 });
    expect((await client.reconcile(request, options)).id).toBe('task1');
    // By model, input and time, where the list shows no key; however long ago it was read.
    const { idempotencyKey: _, ...unnamed } = list.tasks[0]!;
    list = { ...list, tasks: [{ ...unnamed, createdAt: start + 2_500 }] };
    client.clock.now += 45_000;
    expect((await client.reconcile(request, options)).id).toBe('task1');
    // A clear list proves something only where it was read 60 s after the submit.
    list = { ...list, tasks: [], askedAt: start + 45_000 };
    client.clock.now += 30_000;
    expect(await errorOf(client.reconcile(request, options))).toMatchObject({ outcome: 'unknown' });
    expect(server.received).toHaveLength(1);
    list = { ...list, askedAt: start + 61_000 };
    expect(await client.reconcile(request, options)).toMatchObject({ resubmitted: true });
    expect(server.to('POST')).toHaveLength(1);
  });

  test('a list that cannot be read: unknown, and transient', async () => {
    const server = await service({ list: refusal(503) });
    const client = clientOf(server.origin);
    const error = await errorOf(client.reconcile(lost(client)));
    expect(error).toMatchObject({ outcome: 'unknown', transient: true });
    const broken = await service({ list: refusal(401) });
    const other = clientOf(broken.origin);
    expect(await errorOf(other.reconcile(lost(other)))).toMatchObject({
      outcome: 'unknown',
      transient: false,
    });
  });

  test('the second submit is rejected for its payload: rejected', async () => {
    const server = await service({ list: EMPTY, submit: refusal(422, 'INVALID_PAYLOAD', 'content') });
    const client = clientOf(server.origin);
    const request = { ...lost(client), submittedAt: client.clock.wall() - 70_000 };
    const error = await errorOf(client.reconcile(request, { beforeResubmit() {} }));
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'rejected' });
    expect(server.to('POST')).toHaveLength(1);
  });

  test('a service without a list: unknown, nothing is sent, and no later call can tell', async () => {
    const server = await service();
    const client = clientOf(server.origin, { provider: 'apidot' });
    const request = { ...REQUESTS.apidot, idempotencyKey: 'key-0001', submittedAt: 0 };
    const error = await errorOf(client.reconcile(request, { beforeResubmit() {} }));
    expect(error).toMatchObject({ code: 'SUBMIT_OUTCOME_UNKNOWN', retryAfter: null, transient: false });
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
