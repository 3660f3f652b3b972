import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fileKind } from '../../scripts/src/download/signature.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { apidot } from '../../scripts/src/providers/apidot/api.ts';
import { contentOf, mediumOf } from '../../scripts/src/sandbox/media.ts';
import type { SandboxOptions } from '../../scripts/src/sandbox/server.ts';
import { getTask, waitTask } from '../core/rendered.ts';
import { folder, sessionWith, waiting } from '../core/session.ts';
import { AT_ONCE, type CallOptions, type Clock, KEY, open, receiver, tempFolder } from './support.ts';

const BEARER = { authorization: `Bearer ${KEY}` };
const REQUEST = { model: 'seedance-2', input: { prompt: 'a lighthouse at dawn' } };
const prompting = (...markers: string[]) => ({
  ...REQUEST,
  input: { prompt: `a lighthouse ${markers.map((name) => `[sandbox:${name}]`).join(' ')} at dawn` },
});

/** A sandbox, and a client of APIDot as plain as can be. */
async function dot(options: Partial<SandboxOptions> & { clock?: Clock } = {}) {
  const sandbox = await open(options);
  const call = (method: string, path: string, { headers = BEARER, ...more }: CallOptions = {}) =>
    sandbox.call(method, `/api/generate/${path}`, { key: null, headers, ...more });
  const submit = (body: unknown = REQUEST, headers?: Record<string, string>) =>
    call('POST', 'submit', { body, ...(headers && { headers }) });
  return {
    ...sandbox,
    call,
    submit,
    make: async (body?: unknown): Promise<string> => (await submit(body)).body.data.task_id,
    status: async (id: string) => (await call('GET', `status/${id}`)).body.data,
    detail: (id: string) => call('GET', `detail/music?task_id=${id}`),
  };
}

/** The message and the type of an error body, which must be the documented form of this code. */
function errorOf({ body }: { body: JsonObject }, code: number) {
  expect(Object.keys(body).sort()).toEqual(['code', 'error']);
  expect(body.code).toBe(code);
  return body.error as { message: string; type: string };
}

describe('a task', () => {
  it('is accepted, runs and finishes in the short form of the examples', async () => {
    const { submit, status, clock, origin } = await dot();
    const { status: http, body } = await submit();
    const id: string = body.data.task_id;
    expect([http, body]).toEqual([
      200,
      { code: 200, data: { task_id: id, status: 'not_started', created_time: '2026-11-21T12:00:00' } },
    ]);
    expect(await status(id)).toEqual({ task_id: id, status: 'not_started', error_message: null });
    clock.pass(3);
    expect(await status(id)).toEqual({ task_id: id, status: 'running', error_message: null });
    clock.pass(2);
    expect(await status(id)).toEqual({
      task_id: id,
      status: 'finished',
      output: { files: [{ file_url: `${origin}/files/${id}.mp4`, file_type: 'video' }] },
      error_message: null,
    });
  });

  it('[sandbox:files] shows itself in the form of the website', async () => {
    const { make, status, clock, origin } = await dot();
    const id = await make(prompting('files'));
    const rest = { task_id: id, created_time: '2026-11-21T12:00:00', error_message: null };
    expect(await status(id)).toEqual({ ...rest, status: 'not_started', progress: 0 });
    clock.pass(3);
    expect(await status(id)).toEqual({ ...rest, status: 'running', progress: 50 });
    clock.pass(2);
    expect(await status(id)).toEqual({
      ...rest,
      status: 'finished',
      progress: 100,
      files: [{ file_url: `${origin}/files/${id}.mp4`, file_type: 'video' }],
    });
  });

  it('is a new one with a new charge at every submit, until the credits run out', async () => {
    const { make, submit, clock, status } = await dot();
    const ids = new Set<string>();
    for (let n = 0; n < 19; n += 1) ids.add(await make());
    expect(ids.size).toBe(19);
    // The task was made and charged, though the answer was lost.
    await expect(submit(prompting('lost-answer'))).rejects.toThrow();
    const refused = await submit();
    expect(refused.status).toBe(402);
    expect(errorOf(refused, 402).type).toBe('insufficient_credits');
    clock.pass(5);
    expect((await status([...ids][0]!)).status).toBe('finished');
    expect((await submit()).status).toBe(402);
  });

  it('gives its credits back when it fails', async () => {
    const { make, submit, clock } = await dot();
    for (let n = 0; n < 20; n += 1) await make(prompting('fail'));
    expect((await submit()).status).toBe(402);
    clock.pass(5);
    expect((await submit()).status).toBe(200);
  });

  it('has no part in the other service, nor in the tasks of another key', async () => {
    const { make, submit, get, call, balance, create } = await dot();
    const id = await make();
    expect(await balance()).toBe(1000);
    expect((await get('tasks')).body.tasks).toEqual([]);
    expect((await get(`tasks/${id}`)).status).toBe(404);
    const { taskId } = (await create()).body;
    for (const foreign of [
      await call('GET', `status/${taskId}`),
      await call('GET', `status/${id}`, { headers: { authorization: 'Bearer ak_other' } }),
      await call('GET', 'status/ckx1'),
      await call('GET', 'status/..%2F..'),
    ]) {
      expect(foreign.status).toBe(404);
      expect(errorOf(foreign, 404).message).toBe('Task not found.');
    }
    expect((await submit(REQUEST, { authorization: 'Bearer ak_other' })).status).toBe(200);
  });

  it('outlives the process, and its files the three days of the notice', async () => {
    const place = tempFolder();
    const first = await dot({ folder: place });
    const id = await first.make();
    await first.sandbox.close();
    const { status, clock } = await dot({ folder: place, clock: first.clock });
    clock.pass(5);
    const url = (await status(id)).output.files[0].file_url;
    clock.pass(72 * 60 - 1);
    expect((await fetch(url)).status).toBe(200);
    clock.pass(1);
    expect((await fetch(url)).status).toBe(404);
    expect((await status(id)).status).toBe('finished');
  });
});

describe('refusals', () => {
  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['a key in the other header', { key: KEY }],
    ['no Bearer', { authorization: KEY }],
    ['another scheme', { authorization: `Basic ${KEY}` }],
    ['an empty key', { authorization: 'Bearer ' }],
    ['a wrong key', { authorization: 'Bearer ak_invalid' }],
  ])('401 with %s', async (_, headers) => {
    const { call, submit } = await dot();
    for (const answer of [await submit(REQUEST, headers), await call('GET', 'status/ckx1', { headers })]) {
      expect(answer.status).toBe(401);
      expect(errorOf(answer, 401)).toEqual({
        message: 'Unauthorized - Invalid API key',
        type: 'authentication_error',
      });
    }
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'not JSON'],
    ['no object', [], 'not a JSON object'],
    ['no model', { input: {} }, 'model:'],
    ['a model of nothing', { model: '', input: {} }, 'model:'],
    ['a model that is no id', { model: 'a b', input: {} }, 'model:'],
    ['no input', { model: 'm' }, 'input:'],
    ['an input in a list', { model: 'm', input: [] }, 'input:'],
    ['fields beside the input', { model: 'm', prompt: 'x' }, 'input:'],
    ['no URL', { ...REQUEST, callback_url: 'here' }, 'callback_url:'],
    ['an unknown marker', prompting('slwo'), '[sandbox:slwo]'],
    [
      'too deep a body',
      `{"model":"seedance-2","input":{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`,
      'deep',
    ],
  ])('400 with %s', async (_, body, said) => {
    const { submit } = await dot();
    const answer = await submit(body);
    expect(answer.status).toBe(400);
    const { message, type } = errorOf(answer, 400);
    expect(message).toContain(said);
    expect(type).toBe('invalid_request_error');
  });

  it('checks no field of a model, and accepts any model id', async () => {
    const { submit } = await dot();
    for (const model of ['kling-3.0/standard', 'seedance-2', 'sora-2'])
      expect((await submit({ model, input: { anything: [1, { at: 'all' }] } })).status).toBe(200);
    expect((await submit({ model: 'seedance-2', input: {} })).status).toBe(200);
  });

  it('refuses an id that no source names, a name that is no id, and chat', async () => {
    const { submit } = await dot();
    for (const model of ['one-that-nobody-knows', 'veo-3-1', 'Seedance-2', 'claude-opus-4-7']) {
      const answer = await submit({ model, input: { prompt: 'x' } });
      expect([model, answer.status]).toEqual([model, 400]);
      expect(errorOf(answer, 400).message).toBe(`model: there is no model ${model}.`);
    }
  });

  const url = 'https://example.com/a.png';

  it.each<[string, object, RegExp | null]>([
    [
      'seedance-2',
      { image_urls: [url], reference_audio_urls: [url] },
      /^image_urls and reference_\*_urls cannot/,
    ],
    ['seedance-2-fast', { image_urls: [url], reference_image_urls: [url] }, /cannot be used together$/],
    ['seedance-2', { image_urls: [url], reference_image_urls: [] }, null],
    ['veo3.1-lite', { image_urls: [url] }, /^veo3\.1-lite does not support image_urls$/],
    ['veo3.1-fast', { image_urls: [url] }, null],
    ['gpt-image-2-edit', { prompt: 'x' }, /^image_urls is required for gpt-image-2-edit$/],
    ['gpt-image-2-edit', { image_urls: [url], n: 1 }, /takes no n$/],
    ['gpt-image-2-edit', { image_urls: [url] }, null],
    ['gpt-image-2', { n: 2 }, /takes no n$/],
    ['gpt-image-2', { image_urls: [url] }, /takes no image_urls/],
    ['gpt-image-2', { prompt: 'x' }, null],
    [
      'minimax-music-2.6',
      { prompt: 'x' },
      /^lyrics is required when lyrics_optimizer and is_instrumental are/,
    ],
    ['minimax-music-2.6', { lyrics: 'x' }, null],
    ['minimax-music-2.6', { is_instrumental: true }, null],
    ['seedream-5.0-lite', { seed: 1 }, /takes no seed$/],
    ['seedream-4.5', { seed: 1 }, null],
  ])('%s with %j is answered as the samples show: %s', async (model, input, message) => {
    const { submit } = await dot();
    const answer = await submit({ model, input });
    expect(answer.status).toBe(message === null ? 200 : 400);
    if (message === null) return;
    expect(errorOf(answer, 400)).toEqual({
      message: expect.stringMatching(message),
      type: 'invalid_request_error',
    });
  });

  it.each([
    ['GET', 'submit', 405],
    ['POST', 'status/ckx1', 405],
    ['POST', 'detail/music', 405],
    ['GET', 'detail/music', 404],
    ['GET', 'detail/video', 404],
    ['GET', 'status', 404],
    ['GET', 'history', 404],
    ['GET', '', 404],
  ])('%s %s is %i', async (method, path, status) => {
    const { call } = await dot();
    const answer = await call(method, path, method === 'POST' ? { body: {} } : {});
    expect(answer.status).toBe(status);
    errorOf(answer, status);
  });

  it('of any kind blame the caller', async () => {
    const { call } = await dot();
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((input) => `{"model":"m","input":[${input}]}`),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        expect((await call('POST', 'submit', { body: text })).body.code).toBe(400);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a scenario', () => {
  it.each<[string, number, number, string]>([
    ['no-credits', 402, 402, 'insufficient_credits'],
    ['reject', 400, 400, 'invalid_request_error'],
    ['http200-failure', 200, 400, 'invalid_request_error'],
  ])('[sandbox:%s] answers HTTP %i with code %i', async (marker, status, code, type) => {
    const { submit } = await dot();
    for (let n = 0; n < 2; n += 1) {
      const answer = await submit(prompting(marker));
      expect(answer.status).toBe(status);
      expect(errorOf(answer, code).type).toBe(type);
    }
  });

  it.each([
    ['rate-limit', 429],
    ['server-error', 500],
  ])('[sandbox:%s] answers %i once', async (marker, status) => {
    const { submit } = await dot();
    const first = await submit(prompting(marker));
    expect(first.status).toBe(status);
    errorOf(first, status);
    expect(first.headers.get('retry-after')).toBeNull();
    expect((await submit(prompting(marker))).status).toBe(200);
  });

  it('[sandbox:not-delivered] makes nothing', async () => {
    const { submit } = await dot();
    await expect(submit(prompting('not-delivered'))).rejects.toThrow();
    expect((await submit(prompting('not-delivered'))).status).toBe(200);
  });

  it('[sandbox:fail] is an ordinary answer', async () => {
    const { make, call, clock } = await dot();
    const id = await make(prompting('fail'));
    clock.pass(5);
    expect(await call('GET', `status/${id}`)).toMatchObject({
      status: 200,
      body: {
        code: 200,
        data: { task_id: id, status: 'failed', error_message: expect.stringContaining('[sandbox:fail]') },
      },
    });
  });

  it('[sandbox:slow] and [sandbox:odd-state] take their time', async () => {
    const { make, status, clock } = await dot();
    const [slow, odd] = [await make(prompting('slow')), await make(prompting('odd-state'))];
    clock.pass(3);
    expect([(await status(slow)).status, (await status(odd)).status]).toEqual(['not_started', 'queued']);
    clock.pass(80);
    expect([(await status(slow)).status, (await status(odd)).status]).toEqual(['running', 'finished']);
    clock.pass(7);
    expect((await status(slow)).status).toBe('finished');
  });

  it('[sandbox:flaky] answers every second query with 503', async () => {
    const { make, call } = await dot();
    const id = await make(prompting('flaky'));
    const seen = [];
    for (let n = 0; n < 4; n += 1) seen.push((await call('GET', `status/${id}`)).status);
    expect(seen).toEqual([200, 503, 200, 503]);
  });

  it('[sandbox:expired-link] gives a link that works once the dead one was tried', async () => {
    const { make, status, clock } = await dot();
    const id = await make(prompting('expired-link'));
    clock.pass(5);
    const urlNow = async () => (await status(id)).output.files[0].file_url;
    const dead = await urlNow();
    expect(await urlNow()).toBe(dead);
    expect((await fetch(dead)).status).toBe(410);
    expect((await fetch(await urlNow())).status).toBe(200);
  });

  it('[sandbox:no-files] finishes without a file', async () => {
    const { make, status, clock } = await dot();
    const id = await make(prompting('no-files'));
    clock.pass(5);
    expect(await status(id)).toEqual({ task_id: id, status: 'finished', error_message: null });
  });
});

describe('music', () => {
  const music = (...markers: string[]) => ({ ...prompting(...markers), model: 'generate-music' });

  it('is found by the status as in the examples, and by the detail as in the documentation', async () => {
    const { make, status, detail, clock, origin } = await dot();
    const id = await make(music());
    expect((await detail(id)).body.data).toMatchObject({ status: 'not_started', progress: 0 });
    clock.pass(5);
    const audio_url = `${origin}/files/${id}.wav`;
    expect((await status(id)).output).toEqual({ files: [{ file_url: audio_url, file_type: 'audio' }] });
    expect((await detail(id)).body).toEqual({
      code: 200,
      data: {
        task_id: id,
        status: 'finished',
        files: [
          {
            ...{ audio_id: `${id}-1`, title: 'A tone', duration: 2 },
            ...{ audio_url, image_url: `${origin}/files/${id}-2.png` },
          },
        ],
        created_time: '2026-11-21T12:00:00',
        progress: 100,
        error_message: null,
      },
    });
  });

  it('[sandbox:no-files] is found by the detail alone', async () => {
    const { make, status, detail, clock } = await dot();
    const id = await make(music('no-files'));
    clock.pass(5);
    expect(await status(id)).not.toHaveProperty('output');
    const [{ audio_url, image_url }] = (await detail(id)).body.data.files;
    for (const url of [audio_url, image_url]) expect((await fetch(url)).status).toBe(200);
  });

  it('is none where the task makes something else', async () => {
    const { make, detail } = await dot();
    for (const id of [await make(), 'ckx1', '']) expect((await detail(id)).status).toBe(404);
  });
});

describe('files', () => {
  it.each([
    ['generate-music', 'audio'],
    ['minimax-music-2.6', 'audio'],
    ['meshy-6-text-to-3d', 'model'],
    ['tripo3d-p1-image-to-3d', 'model'],
    ['gpt-image-2-edit', 'image'],
    ['nano-banana-pro', 'image'],
    ['seedream-5.0-lite', 'image'],
    ['flux-2-pro', 'image'],
    ['flux-kontext-max', 'image'],
    ['wan-2.7-image-pro', 'image'],
    ['z-image', 'image'],
    ['grok-imagine-image-quality', 'image'],
    ['seedance-2', 'video'],
    ['wan2.7-text-to-video', 'video'],
    ['grok-imagine-video-1.5', 'video'],
    ['veo3.1-fast', 'video'],
    ['kling-3.0/pro', 'video'],
    ['sora-2-official', 'video'],
  ])('%s makes %s', (model, type) => {
    expect(mediumOf({ service: 'apidot', model }).fileType).toBe(type);
    expect(mediumOf({ service: 'aivideomaker', model }).fileType).toBe('video');
  });

  async function fetched(model: string, input: JsonObject = {}) {
    const { make, status, clock } = await dot();
    const id = await make({ model, input });
    clock.pass(5);
    const answers = [];
    for (const { file_url } of (await status(id)).output.files) {
      const response = await fetch(file_url);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([response.status, response.headers.get('content-length')]).toEqual([200, `${bytes.length}`]);
      expect(fileKind(bytes)?.contentType).toBe(response.headers.get('content-type'));
      answers.push(bytes);
    }
    return answers;
  }

  it('a picture can be opened', async () => {
    const [png] = await fetched('gpt-image-2');
    const chunks = new Map<string, Buffer>();
    for (let at = 8; at < png!.length; at += 12 + png!.readUInt32BE(at)) {
      chunks.set(
        png!.toString('latin1', at + 4, at + 8),
        png!.subarray(at + 8, at + 8 + png!.readUInt32BE(at)),
      );
    }
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(inflateSync(chunks.get('IDAT')!)).toHaveLength(256 * (1 + 256 * 3));
  });

  it('there are as many pictures as were asked for, each another', async () => {
    const pictures = await fetched('seedream-4.5', { prompt: 'x', n: 3 });
    expect(new Set(pictures.map((bytes) => bytes.toString('latin1'))).size).toBe(3);
    expect(await fetched('seedream-4.5', { n: 999 })).toHaveLength(15);
    for (const n of [0, -1, 1.5, '3', null]) expect(await fetched('z-image', { n })).toHaveLength(1);
  });

  it('a sound can be heard', async () => {
    const [wav] = await fetched('generate-music');
    expect(wav!.readUInt32LE(4)).toBe(wav!.length - 8);
    expect(wav!.readUInt32LE(40)).toBe(wav!.length - 44);
    expect(wav!.readUInt32LE(28) * 2).toBe(wav!.length - 44);
    expect(Math.max(...new Int16Array(Uint8Array.from(wav!).buffer, 44))).toBeGreaterThan(10_000);
  });

  it('a 3D file holds a triangle', async () => {
    const [glb] = await fetched('meshy-6-text-to-3d');
    expect(glb!.readUInt32LE(8)).toBe(glb!.length);
    const length = glb!.readUInt32LE(12);
    expect(length % 4).toBe(0);
    const scene = JSON.parse(glb!.toString('utf8', 20, 20 + length));
    expect(scene.asset.version).toBe('2.0');
    expect(glb!.toString('latin1', 24 + length, 28 + length)).toBe('BIN\0');
    expect(glb!.readUInt32LE(20 + length)).toBe(scene.buffers[0].byteLength);
    expect(scene.accessors[0].count * 12).toBe(scene.bufferViews[0].byteLength);
  });

  it('a video is the clip', async () => {
    const [clip] = await fetched('seedance-2');
    expect(clip!.equals(await contentOf(mediumOf({ service: 'apidot', model: 'x' }), 1))).toBe(true);
  });

  it('no other address gives one', async () => {
    const { make, clock, origin } = await dot();
    const id = await make({ model: 'gpt-image-2', input: {} });
    clock.pass(5);
    for (const name of [`${id}.mp4`, `${id}-2.png`, `${id}-0.png`, `${id}-99.png`, `${id}.png.png`])
      expect((await fetch(`${origin}/files/${name}`)).status, name).toBe(404);
    expect((await fetch(`${origin}/files/${id}.png`)).status).toBe(200);
  });
});

describe('callbacks', () => {
  it.each([
    ['finished', REQUEST],
    ['finished', prompting('files')],
    ['failed', prompting('fail')],
  ])('are sent for the final state only (%s), three times, unsigned', async (status, asked) => {
    const { seen, port } = await receiver();
    const callback_url = `http://127.0.0.1:${port}/hook`;
    const { make, origin } = await dot(AT_ONCE);
    const id = await make({ ...asked, callback_url });
    await vi.waitFor(() => expect(seen).toHaveLength(3), { timeout: 60_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toHaveLength(3);
    for (const { headers, body } of seen) {
      expect(body).toEqual(seen[0]!.body);
      expect(Object.keys(headers).sort()).toEqual(['connection', 'content-length', 'content-type', 'host']);
    }
    const { code, data } = seen[0]!.body as { code: number; data: JsonObject };
    expect(code).toBe(200);
    expect(data).toMatchObject({ task_id: id, status });
    expect(data).not.toHaveProperty('output');
    expect(data.files).toEqual(
      status === 'failed' ? undefined : [{ file_url: `${origin}/files/${id}.mp4`, file_type: 'video' }],
    );
  });

  it('never leave the machine', async () => {
    const lines: string[] = [];
    const { submit } = await dot({ log: (line) => lines.push(line) });
    expect((await submit({ ...REQUEST, callback_url: 'https://example.com/hook' })).status).toBe(200);
    expect(lines.join('\n')).toContain('webhook not sent');
  });
});

describe('what speaks to APIDot', () => {
  const providerAt = (origin: string, key = KEY) => apidot({ baseUrl: new URL(origin), key, now: Date.now });
  const generation = { model: 'seedance-2', payload: { prompt: 'x' }, idempotencyKey: 'key-0001' };

  it.each([
    ['seedance-2', {}, ['mp4']],
    ['gpt-image-2', {}, ['png']],
    ['generate-music', {}, ['wav']],
    ['tripo3d-h3.1-text-to-3d', {}, ['glb']],
    ['seedream-4.5', { n: 2 }, ['png', 'png']],
    ['veo3.1-lite', { prompt: '[sandbox:files] [sandbox:flaky] [sandbox:expired-link]' }, ['mp4']],
    ['gpt-image-2', { prompt: '[sandbox:cut-download] [sandbox:odd-state]' }, ['png']],
  ])('brings the files of %s with %j', async (model, payload, exts) => {
    const { origin, clock } = await dot();
    const session = sessionWith(origin, { provider: providerAt(origin) });
    const { id } = await session.api.once(session.provider.submit({ ...generation, model, payload }));
    clock.pass(5);
    const { envelope } = await waitTask(session, id, waiting(60_000, { folder: folder() }));
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', taskId: id });
    const files = envelope.data!.files as { path: string }[];
    expect(files.map(({ path }) => path.split('.').at(-1))).toEqual(exts);
  });

  it('finds a piece of music that only its detail names', async () => {
    const { origin, clock } = await dot();
    const provider = providerAt(origin);
    const session = sessionWith(origin, { provider });
    const { api } = session;
    const payload = { prompt: '[sandbox:no-files]' };
    const { id } = await api.once(provider.submit({ ...generation, model: 'generate-music', payload }));
    clock.pass(5);
    expect(await api.once(provider.task(id))).toMatchObject({ state: 'COMPLETED', urls: [] });
    expect(await api.once(provider.detail!(id))).toMatchObject({
      state: 'COMPLETED',
      urls: [`${origin}/files/${id}.wav`, `${origin}/files/${id}-2.png`],
    });
    const { envelope } = await getTask(session, id, waiting(0));
    expect(envelope.data?.resultUrls).toEqual([`${origin}/files/${id}.wav`, `${origin}/files/${id}-2.png`]);
  });
});
