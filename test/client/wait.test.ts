import { describe, expect, test } from 'vitest';
import { task as apidotTask, finished as finishedPicture, ID } from '../support/apidot.ts';
import { serve } from '../support/server.ts';
import { record, refusal, type Script, service } from '../support/service.ts';
import { abortable, clientOf, errorOf, served } from './support.ts';

describe('wait', () => {
  test('ends with the time, and the task runs on', async () => {
    const { server, client } = await served({ status: { body: { status: 'PROGRESS' } } });
    expect(await client.wait('task1', { until: client.clock.wall() + 60_000 })).toEqual({
      kind: 'running',
      taskId: 'task1',
      state: 'PROGRESS',
      retryAfter: null,
      lastError: null,
    });
    expect(client.clock.now).toBe(60_000);
    expect(server.to('GET').length).toBeLessThan(30);
  });

  test('a moment that has passed is one query', async () => {
    const { server, client } = await served({ status: { body: { status: 'PROGRESS' } } });
    expect(await client.wait('task1', { until: new Date(0) })).toMatchObject({
      kind: 'running',
      state: 'PROGRESS',
    });
    expect(server.received).toHaveLength(1);
  });

  test('FAILED is a result, with the reason of the service', async () => {
    const server = await service({
      status: { body: { status: 'FAILED' } },
      task: {
        body: {
          id: 'task1',
          status: 'FAILED',
          output: { error: 'content' },
          creditsCharged: 15,
          creditsRefunded: 15,
        },
      },
    });
    expect(await clientOf(server.origin).wait('task1')).toMatchObject({
      kind: 'ended',
      task: { state: 'FAILED', error: 'content', refunded: 15, urls: [] },
    });
  });

  test('a query that fails in a transient way does not end it, and is told where it was the last one', async () => {
    const { client } = await served({
      status: (_, { count }) => (count === 0 ? { body: { status: 'PROGRESS' } } : refusal(503)),
    });
    expect(await client.wait('task1', { until: client.clock.wall() + 30_000 })).toMatchObject({
      kind: 'running',
      state: 'PROGRESS',
      lastError: { code: 'NETWORK_ERROR', taskId: 'task1' },
    });
  });

  test('right after the submit "not found" does not end the wait for its task, but that for an id', async () => {
    const replies: Script = {
      status: (_, { count }) =>
        count < 2 ? refusal(404, 'TASK_NOT_FOUND') : { body: { status: 'COMPLETED' } },
    };
    const { client } = await served(replies);
    expect(await errorOf(client.wait('task1'))).toMatchObject({ code: 'TASK_NOT_FOUND' });
    const other = await service(replies);
    const task = { id: 'task1', state: 'SUBMITTED' as const, urls: [], record: {} };
    expect(await clientOf(other.origin).wait(task)).toMatchObject({
      kind: 'ended',
      task: { state: 'COMPLETED' },
    });
  });

  test('a finished task whose record cannot be read is an error that says COMPLETED', async () => {
    const server = await service({ task: refusal(500) });
    expect(await errorOf(clientOf(server.origin).wait('task1'))).toMatchObject({
      code: 'NETWORK_ERROR',
      state: 'COMPLETED',
      taskId: 'task1',
      transient: true,
    });
  });

  test('an error that onStatus throws ends it, as it is', async () => {
    const server = await service({ status: { body: { status: 'PROGRESS' } } });
    const own = new TypeError('mine');
    const wait = clientOf(server.origin).wait('task1', {
      onStatus() {
        throw own;
      },
    });
    await expect(wait).rejects.toBe(own);
  });

  test('apidot: states and files by its own words', async () => {
    const words = ['not_started', 'running'];
    const server = await serve((_, { count, server }) =>
      count < words.length ? apidotTask({ status: words[count], progress: 40 }) : finishedPicture(server),
    );
    const seen: unknown[] = [];
    const waited = await clientOf(server.origin, { provider: 'apidot' }).wait(ID, {
      onStatus: ({ state, progress }) => seen.push([state, progress]),
    });
    expect(waited).toMatchObject({
      kind: 'ended',
      task: { state: 'COMPLETED', urls: [expect.stringMatching(/png$/)] },
    });
    expect(seen).toContainEqual(['PROGRESS', 40]);
  });
});

test('all waits of a client share one poller: the list serves many tasks', async () => {
  const ids = Array.from({ length: 40 }, (_, n) => `task${n}`);
  const { server, client } = await served({
    status: { body: { status: 'PROGRESS' } },
    list: (_, { count, server }) => ({
      body: {
        tasks: ids.map((id) =>
          record(server, { id, ...(count < 3 && { status: 'PROGRESS', output: null }) }),
        ),
      },
    }),
  });
  client.clock.eventLoops = 500;
  const { signal, abort } = abortable();
  const gone = errorOf(client.wait('task0', { signal }));
  abort();
  const waited = await Promise.all(ids.map((id) => client.wait(id)));
  expect(waited.map((one) => one.kind === 'ended' && one.task.id)).toEqual(ids);
  expect((await gone).code).toBe('ABORTED');
  expect(server.received.length).toBeLessThan(ids.length);
  expect(server.to('GET /api/v1/tasks').length).toBeGreaterThan(3);
});

test('a read is retried as often as maxRetries says, and respects Retry-After', async () => {
  const { server, client } = await served(
    {
      task: (_, { count }) =>
        count === 0
          ? { status: 429, headers: { 'retry-after': '3' }, body: { message: 'slow' } }
          : refusal(500),
    },
    { maxRetries: 2 },
  );
  expect(await errorOf(client.task('task1'))).toMatchObject({ code: 'NETWORK_ERROR' });
  expect(server.received).toHaveLength(3);
  expect(client.clock.sleeps[0]).toBeGreaterThanOrEqual(3_000);
});

test.each(['', '../account', 'a b', 'x'.repeat(300), 5 as never])(
  'an id that is none is not sent: %j',
  async (id) => {
    const { server, client } = await served();
    const calls = [
      ...[client.status(id), client.task(id), client.cancel(id), client.wait(id)],
      client.download(id, { to: 'x' }),
    ];
    for (const error of await Promise.all(calls.map(errorOf)))
      expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', issues: [{ path: 'taskId' }] });
    expect(server.received).toEqual([]);
  },
);
