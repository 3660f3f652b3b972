import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { hashOf } from '../../src/http/hash.ts';
import { ALICE, exchange, listen, make, type TestApp, testApp, VALID } from './support/app.ts';

let running: TestApp;
// The last one of all is closed twice, which does nothing.
afterEach(() => running.app.close());

describe('addresses and methods', () => {
  test.each([
    ['PUT', '/v1/generations', 'GET, HEAD, POST'],
    ['PATCH', '/v1/generations/abc', 'DELETE, GET, HEAD'],
    ['GET', '/v1/generations/abc/cancel', 'POST'],
    ['GET', '/v1/callbacks/apidot/token', 'POST'],
    ['PUT', '/v1/callbacks/apidot', 'POST'],
    ['DELETE', '/healthz', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
  ] as const)('%s %s: 405 with Allow', async (method, url, allow) => {
    running = await testApp();
    for (const body of [{}, { payload: 'x', headers: { 'content-type': 'application/octet-stream' } }]) {
      const answer = await running.app.inject({ method, url, ...body });
      expect(answer.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
      expect(answer.headers.allow).toBe(allow);
    }
  });

  test.each([
    '/v2',
    '/v1/generations/a/b',
    '/.env',
    '/page/../package.json',
    '/page/%2e%2e/%2e%2e/package.json',
  ])('GET %s: 404', async (url) => {
    running = await testApp();
    expect((await running.app.inject({ url })).json()).toMatchObject({ status: 404, code: 'not_found' });
  });

  test('an address that cannot be decoded is a problem too', async () => {
    running = await testApp();
    expect((await running.app.inject({ url: '/v1/generations/%zz', headers: ALICE })).json()).toMatchObject({
      status: 400,
    });
  });
});

test('what is no HTTP request is answered as a problem, too', async () => {
  running = await testApp();
  const origin = await listen(running.app);
  for (const [bytes, status] of [
    ['GET nothing\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    const answer = await exchange(origin, [bytes]);
    expect(answer).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^]*content-type: application/problem\\+json`, 'i'),
    );
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ status, type: 'about:blank' });
  }
});

describe('the OpenAPI document', () => {
  test('has each route with its schemas, and every answer that is no success as a problem', async () => {
    running = await testApp();
    const document = (await running.app.inject({ url: '/openapi.json' })).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        ...[
          '/healthz',
          '/readyz',
          '/v1/callbacks/{provider}',
          '/v1/callbacks/{provider}/{token}',
          '/v1/estimates',
          '/v1/events',
        ],
        ...[
          '/v1/generations',
          '/v1/generations/{id}',
          '/v1/generations/{id}/cancel',
          '/v1/generations/{id}/events',
        ],
        ...['/v1/generations/{id}/files/{n}', '/v1/models', '/v1/models/{provider}/{model}', '/v1/webhook'],
      ].sort(),
    );
    const { responses } = document.paths['/v1/generations'].post;
    expect(Object.keys(responses)).toEqual([
      '200',
      '202',
      '400',
      '401',
      '402',
      '409',
      '413',
      '415',
      '422',
      '503',
    ]);
    expect(responses[422].content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/Problem',
    });
    expect(document.components.schemas.Generation.properties.status.enum).toContain('needs_attention');
    for (const reference of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      expect(Object.keys(document.components.schemas)).toContain(reference[1]);
  });
});

describe('operations', () => {
  test('/healthz answers without the database, /readyz says 503 then', async () => {
    running = await testApp();
    expect((await running.app.inject({ url: '/readyz' })).statusCode).toBe(200);
    running.generations.failure = new Error('away');
    expect((await running.app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    expect((await running.app.inject({ url: '/readyz' })).json()).toEqual({ status: 'database unavailable' });
  });

  test('a worker serves these alone', async () => {
    running = await testApp({ routes: 'operations' });
    for (const url of ['/healthz', '/readyz', '/metrics'])
      expect((await running.app.inject({ url })).statusCode, url).toBe(200);
    for (const url of ['/', '/openapi.json', '/v1/generations'])
      expect((await running.app.inject({ url })).statusCode, url).toBe(404);
  });

  test('/metrics has what an operator alerts on; no scrape fails because the database is away', async () => {
    running = await testApp();
    await make(running);
    await running.app.inject({ method: 'POST', url: '/v1/callbacks/apidot/short' });
    const { body } = await running.app.inject({ url: '/metrics' });
    for (const line of [
      'media_generations_open{status="needs_attention"} 2',
      'media_generations_oldest_seconds{status="needs_attention"} 90',
      'media_poll_lag_seconds 1',
      'media_limiter_stopped{provider="aivideomaker",account="aivideomaker:0123"} 1',
      'media_callbacks_total{provider="apidot",outcome="unplaced"} 1',
      'http_request_duration_seconds_count{method="POST",route="/v1/generations",status="202"} 1',
    ])
      expect(body).toContain(line);
  });

  test('/metrics: a database that is away is counted, and named by no label', async () => {
    running = await testApp();
    running.generations.failure = new Error('away');
    const answer = await running.app.inject({ url: '/metrics' });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('media_figures_errors_total 1');
  });
});

test('the page and every file that it names are served, with a policy that lets nothing else in', async () => {
  running = await testApp();
  const found = new Map<string, string>();
  const names = ['/'];
  for (const url of names) {
    const answer = await running.app.inject({ url });
    expect(answer.statusCode, url).toBe(200);
    expect(answer.headers['content-security-policy']).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    );
    found.set(url, answer.body);
    const named = [...answer.body.matchAll(/(?:href|src)="(\/[^"]+)"|from '\.(\/[^']+)'/g)];
    for (const [, path, module] of named) {
      const next = path ?? `/page${module}`;
      if (!names.includes(next)) names.push(next);
    }
  }
  expect(names.length).toBe(7);
  expect([...found.values()].join('')).not.toMatch(
    /https?:\/\/(?!example\.com)[a-z]|innerHTML|style="|onclick=/,
  );
});

describe('models', () => {
  test('are listed and described; an estimate says the price or the issues', async () => {
    running = await testApp();
    const get = async (url: string) => (await running.app.inject({ url, headers: ALICE })).json();
    expect((await get('/v1/models')).models).toContainEqual({
      provider: 'aivideomaker',
      model: 't2v',
      sandbox: true,
    });
    expect(await get('/v1/models/aivideomaker/t2v')).toEqual({
      ...{ provider: 'aivideomaker', model: 't2v', output: 'video', sandbox: true, notes: ['a note'] },
      ...{ schema: { type: 'object', properties: { prompt: { type: 'string' } } }, example: { prompt: 'x' } },
    });
    expect(await get('/v1/models/aivideomaker/none')).toMatchObject({ status: 404, code: 'model_unknown' });
    const estimate = async (payload: object) =>
      (await running.app.inject({ method: 'POST', url: '/v1/estimates', headers: ALICE, payload })).json();
    expect(await estimate(VALID)).toEqual({
      credits: { least: 7, most: 20, asOf: '2026-09-17', note: 'An estimate.' },
      sandbox: true,
    });
    expect(await estimate({ ...VALID, provider: 'apidot' })).toMatchObject({ sandbox: false });
    expect(await estimate({ ...VALID, payload: {} })).toMatchObject({ status: 422 });
  });
});

describe('the log', () => {
  test('has no token, prompt, callback address or key in it, also not in an error', async () => {
    running = await testApp();
    const id = await make(running);
    await running.app.inject({
      method: 'POST',
      url: `/v1/callbacks/aivideomaker/${running.generations.tokenOf(id)}`,
      payload: '{}',
    });
    running.generations.failure = new Error(
      'statement failed at https://files.example/a/b?sig=1 for token-of-alice data:image/png;base64,AAAA',
    );
    const failed = await running.app.inject({ url: `/v1/generations/${id}`, headers: ALICE });
    expect(failed.json()).toMatchObject({ status: 500, detail: 'The request failed. The log says why.' });
    const log = running.lines.join('');
    expect(log).toContain('"route":"/v1/callbacks/:provider/:token"');
    expect(log).toContain('https://files.example/...');
    for (const secret of ['token-of-', 'sig=1', 'AAAA', 'lighthouse']) expect(log).not.toContain(secret);
  });
});

describe('the hash of a body', () => {
  test('the order of fields changes nothing, at any depth', () => {
    expect(hashOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(hashOf({ b: { d: null, c: [1, 2] }, a: 1 }));
    expect(hashOf({})).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    [{ a: 1 }, { b: 1 }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: [[1], 2] }, { a: [1, [2]] }],
    [{ a: '1' }, { a: 1 }],
    [{ a: null }, {}],
    [{ a: {} }, { a: [] }],
    [{ a: 'x,"b":1' }, { a: 'x', b: 1 }],
  ])('%j and %j are different requests', (one, other) => {
    expect(hashOf(one)).not.toBe(hashOf(other));
  });

  test('equal hashes mean equal values', () => {
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, inner]) => [name, sorted(inner)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const isEqual = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(hashOf(JSON.parse(JSON.stringify(one))) === hashOf(JSON.parse(JSON.stringify(other)))).toBe(
          isEqual,
        );
      }),
    );
  });
});
