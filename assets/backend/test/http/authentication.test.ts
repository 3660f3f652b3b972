import { afterEach, describe, expect, test } from 'vitest';
import { byBearerToken } from '../../src/http/authenticate.ts';
import { BOB, make, type TestApp, testApp } from './support/app.ts';

let running: TestApp;
afterEach(() => running.app.close());

const get = (url: string, headers: object) => running.app.inject({ url, headers: { ...headers } });

describe('authentication', () => {
  const routes = [
    ['GET', '/v1/generations'],
    ['POST', '/v1/generations'],
    ['GET', '/v1/generations/x'],
    ['DELETE', '/v1/generations/x'],
    ['POST', '/v1/generations/x/cancel'],
    ['GET', '/v1/generations/x/files/1'],
    ['HEAD', '/v1/generations/x/files/1'],
    ['GET', '/v1/generations/x/events'],
    ['GET', '/v1/events'],
    ['GET', '/v1/models'],
    ['GET', '/v1/models/a/b'],
    ['POST', '/v1/estimates'],
    ['GET', '/v1/webhook'],
    ['PUT', '/v1/webhook'],
    ['DELETE', '/v1/webhook'],
  ] as const;

  test('every route below /v1 but callbacks is in this list', async () => {
    running = await testApp();
    await running.app.ready();
    const { paths } = running.app.swagger() as { paths: { [path: string]: object } };
    const listed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = routes.map(
      ([method, url]) =>
        `${method} ${url.replace('/x', '/{id}').replace('/files/1', '/files/{n}').replace('/a/b', '/{provider}/{model}')}`,
    );
    const open = listed.filter((route) => route.includes('/v1/') && !route.includes('callbacks'));
    expect(new Set(open)).toEqual(new Set(known));
  });

  test.each(routes)('%s %s needs a token that is known', async (method, url) => {
    running = await testApp();
    for (const authorization of [
      undefined,
      'Bearer token-of-mallory',
      'Basic token-of-alice',
      'Bearer',
      'token-of-alice',
    ]) {
      const answer = await running.app.inject({
        method,
        url,
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(answer.statusCode, String(authorization)).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      if (method !== 'HEAD') expect(answer.json()).toMatchObject({ code: 'unauthorized' });
    }
  });

  test('the demo token works on this machine alone, and not for the name of another site', async () => {
    running = await testApp({ authenticate: byBearerToken(null), isDemo: true });
    const demo = { authorization: 'Bearer demo-token' };
    expect((await get('/v1/generations', demo)).statusCode).toBe(200);
    expect((await get('/v1/generations', { ...demo, host: 'evil.example:8080' })).statusCode).toBe(401);
    expect((await get('/v1/generations', { ...demo, 'x-forwarded-for': '192.0.2.1' })).statusCode).toBe(401);
    const far = await running.app.inject({
      url: '/v1/generations',
      headers: demo,
      remoteAddress: '192.0.2.1',
    });
    expect(far.statusCode).toBe(401);
    expect((await get('/', {})).body).toContain('data-demo-token="demo-token"');
    expect((await get('/', { host: 'evil.example' })).body).not.toContain('demo-token="demo-token"');
  });
});

describe("another user's generation", () => {
  test.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/cancel'],
    ['GET', '/files/1'],
    ['GET', '/events'],
  ] as const)('%s %s: 404, as one that is not there', async (method, rest) => {
    running = await testApp();
    const id = await make(running);
    running.generations.change(id, {
      files: [{ n: 1, mediaType: 'video/mp4', bytes: 3, sha256: 'a'.repeat(64) }],
    });
    const foreign = await running.app.inject({ method, url: `/v1/generations/${id}${rest}`, headers: BOB });
    const absent = await running.app.inject({
      method,
      url: `/v1/generations/00000000-0000-4000-8000-00000000ffff${rest}`,
      headers: BOB,
    });
    expect([foreign.statusCode, foreign.body]).toEqual([404, absent.body]);
  });
});
