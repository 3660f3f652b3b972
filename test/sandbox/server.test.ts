import { request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../scripts/src/sandbox/server.ts';
import { KEY, open, T2V } from './support.ts';

/** Sends bytes as they are and collects what comes back until the connection ends. */
function raw(origin: string, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
}

describe('nonsense', () => {
  it.each([
    ['no HTTP', '\x00\x01\x02\r\n\r\n'],
    [
      'a cut request',
      'POST /api/v1/generate/t2v HTTP/1.1\r\nHost: a\r\nkey: x\r\nContent-Length: 100\r\n\r\n{',
    ],
    ['a broken path', `GET /%E0%A4%A HTTP/1.1\r\nHost: a\r\nkey: x\r\nConnection: close\r\n\r\n`],
    ['a star', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
    [
      'a lying length',
      'POST /api/v1/quote/t2v HTTP/1.1\r\nHost: a\r\nkey: x\r\nContent-Length: -5\r\n\r\n{}',
    ],
    ['a huge header', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`],
  ])('is survived: %s', async (_, bytes) => {
    const { origin, get } = await open();
    expect(await raw(origin, bytes)).not.toContain('HTTP/1.1 5');
    expect((await get('account')).status).toBe(200);
  });

  it('of any kind in a body gets an answer that blames the caller', async () => {
    const { call } = await open();
    const wrongPrompt = fc.jsonValue().filter((prompt) => typeof prompt !== 'string');
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      wrongPrompt.map((prompt) => JSON.stringify({ ...T2V, prompt })),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const answer = await call('POST', '/api/v1/generate/t2v', { body: text });
        expect([answer.status, answer.body.errorCode]).toEqual([400, 'INVALID_PAYLOAD']);
      }),
      { numRuns: 100 },
    );
  });

  it('in the Host header is not copied into addresses', async () => {
    const { origin } = await open();
    const { port } = new URL(origin);
    async function hostUsed(host: string): Promise<string> {
      const body = JSON.stringify(T2V);
      const text = await raw(
        origin,
        `POST /api/v1/generate/t2v HTTP/1.1\r\nHost: ${host}\r\nkey: x\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
      return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)).statusUrl.split('/api/')[0];
    }
    expect(await hostUsed(`localhost:${port}`)).toBe(`http://localhost:${port}`);
    expect(await hostUsed('a/b?c')).toBe(origin);
    expect(await hostUsed('user@host')).toBe(origin);
    expect(await hostUsed('')).toBe(origin);
  });

  it('in the target of a proxy request is understood', async () => {
    const { origin } = await open();
    const text = await raw(
      origin,
      `GET ${origin}/api/v1/account HTTP/1.1\r\nHost: a\r\nkey: x\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toContain('"currentBalance":1000');
  });
});

describe('large bodies', () => {
  const LIMIT = 64 * 1024 * 1024;

  function post(origin: string, headers: Record<string, string | number>, size: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${origin}/api/v1/quote/t2v`,
        { method: 'POST', headers: { key: KEY, ...headers } },
        async (answer) => {
          let text = '';
          for await (const chunk of answer) text += chunk;
          resolve(`${answer.statusCode} ${text}`);
        },
      );
      outgoing.on('error', reject);
      const chunk = Buffer.alloc(1 << 20, ' ');
      let left = size;
      const write = () => {
        while (left > 0) {
          const next = chunk.subarray(0, Math.min(left, chunk.length));
          left -= next.length;
          if (!outgoing.write(next)) return outgoing.once('drain', write);
        }
        return outgoing.end();
      };
      write();
    });
  }

  it('are read when they are large, of known and of unknown length', async () => {
    const { origin } = await open();
    const size = 20 * 1024 * 1024;
    expect(await post(origin, { 'content-length': size }, size)).toMatch(/^400 .*JSON/);
    expect(await post(origin, {}, size)).toMatch(/^400 .*JSON/);
  });

  it('are refused, with an answer, when they are larger than that', async () => {
    const { origin } = await open();
    const size = LIMIT + 1;
    expect(await post(origin, { 'content-length': size }, size)).toMatch(/^413 /);
    expect(await post(origin, {}, size)).toMatch(/^413 /);
  });
});

describe('the server', () => {
  it('listens on loopback alone, logs neither keys nor bodies nor queries, and says how it ended', async () => {
    const lines: string[] = [];
    const { origin, create, call } = await open({ log: (line) => lines.push(line) });
    expect(new URL(origin).hostname).toBe('127.0.0.1');
    await create();
    await call('GET', '/api/v1/account?token=secret');
    await expect(create({ ...T2V, prompt: '[sandbox:not-delivered]' })).rejects.toThrow();
    await expect
      .poll(() => lines)
      .toEqual(['POST /api/v1/generate/t2v 200', 'GET /api/v1/account 200', 'POST /api/v1/generate/t2v cut']);
  });

  it('closes at once, with clients connected, and more than once', async () => {
    const { sandbox, origin, get } = await open();
    await get('account');
    const idle = connect(Number(new URL(origin).port), '127.0.0.1');
    const half = raw(
      origin,
      'POST /api/v1/quote/t2v HTTP/1.1\r\nHost: a\r\nkey: x\r\nContent-Length: 9\r\n\r\n{',
    );
    const ended = new Promise((resolve) => idle.on('close', resolve));
    await new Promise((resolve) => idle.on('connect', resolve));
    await Promise.all([sandbox.close(), sandbox.close(), ended, half]);
    await expect(get('account')).rejects.toThrow();
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the speed %d', async (speed) => {
    await expect(startSandbox({ folder: null, speed })).rejects.toThrow('speed');
  });
});
