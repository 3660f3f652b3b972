// Every method against the emulated services, over real sockets.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  CancelRejectedError,
  createClient,
  InvalidRequestError,
  providers,
  signatures,
  startSandbox,
} from '../../scripts/src/client/index.ts';
import { systemClock } from '../../scripts/src/model/clock.ts';
import { PROFILES } from '../../scripts/src/providers/registry.ts';
import { CANARY, ROOT, tempFolder } from '../support/command.ts';
import { MP4, PNG } from '../support/media.ts';
import { serve } from '../support/server.ts';
import { refusal, service } from '../support/service.ts';
import { clientOf, errorOf, PROVIDERS, type Provider, REQUESTS, request, sandboxOrigin } from './support.ts';

/** A client that waits by the clock of the system. */
const waitingClient = (provider: Provider, baseUrl: string, key = CANARY) =>
  clientOf(baseUrl, { provider, key, clock: systemClock, pollIntervalMs: 20 });

test.each(PROVIDERS)('%s: from submit to the saved file', async (provider: Provider) => {
  const client = waitingClient(provider, await sandboxOrigin());
  const submitted = await client.submit(request(provider));
  expect(submitted.state).toBe('SUBMITTED');
  const seen: string[] = [];
  const waited = await client.wait(submitted, { onStatus: ({ state }) => seen.push(state) });
  expect(waited).toMatchObject({ kind: 'ended', task: { id: submitted.id, state: 'COMPLETED' } });
  expect(seen.at(-1)).toBe('COMPLETED');
  expect(await client.status(submitted.id)).toMatchObject({ taskId: submitted.id, state: 'COMPLETED' });
  const task = await client.task(submitted.id);
  expect(task.urls).toHaveLength(1);
  const folder = tempFolder();
  const [file] = await client.download(task, { to: folder });
  const bytes = readFileSync(file!.path!);
  expect(readdirSync(folder)).toEqual([file!.name]);
  expect(file).toMatchObject({
    ...{ number: 1, bytes: bytes.length, path: path.join(folder, file!.name) },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    contentType: provider === 'apidot' ? 'image/png' : 'video/mp4',
  });
});

test('the record of a finished task that names no file is the detail, where that names it', async () => {
  const client = clientOf(await sandboxOrigin(), { provider: 'apidot' });
  const payload = { prompt: 'the sound of waves [sandbox:no-files]', is_instrumental: true };
  const { id } = await client.submit({ model: 'minimax-music-2.6', payload, idempotencyKey: 'key-0001' });
  expect((await client.wait(id)).kind).toBe('ended');
  const task = await client.task(id);
  expect(task).toMatchObject({ id, state: 'COMPLETED' });
  expect(task.urls).not.toEqual([]);
  expect(await client.download(task, { to: tempFolder() })).not.toEqual([]);
});

test('aivideomaker: list, quote, account, and a cancel that takes effect', async () => {
  const client = clientOf(await sandboxOrigin(1));
  const { model, payload } = REQUESTS.aivideomaker;
  expect(await client.quote({ model, payload })).toMatchObject({
    credits: 15,
    balance: 1000,
    affordable: true,
  });
  expect(await errorOf(client.quote({ model, payload, maxCredits: 14 }))).toMatchObject({
    ...{ code: 'BUDGET_EXCEEDED', outcome: null },
  });
  const { id } = await client.submit(request('aivideomaker'));
  expect((await client.list()).tasks).toMatchObject([{ id, state: 'SUBMITTED', idempotencyKey: 'key-0001' }]);
  expect(await client.account()).toMatchObject({ balance: 985, models: expect.arrayContaining(['t2v']) });
  expect(await client.cancel(id)).toMatchObject({ taskId: id, state: 'CANCEL' });
  expect(await client.wait(id)).toMatchObject({ kind: 'ended', task: { state: 'CANCEL', refunded: 15 } });
  // A second cancel changes nothing.
  expect(await client.cancel(id)).toMatchObject({ state: 'CANCEL' });
  expect(await errorOf(client.status('nosuchtask'))).toMatchObject({ code: 'TASK_NOT_FOUND', outcome: null });
});

test('a cancel that the service rejects: the task and its state; one that is lost: not known', async () => {
  const running = { status: { body: { status: 'PROGRESS' } } };
  const late = await service({ ...running, cancel: refusal(400, 'INVALID_PAYLOAD', 'too late') });
  const error = await errorOf(clientOf(late.origin).cancel('task1'));
  expect(error).toBeInstanceOf(CancelRejectedError);
  expect(error).toMatchObject({ taskId: 'task1', state: 'PROGRESS', outcome: null });
  const lost = await service({ ...running, cancel: 'closed' });
  expect(await errorOf(clientOf(lost.origin).cancel('task1'))).toMatchObject({
    ...{ code: 'NETWORK_ERROR', state: 'PROGRESS' },
  });
});

test('apidot: what is not documented is refused, and nothing is sent', async () => {
  const server = await serve({ body: {} });
  const client = clientOf(server.origin, { provider: 'apidot' });
  const { model, payload } = REQUESTS.apidot;
  for (const refused of [
    client.list(),
    client.cancel('task1'),
    client.quote({ model, payload }),
    client.account(),
  ]) {
    const error = await errorOf(refused);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error.message).toMatch(/^APIDot documents no /);
  }
  expect(server.received).toEqual([]);
});

test.each(PROVIDERS)('%s: models, describe and validate need no service', async (provider: Provider) => {
  const client = clientOf('http://127.0.0.1:9', { provider });
  const files = readdirSync(path.join(ROOT, 'contracts', provider)).filter((name) => name.endsWith('.yaml'));
  const models = await client.models();
  expect(models.length).toBeLessThanOrEqual(files.length);
  expect(models.map((model) => `${model}.yaml`).every((name) => files.includes(name))).toBe(true);
  for (const model of models.slice(0, 5)) {
    const { example, schema, sources } = await client.describe(model);
    expect(await client.validate(model, example)).toMatchObject({ valid: true, issues: [] });
    expect(schema.type).toBe('object');
    expect(sources.length).toBeGreaterThan(0);
  }
  const { model } = REQUESTS[provider];
  const wrong = await client.validate(model, { prompt: 5 });
  expect(wrong).toMatchObject({ valid: false, estimate: null });
  expect(wrong.issues[0]).toMatchObject({ path: 'prompt', received: 'number 5' });
  expect(await errorOf(client.describe('nothing'))).toMatchObject({ code: 'INVALID_MODEL', outcome: null });
});

test('a description is a copy: changing it changes no later check', async () => {
  const client = clientOf('http://127.0.0.1:9');
  const first = await client.describe('t2v');
  first.schema.properties = {};
  expect((await client.describe('t2v')).schema.properties).toHaveProperty('prompt');
  expect((await client.validate('t2v', REQUESTS.aivideomaker.payload)).estimate).toMatchObject({
    least: 15,
    most: 15,
  });
});

test('providers tells what each service can do, without a call', () => {
  expect(providers().map(({ id }) => id)).toEqual(PROFILES.map(({ id }) => id));
  expect(providers()).toMatchObject([
    { id: 'aivideomaker', capabilities: { cancel: true, list: true }, rateLimit: { queriesPerMinute: 60 } },
    { id: 'apidot', capabilities: { cancel: false, list: false }, rateLimit: null },
  ]);
});

test('signatures tells the formats by their first bytes', () => {
  expect(signatures.kindOf(MP4.subarray(0, signatures.bytes))).toMatchObject({ ext: 'mp4', makes: 'video' });
  expect(signatures.kindOf(PNG)).toMatchObject({ contentType: 'image/png', makes: 'image' });
  expect(signatures.kindOf(Buffer.from('<html>'))).toBeNull();
});

test('startSandbox emulates both services in this process', async () => {
  const lines: string[] = [];
  const sandbox = await startSandbox({ speed: 2_000, log: (line) => lines.push(line) });
  const client = waitingClient('apidot', sandbox.origin, sandbox.key);
  const task = await client.submit(request('apidot'));
  expect(await client.wait(task)).toMatchObject({ kind: 'ended' });
  expect(sandbox.warning).toBeNull();
  expect(lines.length).toBeGreaterThan(1);
  await sandbox.close();
  await expect(fetch(sandbox.origin)).rejects.toThrow();
});

test.each([
  ['provider', { provider: 'other' }],
  ['key', { key: 'two words' }],
  ['key', { key: undefined as never }],
  ['baseUrl', { baseUrl: 'http://api.example.com' }],
  ['baseUrl', { baseUrl: 'https://user:word@api.example.com' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['maxRetries', { maxRetries: 1.5 }],
  ['pollIntervalMs', { pollIntervalMs: Number.NaN }],
  ['contractsFolder', { contractsFolder: '/tmp/models' }],
])('an option that cannot be used is named: %s', (path, wrong) => {
  const options = { provider: 'aivideomaker', key: CANARY, ...wrong };
  try {
    createClient(options);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect((error as InvalidRequestError).issues.map((issue) => issue.path)).toEqual([path]);
    expect(String(error)).not.toMatch(/two words|user:word/);
  }
});
