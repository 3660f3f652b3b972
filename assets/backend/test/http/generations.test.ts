import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { ALICE, BOB, make, type TestApp, testApp, VALID } from './support/app.ts';

let running: TestApp;
afterEach(() => running.app.close());

const key = { 'idempotency-key': 'one-of-my-own' };
const post = (headers: object, payload: unknown) =>
  running.app.inject({
    method: 'POST',
    url: '/v1/generations',
    headers: { ...headers },
    payload: payload as object,
  });
const get = (url: string, headers: object = ALICE) => running.app.inject({ url, headers: { ...headers } });

describe('POST /v1/generations', () => {
  test('a new key is 202, the same key and body 200 with the same generation, another body 409', async () => {
    running = await testApp();
    const first = await post({ ...ALICE, ...key }, VALID);
    expect(first.statusCode).toBe(202);
    expect(first.json()).toMatchObject({
      status: 'queued',
      provider: 'aivideomaker',
      model: 't2v',
      sandbox: true,
    });
    expect(first.headers.location).toBe(`/v1/generations/${first.json().id}`);

    const { model, payload, provider } = VALID;
    const reordered = {
      payload: Object.fromEntries(Object.entries(payload).reverse()),
      model,
      maxCredits: null,
      provider,
    };
    const second = await post({ ...ALICE, ...key }, reordered);
    expect([second.statusCode, second.json().id]).toEqual([200, first.json().id]);

    const third = await post({ ...ALICE, ...key }, { ...VALID, maxCredits: 30 });
    expect([third.statusCode, third.json().code]).toEqual([409, 'idempotency_key_reused']);
  });

  test('fault 92: the same key of two users makes two generations', async () => {
    running = await testApp();
    const ids = [await post({ ...ALICE, ...key }, VALID), await post({ ...BOB, ...key }, VALID)].map(
      (one) => one.json().id,
    );
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    ['no key', {}, 'idempotency_key_missing'],
    ['a key of 7 characters', { 'idempotency-key': '1234567' }, 'invalid_request'],
    ['a key of 129 characters', { 'idempotency-key': 'k'.repeat(129) }, 'invalid_request'],
  ])('%s: 400, with what is expected', async (_, headers, code) => {
    running = await testApp();
    const answer = await post({ ...ALICE, ...headers }, VALID);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      status: 400,
      code,
      title: 'Bad Request',
      issues: [{ path: 'Idempotency-Key' }],
    });
  });

  test.each([8, 128])('a key of %i characters is taken', async (length) => {
    running = await testApp();
    expect((await post({ ...ALICE, 'idempotency-key': 'k'.repeat(length) }, VALID)).statusCode).toBe(202);
  });

  test('422 names each issue of the payload, and a model that is not known', async () => {
    running = await testApp();
    const refused = await post({ ...ALICE, ...key }, { ...VALID, payload: { duration: '5' } });
    expect(refused.json()).toMatchObject({
      ...{ status: 422, code: 'payload_invalid' },
      issues: [{ path: 'payload.prompt', expected: 'a text', received: 'nothing', hint: 'Add it.' }],
    });
    for (const [body, path] of [
      [{ ...VALID, model: 'T2V' }, 'model'],
      [{ ...VALID, provider: '__proto__' }, 'provider'],
    ] as const)
      expect((await post({ ...ALICE, ...key }, body)).json()).toMatchObject({
        status: 422,
        code: 'model_unknown',
        issues: [{ path }],
      });
  });

  test.each([
    ['a field that is none', { ...VALID, seed: 1 }, 'seed'],
    ['a payload that is no object', { ...VALID, payload: 'x' }, 'payload'],
    ['no model', { provider: 'aivideomaker', payload: {} }, 'model'],
    ['a cap of 0', { ...VALID, maxCredits: 0 }, 'maxCredits'],
    ['a cap as text', { ...VALID, maxCredits: '5' }, 'maxCredits'],
    ['a cap that is no whole number', { ...VALID, maxCredits: 15.5 }, 'maxCredits'],
    ['a cap that no column holds', { ...VALID, maxCredits: 2 ** 31 }, 'maxCredits'],
  ])('%s: 400 that names it', async (_, body, path) => {
    running = await testApp();
    expect((await post({ ...ALICE, ...key }, body)).json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      issues: [{ path }],
    });
  });

  test.each(['{"provider":', '', '{"__proto__":{"a":1}}', '{"a":{"constructor":{"prototype":{}}}}'])(
    'a body that is no JSON to trust, %j: 400',
    async (payload) => {
      running = await testApp();
      const answer = await post({ ...ALICE, ...key, 'content-type': 'application/json' }, payload);
      expect(answer.json()).toMatchObject({ status: 400 });
    },
  );

  test('another content type: 415', async () => {
    running = await testApp();
    const answer = await post({ ...ALICE, ...key, 'content-type': 'text/plain' }, 'x');
    expect(answer.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  test('30 MB are taken, one byte more is 413, with its length or without', async () => {
    running = await testApp();
    const most = 30 * 1024 * 1024;
    const body = Buffer.alloc(most + 1, ' ');
    body.write(JSON.stringify(VALID));
    const headers = { ...ALICE, ...key, 'content-type': 'application/json' };
    expect((await post(headers, body.subarray(0, most))).statusCode).toBe(202);
    const refused = await post(headers, body);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.json()).toMatchObject({
      status: 413,
      code: 'body_too_large',
      detail: expect.stringContaining('30 MB'),
    });
    const counted = await post(headers, Readable.from([body]));
    expect(counted.json()).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  test('above a cap: 402 with the reason, and the key stays free', async () => {
    running = await testApp();
    running.generations.refusal = {
      outcome: 'overDailyCap',
      reason: 'This user may spend 100 credits a day.',
    };
    const refused = await post({ ...ALICE, ...key }, VALID);
    expect(refused.json()).toMatchObject({
      status: 402,
      code: 'over_cap',
      detail: 'This user may spend 100 credits a day.',
    });
    running.generations.refusal = null;
    expect((await post({ ...ALICE, ...key }, VALID)).statusCode).toBe(202);
  });

  test('fault 86: the database is away: 503 that says to repeat the same request, and nothing of the error', async () => {
    running = await testApp();
    running.generations.failure = Object.assign(new Error('connect to 10.0.0.7 with secret-password'), {
      code: 'ECONNREFUSED',
    });
    const answer = await post({ ...ALICE, ...key }, VALID);
    expect(answer.json()).toMatchObject({ status: 503, code: 'unavailable' });
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.body).not.toContain('secret');
  });
});

describe('GET, list, cancel and DELETE', () => {
  test('one generation has every field of the API, with the paths of its files', async () => {
    running = await testApp();
    const id = await make(running);
    running.generations.change(id, {
      status: 'succeeded',
      files: [{ n: 1, mediaType: 'video/mp4', bytes: 3, sha256: 'a'.repeat(64) }],
    });
    expect((await get(`/v1/generations/${id}`)).json()).toEqual({
      ...{ id, provider: 'aivideomaker', model: 't2v', status: 'succeeded', taskId: null },
      ...{
        createdAt: expect.any(String),
        submittedAt: null,
        endedAt: null,
        error: null,
        attention: null,
        waiting: null,
        sandbox: true,
        prompt: 'a lighthouse',
      },
      credits: { quoted: 20, charged: null, refunded: null },
      files: [
        {
          n: 1,
          mediaType: 'video/mp4',
          bytes: 3,
          sha256: 'a'.repeat(64),
          url: `/v1/generations/${id}/files/1`,
        },
      ],
    });
  });

  test('the list has one own generations, by status and in pages', async () => {
    running = await testApp();
    const ids = [await make(running), await make(running), await make(running)].reverse();
    await make(running, BOB);
    running.generations.change(ids[1]!, { status: 'running' });
    const list = async (query: string) => (await get(`/v1/generations${query}`)).json();
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.next}`);
    expect([...first.generations, ...second.generations].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
    expect((await list('?status=running')).generations).toMatchObject([{ id: ids[1] }]);
  });

  test.each(['?limit=0', '?limit=101', '?limit=x', '?status=done', '?page=2', '?cursor=mine'])(
    '%s: 400',
    async (query) => {
      running = await testApp();
      expect((await get(`/v1/generations${query}`)).json()).toMatchObject({
        status: 400,
        issues: [expect.anything()],
      });
    },
  );

  test('cancel is 202; of one that has ended or that the service cannot cancel 409', async () => {
    running = await testApp();
    const id = await make(running);
    const cancel = (one: string) =>
      running.app.inject({ method: 'POST', url: `/v1/generations/${one}/cancel`, headers: ALICE });
    const answer = await cancel(id);
    expect([answer.statusCode, answer.json().status]).toEqual([202, 'cancelled']);
    expect((await cancel(id)).json()).toMatchObject({ status: 409, code: 'already_ended' });
    const other = await make(running, ALICE, { ...VALID, provider: 'apidot' });
    running.generations.change(other, { status: 'running', taskId: 't1' });
    expect((await cancel(other)).json()).toMatchObject({ status: 409, code: 'cancel_unsupported' });
    running.generations.change(other, { status: 'saving' });
    expect((await cancel(other)).json()).toMatchObject({ status: 409, code: 'already_ended' });
    running.generations.change(other, { status: 'needs_attention' });
    expect((await cancel(other)).json()).toMatchObject({ status: 409, code: 'needs_attention' });
  });

  test('DELETE is 409 while it runs, 204 afterwards, and then 404', async () => {
    running = await testApp();
    const id = await make(running);
    const remove = () =>
      running.app.inject({ method: 'DELETE', url: `/v1/generations/${id}`, headers: ALICE });
    expect((await remove()).json()).toMatchObject({ status: 409, code: 'still_running' });
    running.generations.change(id, { status: 'failed', endedAt: '2026-11-21T11:00:00.000Z' });
    expect((await remove()).statusCode).toBe(204);
    expect((await remove()).statusCode).toBe(404);
  });
});
