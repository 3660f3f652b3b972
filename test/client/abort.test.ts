// A signal ends every call: before anything is sent, and while an answer is awaited.
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { AbortedError, type Client } from '../../scripts/src/client/index.ts';
import { serveRaw } from '../http/raw.ts';
import { tempFolder } from '../support/command.ts';
import { service } from '../support/service.ts';
import { abortable, CALLS, clientOf, errorOf, request, served } from './support.ts';

test('the calls are all that take a signal', () => {
  const local = ['provider', 'models', 'describe', 'validate', 'parseCallback', 'close', 'clock'];
  const names = Object.keys(clientOf('http://127.0.0.1:9'));
  expect(CALLS.map(([name]) => name).sort()).toEqual(names.filter((name) => !local.includes(name)).sort());
});

test.each(CALLS)('%s: an aborted signal sends nothing', async (_, call) => {
  const raw = await serveRaw(() => {});
  const { signal, abort, reason } = abortable();
  abort();
  const error = await errorOf(call(clientOf(raw.origin), { signal }));
  expect(error).toBeInstanceOf(AbortedError);
  expect(error).toMatchObject({ name: 'AbortedError', code: 'ABORTED', cause: reason });
  if (call === CALLS[0]![1]) expect(error.outcome).toBe('rejected');
  expect(raw.connections).toEqual([]);
});

test.each(CALLS)('%s: aborted while the answer is awaited', async (_, call, outcome) => {
  const { signal, abort, reason } = abortable();
  const raw = await serveRaw(() => abort());
  const error = await errorOf(call(clientOf(raw.origin), { signal }));
  expect(error).toMatchObject({ code: 'ABORTED', outcome, cause: reason });
  expect(raw.connections).toHaveLength(1);
});

test.each(CALLS)('%s: close ends it, and every later call', async (_, call, outcome) => {
  let closing: Promise<void> | undefined;
  const raw = await serveRaw(() => {
    closing ??= client.close();
  });
  const client: Client = clientOf(raw.origin);
  expect(await errorOf(call(client, {}))).toMatchObject({
    code: 'ABORTED',
    outcome,
    message: 'The client is closed.',
  });
  await closing;
  expect(await errorOf(call(client, {}))).toMatchObject({
    code: 'ABORTED',
    message: 'The client is closed.',
  });
  expect(raw.connections).toHaveLength(1);
});

test('a wait that sleeps is ended, and a file that is being fetched', async () => {
  const { signal, abort } = abortable();
  const { client } = await served({
    file: (_, { res }) => {
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '1000000' });
      res.write(Buffer.from('....ftypisom'));
      abort();
      return undefined;
    },
  });
  const error = await errorOf(client.download('task1', { to: tempFolder(), signal }));
  expect(error).toMatchObject({ code: 'ABORTED', taskId: 'task1' });
  const running = await service({ status: { body: { status: 'PROGRESS' } } });
  const second = abortable();
  const other = clientOf(running.origin);
  other.clock.onSleep = (now) => {
    if (now > 10_000) second.abort();
  };
  expect(await errorOf(other.wait('task1', { signal: second.signal }))).toMatchObject({ code: 'ABORTED' });
});

test('a call leaves no listener at a signal that lives longer', async () => {
  const server = await service();
  const { signal } = abortable();
  const client = clientOf(server.origin);
  await client.submit(request('aivideomaker'), { signal });
  await client.wait('task1', { signal });
  await client.download('task1', { signal, to: tempFolder() });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
