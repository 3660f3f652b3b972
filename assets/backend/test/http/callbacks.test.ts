import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, exchange, listen, make, type TestApp, testApp, VALID } from './support/app.ts';

let running: TestApp;
let id: string;
let address: string;
beforeEach(async () => {
  running = await testApp();
  id = await make(running);
  address = `/v1/callbacks/aivideomaker/${running.generations.tokenOf(id)}`;
});
afterEach(() => running.app.close());

const post = (url: string, payload?: string | Buffer, headers: Record<string, string> = {}) =>
  running.app.inject({ method: 'POST', url, headers, ...(payload === undefined ? {} : { payload }) });

describe('POST /v1/callbacks/{provider}/{token}', () => {
  test('a known token is recorded with what the body claims: 200', async () => {
    const answer = await post(address, JSON.stringify({ task_id: 't1', status: 'finished' }), {
      'content-type': 'application/json',
    });
    expect(answer.statusCode).toBe(200);
    expect(running.generations.recorded).toEqual([{ id, state: 'COMPLETED' }]);
  });

  test('faults 69 and 87: a body changes nothing of the generation', async () => {
    await post(
      address,
      JSON.stringify({ task_id: 't1', status: 'finished', files: ['https://evil.example/x'], user: 'bob' }),
    );
    expect(await running.generations.find('alice', id)).toMatchObject({
      status: 'queued',
      taskId: null,
      files: [],
    });
  });

  test.each([
    ['no body', undefined, {}],
    ['text', 'hello', { 'content-type': 'text/plain' }],
    ['broken JSON', '{"task_id":', { 'content-type': 'application/json' }],
    ['a type that is none', '{}', { 'content-type': 'json;;;' }],
    ['a compressed body', Buffer.from('1f8b0800', 'hex'), { 'content-encoding': 'gzip' }],
    ['a form', 'task_id=t1', { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('%s: the token alone says whose it is', async (_, body, headers) => {
    expect((await post(address, body, headers as Record<string, string>)).statusCode).toBe(200);
    expect(running.generations.recorded).toHaveLength(1);
  });

  test.each([
    '/v1/callbacks/aivideomaker/token-of-nobody-at-all',
    '/v1/callbacks/apidot/token-of-00000000-0000-4000-8000-000000000001',
    '/v1/callbacks/other/token-of-00000000-0000-4000-8000-000000000001',
    '/v1/callbacks/aivideomaker/short',
    `/v1/callbacks/aivideomaker/${'a'.repeat(5_000)}`,
    '/v1/callbacks/aivideomaker/a/b/c',
    '/v1/callbacks/aivideomaker/%zz',
    '/v1/callbacks/aivideomaker/%00%0a',
    '/v1/callbacks//',
    '/v1/callbacks/',
    '/v1/callbacks/__proto__/constructor-of-things',
  ])('%s: 202, and the same words as any other', async (url) => {
    const answer = await post(url, '{}');
    expect([answer.statusCode, answer.json()]).toEqual([202, { ok: true }]);
    expect(running.generations.recorded).toEqual([]);
  });

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('fault 73: %s is 405', async (method) => {
    const answer = await running.app.inject({ method, url: address });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST']);
  });

  test('the database is away: 503, so that the service may repeat it', async () => {
    running.generations.failure = Object.assign(new Error('away'), { code: '57P01' });
    expect((await post(address, '{}')).statusCode).toBe(503);
  });
});

describe('fault 73: the size of a body', () => {
  const MB = 1024 * 1024;

  test('2 MB are taken, one byte more is 413', async () => {
    expect((await post(address, Buffer.alloc(2 * MB, 32))).statusCode).toBe(200);
    const answer = await post(address, Buffer.alloc(2 * MB + 1, 32));
    expect(answer.json()).toMatchObject({ status: 413, code: 'body_too_large' });
    expect(running.generations.recorded).toHaveLength(1);
  });

  const large = () => `POST ${address} HTTP/1.1\r\nhost: x\r\ncontent-length: ${3 * MB}\r\n`;

  test('a sender of 3 MB hears 413 every time, and no broken connection', async () => {
    const origin = await listen(running.app);
    for (let n = 0; n < 20; n += 1) {
      const bytes = [`${large()}connection: close\r\n\r\n`, Buffer.alloc(3 * MB, 32)];
      expect(await exchange(origin, bytes)).toMatch(/^HTTP\/1\.1 413 [\s\S]*body_too_large/);
    }
    expect(running.generations.recorded).toEqual([]);
  });

  test('the length alone is answered, nothing waits for 3 MB, and the connection takes the next callback', async () => {
    const origin = await listen(running.app);
    expect(await exchange(origin, [`${large()}\r\n`], /body_too_large/)).toMatch(/^HTTP\/1\.1 413/);
    const next = `POST ${address} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`;
    const both = await exchange(origin, [`${large()}\r\n`, Buffer.alloc(3 * MB, 32), next]);
    expect(both.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('bytes are counted, whatever the sender says of them', async () => {
    const origin = await listen(running.app);
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MB, 32), Buffer.from('\r\n')]);
    const head = `POST ${address} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n`;
    expect(await exchange(origin, [head, chunk, chunk, chunk, '0\r\n\r\n'])).toMatch(/^HTTP\/1\.1 413/);
  });

  test('an endless body is cut off', async () => {
    const origin = await listen(running.app);
    const head = `POST ${address} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MB, 32), Buffer.from('\r\n')]);
    const answer = await exchange(origin, [head, ...Array.from({ length: 11 }, () => chunk)], /\r\n\r\n/);
    expect(answer).toMatch(/^HTTP\/1\.1 413/);
    expect(answer.toLowerCase()).toContain('connection: close');
  });
});

describe('POST /v1/callbacks/{provider} without a token', () => {
  test('finds the generation by the task id in the body', async () => {
    running.generations.change(id, { taskId: 't1', status: 'running' });
    const answer = await post('/v1/callbacks/aivideomaker', '{"task_id":"t1"}');
    expect([answer.statusCode, running.generations.recorded]).toEqual([200, [{ id, state: 'COMPLETED' }]]);
    for (const body of ['{"task_id":"t2"}', '{}', '', 'x'])
      expect((await post('/v1/callbacks/aivideomaker', body)).statusCode, body).toBe(202);
    expect((await post('/v1/callbacks/apidot', '{"task_id":"t1"}')).statusCode).toBe(202);
  });

  test('guesses are limited, and the limit leaves other addresses alone', async () => {
    for (let n = 0; n < 300; n += 1) await post('/v1/callbacks/aivideomaker', '{"task_id":"guess"}');
    const limited = await post('/v1/callbacks/aivideomaker', '{"task_id":"guess"}');
    expect(limited.json()).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await post(address, '{}')).statusCode).toBe(200);
    expect(
      (
        await running.app.inject({
          method: 'POST',
          url: '/v1/generations',
          headers: { ...ALICE, 'idempotency-key': 'another-key' },
          payload: VALID,
        })
      ).statusCode,
    ).toBe(202);
  });
});

test('TRUST_PROXY: the address that the proxy adds is the caller, whatever the caller says before it', async () => {
  const behind = await testApp({ trustProxy: true });
  const guess = async (app: TestApp['app'], forwarded: string) => {
    const headers = { 'x-forwarded-for': forwarded };
    const request = { method: 'POST', url: '/v1/callbacks/aivideomaker', headers, payload: '{}' } as const;
    return (await app.inject(request)).statusCode;
  };
  for (let n = 0; n < 300; n += 1) {
    await guess(behind.app, `192.0.2.${n % 250}, 198.51.100.1`);
    await guess(running.app, `192.0.2.${n % 250}`);
  }
  expect(await guess(behind.app, '203.0.113.7, 198.51.100.1')).toBe(429);
  expect(await guess(behind.app, '198.51.100.1, 203.0.113.7')).toBe(202);
  expect(await guess(running.app, '203.0.113.7')).toBe(429);
  await behind.app.close();
});

describe('whatever arrives', () => {
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    fc.nat({ max: 50_000 }).map((depth) => '['.repeat(depth)),
    fc.json().map((text) => `{"task_id":${text}}`),
  );
  // Clients resolve a segment of dots alone before it is sent.
  const segment = fc
    .string({ maxLength: 80 })
    .filter((text) => !/^\.\.?$/.test(text))
    .map(encodeURIComponent);
  const type = fc.option(fc.stringMatching(/^[\x20-\x7e]{0,60}$/), { nil: undefined });

  test('a known token is 200, anything else 202, and nothing changes but what was recorded', async () => {
    await fc.assert(
      fc.asyncProperty(segment, segment, body, type, async (provider, token, payload, contentType) => {
        const headers = contentType === undefined ? {} : { 'content-type': contentType };
        const answer = await post(
          `/v1/callbacks/${provider}/${token}`,
          payload,
          headers as Record<string, string>,
        );
        expect(answer.statusCode).toBe(202);
        const known = await post(address, payload, headers as Record<string, string>);
        expect(known.statusCode).toBe(200);
        expect(await running.generations.find('alice', id)).toMatchObject({ status: 'queued', taskId: null });
      }),
      { numRuns: 300 },
    );
  });
});
