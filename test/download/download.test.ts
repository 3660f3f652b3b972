import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type http from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { download, prepareFolder } from '../../scripts/src/download/download.ts';
import { fetchFile } from '../../scripts/src/download/fetch-file.ts';
import { Part } from '../../scripts/src/download/part.ts';
import { saveOnce } from '../../scripts/src/download/save-once.ts';
import { Transport } from '../../scripts/src/http/transport.ts';
import { waitTask } from '../core/rendered.ts';
import { folder, KEY, NETWORK, sessionWith, type TestSession, waiting } from '../core/session.ts';
import { FakeClock } from '../support/clock.ts';
import { failureOf } from '../support/failures.ts';
import { film, MP4, PNG } from '../support/media.ts';
import { type Answer, poured, replyOf, restOf, serve, type TestServer } from '../support/server.ts';
import { FILM, type Host, hostOf, type More, options, savedFrom, sha256 } from './support.ts';

/** A clock whose sleeps take a moment, so that others get on meanwhile, and whose time passes as it really does. */
function impatient(): FakeClock {
  const clock = new FakeClock();
  const start = performance.now();
  clock.monotonic = () => performance.now() - start;
  clock.sleep = () => new Promise((resolve) => setTimeout(resolve, 5));
  return clock;
}

/** Nothing is left of an attempt that failed. */
function expectEmpty(into: string): void {
  expect(readdirSync(into)).toEqual([]);
}

/** The failure of a download, and the folder that it was to fill. */
async function refusedBy(server: TestServer, more: More = {}) {
  const into = folder();
  const failure = await failureOf(savedFrom(server, { into, ...more }));
  expect(failure.code).toBe('DOWNLOAD_FAILED');
  return { failure, into };
}

/** What is kept of a file for the next run. */
function partIn(into: string): Buffer {
  expect(readdirSync(into).sort()).toEqual(['ckx1.part', 'ckx1.part.json']);
  return readFileSync(path.join(into, 'ckx1.part'));
}

const host = (of: Host) => serve(hostOf(of));

/** A task that has ended, with the output that each reading of its record shows, on a host of these files. */
const finished = (output: (origin: string, count: number) => object, file: (at: string) => Answer) =>
  serve(({ path: at }, { count, server: { origin } }) => {
    if (at.endsWith('/status')) return { body: { status: 'COMPLETED' } };
    if (!at.startsWith('/api/')) return file(at);
    return { body: { id: 'ckx1', status: 'COMPLETED', output: output(origin, count) } };
  });

const waited = ({ origin }: TestServer, more: Parameters<typeof waiting>[1]) =>
  waitTask(sessionWith(origin), 'ckx1', waiting(60_000, more));

const rangesOf = (server: TestServer) => server.received.map(({ headers }) => headers.range);

let into: string;
beforeEach(() => {
  into = folder();
});

describe('a file', () => {
  it.each<[string, Buffer, string, string]>([
    ['an MP4', MP4, 'mp4', 'video/mp4'],
    ['a picture', PNG, 'png', 'image/png'],
    ['a large one', film(3_000_000), 'mp4', 'video/mp4'],
  ])('is saved whole under a name of ours: %s', async (_, body, ext, contentType) => {
    const server = await serve({ headers: { 'content-type': 'text/evil' }, body });
    const saved = await savedFrom(server, { into, at: '/../evil.sh?x=1' });
    const file = path.join(into, `ckx1.${ext}`);
    expect(saved).toEqual({ path: file, bytes: body.length, sha256: sha256(body), contentType });
    expect(readFileSync(file).equals(body)).toBe(true);
    expect(readdirSync(into)).toEqual([`ckx1.${ext}`]);
  });

  it('is requested without the API key, and without any other header of ours', async () => {
    const server = await serve({ body: MP4 });
    await savedFrom(server, { at: '/a.mp4' });
    const { headers } = server.received[0]!;
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(JSON.stringify(headers)).not.toContain(KEY);
  });

  it('is saved as it is from a host that compresses wherever it may', async () => {
    const server = await serve(({ headers }) =>
      headers['accept-encoding'] === 'identity'
        ? { body: MP4 }
        : { headers: { 'content-encoding': 'gzip' }, body: gzipSync(MP4) },
    );
    expect((await savedFrom(server, { at: '/a.mp4' })).sha256).toBe(sha256(MP4));
  });

  it('is numbered where there are several', async () => {
    const server = await serve({ body: MP4 });
    await savedFrom(server, { into, at: '/a', number: 2 });
    expect(readdirSync(into)).toEqual(['ckx1-2.mp4']);
  });

  it('appears in its place whole or not at all', async () => {
    const seen = new Set<string>();
    const server = await serve((_, { res }) => {
      res.writeHead(200, { 'content-length': `${MP4.length}` });
      res.write(MP4.subarray(0, 40_000), () => {
        setTimeout(() => {
          for (const name of readdirSync(into)) seen.add(name);
          res.end(MP4.subarray(40_000));
        }, 30);
      });
      return undefined;
    });
    await savedFrom(server, { into });
    expect([...seen]).toEqual(['ckx1.part']);
    expect(readdirSync(into)).toEqual(['ckx1.mp4']);
  });
});

describe('fault 62: a connection that drops', () => {
  it('at 80 %: the rest is fetched, under the condition that the file is still the same', async () => {
    const server = await host({ drops: [400_000] });
    const saved = await savedFrom(server);
    expect(saved.sha256).toBe(sha256(FILM));
    expect(readFileSync(saved.path).equals(FILM)).toBe(true);
    expect(rangesOf(server)).toEqual([undefined, 'bytes=400000-']);
    expect(server.received[1]!.headers['if-range']).toBe('"one"');
  });

  it('again and again, as long as each attempt brings something', async () => {
    const server = await host({ drops: [50_000, 50_000, 50_000, 50_000, 50_000, 50_000] });
    expect((await savedFrom(server, { maxRetries: 1 })).sha256).toBe(sha256(FILM));
    expect(server.received).toHaveLength(7);
  });

  it('without bringing anything: a few attempts, then no more', async () => {
    const server = await host({ drops: [100, 0, 0, 0, 0, 0] });
    const { into } = await refusedBy(server);
    expect(server.received).toHaveLength(4);
    expect(partIn(into).length).toBe(100);
  });

  it.each<[string, Host]>([
    ['the file has changed meanwhile', { ranges: 'honoured' }],
    ['ranges are ignored', { ranges: 'ignored' }],
    ['the range is refused (416)', { ranges: 'refused' }],
    ['another part comes than was asked for', { ranges: 'overlapping' }],
    ['the rest is of a file of another length', { ranges: 'of another length' }],
  ])('and %s: it starts over, and nothing is mixed', async (what, more) => {
    const other = film(450_000);
    const isOther = what.startsWith('the file has changed');
    const first = hostOf({ drops: [400_000], ...more });
    const second = hostOf({ ...more, ...(isOther && { body: other, headers: { etag: '"two"' } }) });
    // The same address, first served by the one and then by the other.
    const server = await serve((request, context) =>
      replyOf(context.count === 0 ? first : second, request, context),
    );
    const saved = await savedFrom(server);
    const expected = isOther ? other : FILM;
    expect(saved).toMatchObject({ bytes: expected.length, sha256: sha256(expected) });
    expect(readFileSync(saved.path).equals(expected)).toBe(true);
    expect(rangesOf(server)[1]).toBe('bytes=400000-');
  });

  it('and the host sends the rest of another file without caring for If-Range: nothing is mixed', async () => {
    const other = Buffer.from(FILM).fill(7, 1_000);
    const server = await serve(({ headers }, { count }) => {
      if (count === 0) return { headers: { etag: '"one"' }, body: FILM, breaksAfter: 400_000 };
      if (!headers.range) return { headers: { etag: '"two"' }, body: other };
      const range = `bytes 400000-${other.length - 1}/${other.length}`;
      return {
        status: 206,
        headers: { etag: '"two"', 'content-range': range },
        body: other.subarray(400_000),
      };
    });
    expect((await savedFrom(server)).sha256).toBe(sha256(other));
  });

  it('and the rest comes without a total: the first answer had it', async () => {
    const server = await host({ drops: [400_000], ranges: 'without total' });
    expect((await savedFrom(server)).sha256).toBe(sha256(FILM));
    expect(server.received).toHaveLength(2);
  });

  it.each(['W/"weak"', ''])(
    'with the entity tag %j, which proves nothing: it is fetched from its beginning',
    async (etag) => {
      const server = await host({ headers: { ...(etag && { etag }) }, drops: [400_000] });
      expect((await savedFrom(server)).sha256).toBe(sha256(FILM));
      expect(rangesOf(server)).toEqual([undefined, undefined]);
    },
  );

  it('with maxRetries 0 is the end', async () => {
    const server = await host({ drops: [400_000] });
    const { into } = await refusedBy(server, { maxRetries: 0 });
    expect(server.received).toHaveLength(1);
    expect(partIn(into).equals(FILM.subarray(0, 400_000))).toBe(true);
  });
});

describe('fault 63: a body that is short without anybody saying so', () => {
  it.each<[string, (res: http.ServerResponse, body: Buffer) => void]>([
    [
      'chunked, and ended well',
      (res, body) => {
        res.writeHead(200);
        res.write(body.subarray(0, 1_000));
        res.end(body.subarray(1_000));
      },
    ],
    [
      'without any length, ended by the connection',
      (res, body) => {
        res.removeHeader('transfer-encoding');
        res.useChunkedEncodingByDefault = false;
        res.sendDate = false;
        res.writeHead(200, { connection: 'close' });
        res.end(body);
      },
    ],
  ])('%s: the boxes show it, and it is fetched again', async (_, send) => {
    const server = await serve((__, { res, count }) => {
      send(res, count < 2 ? FILM.subarray(0, 300_000) : FILM);
      return undefined;
    });
    expect((await savedFrom(server)).sha256).toBe(sha256(FILM));
    expect(server.received).toHaveLength(3);
  });

  it('is never saved as the film', async () => {
    const server = await serve({ body: FILM.subarray(0, 300_000) });
    const { failure, into } = await refusedBy(server);
    expect(failure.message).toContain('its parts do not add up');
    expect(server.received).toHaveLength(4);
    expectEmpty(into);
  });

  it('shorter than announced is resumed', async () => {
    const server = await host({ drops: [FILM.length - 1] });
    expect((await savedFrom(server)).bytes).toBe(FILM.length);
    expect(rangesOf(server)[1]).toBe(`bytes=${FILM.length - 1}-`);
  });
});

describe('a link that has expired', () => {
  it.each([401, 403, 404, 410])('fault 64: HTTP %i: a new link is fetched, once', async (status) => {
    const server = await serve(({ path: at }) => (at === '/old' ? { status } : { body: MP4 }));
    const refresh = vi.fn(async () => `${server.origin}/new`);
    const session = sessionWith(server.origin);
    const saved = await savedFrom(server, { session, at: '/old', refresh });
    expect(saved.bytes).toBe(MP4.length);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(session.clock.sleeps).toEqual([]);
  });

  it('fault 64: also where no retry is allowed', async () => {
    const server = await serve(({ path: at }) => (at === '/old' ? { status: 403 } : { body: MP4 }));
    const refresh = async () => `${server.origin}/new`;
    expect((await savedFrom(server, { at: '/old', refresh, maxRetries: 0 })).bytes).toBe(MP4.length);
  });

  it.each<[string, (origin: string) => string | null]>([
    ['the service has none', () => null],
    ['the new one is dead too', (origin) => `${origin}/new`],
    ['the new one is the old one', (origin) => `${origin}/old`],
  ])('fault 64: is gone for good when %s', async (_, fresh) => {
    const server = await serve({ status: 404, body: MP4 });
    const refresh = vi.fn(async () => fresh(server.origin));
    const { failure, into } = await refusedBy(server, { at: '/old', refresh });
    expect(failure.message).toContain('has expired or is gone (HTTP 404)');
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(server.received.length).toBeLessThanOrEqual(2);
    expectEmpty(into);
  });

  it('fault 64: in the middle of a file: the rest comes from the new one', async () => {
    const server = await serve((request, { count }) => {
      if (request.path !== '/new' && count > 0) return { status: 403 };
      return { ...restOf(request, FILM), ...(request.path !== '/new' && { breaksAfter: 400_000 }) };
    });
    const refresh = async () => `${server.origin}/new`;
    expect((await savedFrom(server, { at: '/old', refresh })).sha256).toBe(sha256(FILM));
  });

  it('fault 64: in the middle of a file that nothing identifies: the new one is fetched from its beginning', async () => {
    const server = await serve(({ path: at }, { count }) => {
      if (at === '/new') return { body: FILM };
      return count > 0 ? { status: 403 } : { body: FILM, breaksAfter: 400_000 };
    });
    const refresh = async () => `${server.origin}/new`;
    await savedFrom(server, { at: '/old', refresh });
    expect(server.to('GET /new')[0]!.headers.range).toBeUndefined();
  });

  it('fault 33: through the whole workflow: the answer shows the fresh link, not the dead one', async () => {
    const server = await finished(
      (origin, count) => ({ url: `${origin}/${count === 0 ? 'dead' : 'fresh'}.mp4` }),
      (at) => (at === '/fresh.mp4' ? { body: MP4 } : { status: 404 }),
    );
    const { envelope } = await waited(server, { folder: into });
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect(envelope.data?.resultUrls).toEqual([`${server.origin}/fresh.mp4`]);
    expect(envelope.data?.upstream).toMatchObject({ output: { url: `${server.origin}/fresh.mp4` } });
    expect(JSON.stringify(envelope)).not.toContain('dead.mp4');
    expect(envelope.data?.files).toMatchObject([{ path: path.join(into, 'ckx1.mp4'), bytes: MP4.length }]);
    expect(
      server
        .to('GET /dead.mp4')
        .concat(server.to('GET /fresh.mp4'))
        .every(({ headers }) => !headers.key),
    ).toBe(true);
  });

  it('through the whole workflow: a file that cannot be had leaves the task COMPLETED and names its link', async () => {
    const server = await finished(
      (origin) => ({ url: `${origin}/a` }),
      () => ({ status: 500 }),
    );
    const { envelope } = await waited(server, { folder: folder(), resumeFlags: { download: 'out' } });
    expect(envelope).toMatchObject({
      ok: false,
      status: 'COMPLETED',
      taskId: 'ckx1',
      errorCode: 'DOWNLOAD_FAILED',
      data: { resultUrls: [`${server.origin}/a`] },
    });
    expect(envelope.data?.nextSteps).toContain('run --action waitTask --taskId ckx1 --download out');
  });

  it('through the whole workflow: each of several files is saved, and each link refreshed by itself', async () => {
    const server = await finished(
      (origin, count) => ({ videos: ['a', 'b'].map((name) => `${origin}/${name}${count}`) }),
      (at) => (at === '/a1' || at === '/b1' ? { body: MP4 } : { status: 410 }),
    );
    const { envelope } = await waited(server, { folder: into });
    expect(envelope.data?.resultUrls).toEqual([`${server.origin}/a1`, `${server.origin}/b1`]);
    expect(readdirSync(into).sort()).toEqual(['ckx1-1.mp4', 'ckx1-2.mp4']);
    expect(server.to('GET /b0')).toHaveLength(0);
  });
});

describe('a file of another kind', () => {
  const OBJ = Buffer.from(`# a plane\n${'v 0.5 -1 2\n'.repeat(200)}f 1 2 3\n`);
  const glb = (size: number) => {
    const bytes = Buffer.alloc(size);
    bytes.write('glTF', 'latin1');
    bytes.writeUInt32LE(2, 4);
    bytes.writeUInt32LE(4_000, 8);
    return bytes;
  };

  it.each<[string, Buffer, string, string, string]>([
    ['by its bytes', glb(4_000), 'application/octet-stream', 'glb', 'model/gltf-binary'],
    ['by its bytes, against its type', glb(4_000), 'text/html', 'glb', 'model/gltf-binary'],
    ['by its lines', OBJ, 'text/plain; charset=utf-8', 'obj', 'model/obj'],
    ['by its type', OBJ, 'model/obj', 'obj', 'model/obj'],
    [
      'once it is whole',
      Buffer.from('{"asset":{"version":"2.0"}}'),
      'model/gltf+json',
      'gltf',
      'model/gltf+json',
    ],
  ])('is known %s', async (_, body, type, ext, contentType) => {
    const server = await serve({ headers: { 'content-type': type }, body });
    expect(await savedFrom(server, { into })).toEqual({
      path: path.join(into, `ckx1.${ext}`),
      bytes: body.length,
      sha256: sha256(body),
      contentType,
    });
  });

  it('fault 63: that was cut where its host gave no length is fetched again', async () => {
    const server = await serve((_, { res, count }) => {
      res.writeHead(200, { 'content-type': 'model/gltf-binary' });
      res.write(glb(count === 0 ? 3_000 : 4_000), () => res.end());
      return undefined;
    });
    expect(await savedFrom(server)).toMatchObject({ bytes: 4_000, sha256: sha256(glb(4_000)) });
    expect(server.received).toHaveLength(2);
  });

  it('fault 65: is judged by its own bytes, not by what a longer attempt left', async () => {
    const server = await serve([
      { body: 'v 1 2 3\n'.repeat(100), breaksAfter: 720 },
      { headers: { 'content-type': 'text/plain' }, body: 'v 1 2 3\n' },
    ]);
    expect(await savedFrom(server)).toMatchObject({ bytes: 8, contentType: 'model/obj' });
  });
});

describe('what is no media file', () => {
  it.each([
    ['a page', '<html><body>Just a moment, please: checking your browser</body></html>'],
    ['JSON', '{"error":"the link has expired, ask for it again"}'],
    ['nothing', ''],
    ['a few bytes', 'x'],
    ['a script', '#!/bin/sh\nrm -rf ~ # and so on and on and on\n'],
  ])('fault 65: with HTTP 200 is not saved: %s', async (_, body) => {
    const server = await serve({ headers: { 'content-type': 'video/mp4' }, body });
    const { failure, into } = await refusedBy(server);
    expect(failure.message).toContain('What came is no media file');
    expect(failure.message.length).toBeLessThan(250);
    // It is said what it looks like, and not what is in it.
    if (body.length > 20) expect(failure.message).not.toContain(body.slice(8, 20));
    expect(server.received).toHaveLength(4);
    expectEmpty(into);
  });

  it.each([
    'model/obj',
    'model/stl',
    'model/gltf+json',
    'model/gltf-binary',
    'text/plain',
    'application/zip',
  ])('fault 65: an error text with HTTP 200 is not saved, though it is called %s', async (type) => {
    for (const body of ['<html>gone</html>'.repeat(50), '{"code":404,"message":"gone"}', 'not found']) {
      const server = await serve({ headers: { 'content-type': type }, body });
      const into = folder();
      const failure = await failureOf(savedFrom(server, { into, maxRetries: 0 }));
      // A text that could be a model by its type is found out by what it lacks.
      if (type === 'model/stl' || type === 'model/gltf+json') expect(failure.code).toBe('DOWNLOAD_FAILED');
      else expect(failure.message).toContain('What came is no media file');
      expectEmpty(into);
    }
  });

  it('fault 65: is refused with its first bytes, however much would come', async () => {
    const { route, sent } = poured(Buffer.alloc(2 ** 20, '<p>no</p>'), 200 * 2 ** 20);
    const server = await serve(route);
    await failureOf(savedFrom(server, { maxRetries: 0 }));
    expect(sent()).toBeLessThan(50 * 2 ** 20);
  });

  it('fault 65: may be followed by the file at the next attempt', async () => {
    const server = await serve((_, { count }) => ({
      body: count === 0 ? '<html>busy</html>'.repeat(50) : MP4,
    }));
    expect((await savedFrom(server)).sha256).toBe(sha256(MP4));
  });

  it('fault 16: an error of the host is retried, a refusal is not', async () => {
    const server = await serve((_, { count }) => (count < 2 ? { status: 503 } : { body: MP4 }));
    await savedFrom(server);
    const other = await serve({ status: 400 });
    const failure = await failureOf(savedFrom(other));
    expect(failure.message).toContain('HTTP 400');
    expect(other.received).toHaveLength(1);
  });

  it('fault 14: a long pause that a host asks for is reported, and not waited for', async () => {
    const server = await serve({ status: 503, headers: { 'retry-after': '1200' } });
    const session = sessionWith(server.origin);
    const failure = await failureOf(savedFrom(server, { session }));
    expect(failure).toMatchObject({ code: 'DOWNLOAD_FAILED', details: { retryAfter: 1_200 } });
    expect(session.clock.sleeps).toEqual([]);
  });
});

describe('fault 66: a host that stalls', () => {
  it('is given up after the stall time, and the rest fetched by a new connection', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await serve([
      { headers: { etag: '"one"' }, body: FILM, stallsAfter: 100_000 },
      (request) => restOf(request, FILM),
    ]);
    const session = sessionWith(server.origin);
    const downloading = (bytes: number) => {
      // The span in which these bytes came, and one without any.
      if (bytes === 100_000) setImmediate(() => vi.advanceTimersByTime(120_000));
    };
    session.observer = { ...session.observer, downloading };
    const saved = await savedFrom(server, { session, stallMs: 60_000 });
    expect(saved.sha256).toBe(sha256(FILM));
    expect(rangesOf(server)).toEqual([undefined, 'bytes=100000-']);
  });

  it.each([
    ['that never answers', 'silent'],
    ['that drips', 'drip'],
  ])('%s does not hold the command', async (_, how) => {
    const server = await serve((__, { res }) => {
      if (how === 'silent') return undefined;
      res.writeHead(200, { 'content-length': `${FILM.length}` });
      res.write(FILM.subarray(0, 64));
      const drip = setInterval(() => res.write('x'), 10);
      res.on('close', () => clearInterval(drip));
      return undefined;
    });
    const { failure, into } = await refusedBy(server, { stallMs: 60, maxRetries: 0 });
    expect(failure.message).toMatch(/sent \d+ bytes in 60 ms/);
    expectEmpty(into);
  });
});

describe('redirects of the host', () => {
  it('are followed a few times', async () => {
    const server = await serve(({ path: at }) => {
      const n = Number(at.slice(1));
      return n < 3 ? { status: 302, headers: { location: `/${n + 1}` }, body: 'moved' } : { body: MP4 };
    });
    expect((await savedFrom(server, { at: '/0' })).sha256).toBe(sha256(MP4));
    expect(server.received.every(({ headers }) => !headers.key)).toBe(true);
  });

  it('are not followed for ever', async () => {
    const server = await serve({ status: 302, headers: { location: '/' } });
    expect((await refusedBy(server)).failure.message).toContain('HTTP 302');
    expect(server.received).toHaveLength(4);
  });

  it.each(['http://[', 'https://', '//'])(
    'to %j, which is no address, are an error of the host',
    async (location) => {
      const server = await serve({ status: 302, headers: { location } });
      await refusedBy(server);
      expect(server.received).toHaveLength(1);
    },
  );

  const REFUSED = [
    ...['http://127.0.0.1/x', 'http://localhost/x', 'https://localhost/x'],
    ...['https://169.254.169.254/latest/meta-data/', 'https://10.0.0.1/x', 'http://[::1]/x'],
    ...['https://[::ffff:127.0.0.1]/x', 'https://0x7f.1/x', 'https://metadata.internal/x'],
    ...['https://user:secret@cdn.example.com/x', 'http://cdn.example.com/x', 'ftp://cdn.example.com/x'],
    ...['file:///etc/passwd'],
  ];

  it.each(REFUSED)('fault 58: to %s are refused', async (location) => {
    const server = await serve({ status: 302, headers: { location } });
    const { failure, into } = await refusedBy(server);
    expect(failure.message).toContain('is not fetched');
    expect(server.received).toHaveLength(1);
    expectEmpty(into);
  });

  it.each([...REFUSED, 'no address'])(
    'fault 58: and the link %s itself is refused, whatever the service is',
    async (link) => {
      const resolve = vi.fn();
      const transport = new Transport(NETWORK.proxy, { resolve });
      for (const [base, loopback] of [
        ['https://aivideomaker.ai', false],
        ['http://127.0.0.1:9', true],
        ['https://127.0.0.1:9', true],
      ] as const) {
        const session = sessionWith(base, { transport, loopback });
        const failure = await failureOf(download(session, options(link, folder())));
        expect(failure).toMatchObject({ code: 'DOWNLOAD_FAILED' });
        expect(failure.message).toContain('is not fetched');
      }
      expect(resolve).not.toHaveBeenCalled();
    },
  );

  it('fault 58: a service on this machine gives files by its own scheme alone', async () => {
    for (const [base, link] of [
      ['http://127.0.0.1:9', 'https://localhost:9/a.mp4'],
      ['https://127.0.0.1:9', 'http://127.0.0.1:9/a.mp4'],
    ] as const) {
      const failure = await failureOf(download(sessionWith(base), options(link, folder())));
      expect(failure.message).toContain(`expected a public https URL, or one on ${base}`);
    }
  });

  it('fault 58: with a server on this machine, other private hosts are refused all the same', async () => {
    const server = await serve({ status: 302, headers: { location: 'http://10.0.0.1/' } });
    expect((await refusedBy(server)).failure.message).toContain('is not fetched');
  });
});

describe('fault 47: a name that exists', () => {
  async function into(prepare: (file: string) => void) {
    const server = await serve({ body: MP4 });
    const made = folder();
    const file = path.join(made, 'ckx1.mp4');
    prepare(file);
    const result = await savedFrom(server, { into: made }).catch((error) => error);
    expect(readdirSync(made).filter((name) => name.endsWith('.part'))).toEqual([]);
    return { result, file, made };
  }

  it('by the same file: that one is it', async () => {
    const { result, file } = await into((at) => writeFileSync(at, MP4));
    expect(result).toMatchObject({ path: file, sha256: sha256(MP4) });
  });

  it.each<[string, Buffer]>([
    ['of another length', Buffer.from('mine')],
    ['of the same length', Buffer.alloc(MP4.length)],
    ['that is empty', Buffer.alloc(0)],
  ])('by a file %s: it is left as it is', async (_, body) => {
    const { result, file } = await into((at) => writeFileSync(at, body));
    expect(result).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(result.message).toContain(`${file} exists already`);
    expect(readFileSync(file).equals(body)).toBe(true);
  });

  it('by a folder', async () => {
    const { result, file } = await into((at) => mkdirSync(at));
    expect(result).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(readdirSync(file)).toEqual([]);
  });

  it.each([
    ['to a file elsewhere', true],
    ['to nothing', false],
  ])('by a symbolic link %s: nothing is written through it', async (_, exists) => {
    const target = path.join(folder(), 'target');
    if (exists) writeFileSync(target, 'mine');
    const { result } = await into((at) => symlinkSync(target, at));
    expect(result).toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(existsSync(target) ? readFileSync(target, 'utf8') : null).toBe(exists ? 'mine' : null);
  });

  it('by a symbolic link to the same bytes: still no file of ours', async () => {
    const base = folder();
    // A link is as long as the path it holds: here as long as the picture.
    const target = path.join(base, 'x'.repeat(PNG.length - base.length - 1));
    writeFileSync(target, PNG);
    const server = await serve({ body: PNG });
    const made = folder();
    symlinkSync(target, path.join(made, 'ckx1.png'));
    const failure = await failureOf(savedFrom(server, { into: made }));
    expect(failure.message).toContain('exists already');
    expect(readdirSync(made)).toEqual(['ckx1.png']);
  });

  it('fault 50: by a download of the same task at the same time: both get the path', async () => {
    const server = await serve({ body: MP4 });
    const made = folder();
    const saving = { ...options(server.origin, made), waitEnds: 60_000 };
    const both = await Promise.all(
      [1, 2, 3].map(() => saveOnce(sessionWith(server.origin, { clock: impatient() }), undefined, saving)),
    );
    expect(new Set(both.map((saved) => saved.path))).toEqual(new Set([path.join(made, 'ckx1.mp4')]));
    expect(readdirSync(made)).toEqual(['ckx1.mp4']);
  });
});

describe('the disk', () => {
  /** A part whose writes go through `writev`. */
  async function target(into: string, writev: (real: FileHandle['writev']) => FileHandle['writev']) {
    const part = await Part.open(path.join(into, 'x'));
    onTestFinished(() => part.close());
    part.handle.writev = writev(part.handle.writev.bind(part.handle)) as FileHandle['writev'];
    return part;
  }

  it.each(['ENOSPC', 'EDQUOT', 'EIO'])(
    'fault 43: %s ends the download at once, and is told as such',
    async (code) => {
      const server = await host({ body: film(5_000_000) });
      const error = Object.assign(new Error(code), { code });
      const to = await target(folder(), () => () => Promise.reject(error));
      const session = sessionWith(server.origin);
      await expect(fetchFile(session, options(server.origin, ''), to)).rejects.toBe(error);
      expect(server.received).toHaveLength(1);
    },
  );

  it('fault 43: a full disk is named, and nothing is left on it', async () => {
    const server = await host({});
    const prototype = await prototypeOfHandles();
    const full = vi
      .spyOn(prototype, 'writev')
      .mockRejectedValue(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    onTestFinished(() => full.mockRestore());
    const failure = await failureOf(savedFrom(server, { into }));
    expect(failure.code).toBe('DOWNLOAD_FAILED');
    expect(failure.message).toBe(`The finished file could not be saved in ${into}: the disk is full.`);
    expectEmpty(into);
  });

  it('a write that writes only a part of its bytes is continued', async () => {
    const body = film(3_000_000);
    const server = await host({ body });
    const to = await target(folder(), (real) => async (buffers, position) => {
      const all = Buffer.concat(buffers as unknown as Buffer[]);
      return real([all.subarray(0, Math.ceil(all.length / 3))], position ?? undefined) as never;
    });
    const fetched = await fetchFile(sessionWith(server.origin), options(server.origin, ''), to);
    expect(fetched.sha256).toBe(sha256(body));
    expect(readFileSync(to.path).equals(body)).toBe(true);
  });

  it('that is slow holds the network back: no more than a few blocks are in memory', async () => {
    const body = film(30_000_000);
    const server = await host({ body });
    let written = 0;
    let received = 0;
    let most = 0;
    const to = await target(folder(), (real) => async (buffers, position) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      const result = await real(buffers, position ?? undefined);
      written += result.bytesWritten;
      return result as never;
    });
    const session: TestSession = sessionWith(server.origin);
    session.observer.downloading = (bytes) => {
      received = bytes;
      most = Math.max(most, received - written);
    };
    const fetched = await fetchFile(session, options(server.origin, ''), to);
    expect(fetched).toMatchObject({ bytes: body.length, sha256: sha256(body) });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(6 * 2 ** 20);
  });

  it('takes a large file', async () => {
    const body = film(5_000_000);
    const server = await host({ body, drops: [body.length - 4_000_000] });
    expect(await savedFrom(server)).toMatchObject({ bytes: body.length, sha256: sha256(body) });
  });

  it('and starts over in the middle of such a file', async () => {
    const body = film(5_000_000);
    const server = await host({ body, drops: [body.length - 4_000_000], ranges: 'ignored' });
    expect(await savedFrom(server)).toMatchObject({ bytes: body.length, sha256: sha256(body) });
  });

  it('leaves no longer file behind when a shorter one follows', async () => {
    // The first is longer, and cut: its boxes do not add up.
    const server = await serve([{ body: film(400_000).subarray(0, 300_000) }, { body: MP4 }]);
    const saved = await savedFrom(server);
    expect(readFileSync(saved.path).equals(MP4)).toBe(true);
  });
});

/** What all file handles have in common. */
async function prototypeOfHandles(): Promise<FileHandle> {
  const handle = await open('/dev/null');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

describe('prepareFolder', () => {
  it('makes the folder, and the folders above it', async () => {
    const wanted = path.join(folder(), 'a b', 'c');
    expect(await prepareFolder(wanted)).toBe(wanted);
    expect(readdirSync(wanted)).toEqual([]);
    expect(await prepareFolder(wanted)).toBe(wanted);
  });

  it.each([
    ['a file', (base: string) => path.join(base, 'file')],
    ['below a file', (base: string) => path.join(base, 'file', 'x')],
    ['with a character that no path may have', (base: string) => `${base}/a\0b`],
  ])('fault 57: refuses %s', async (_, choose) => {
    const base = folder();
    writeFileSync(path.join(base, 'file'), '');
    const failure = await failureOf(prepareFolder(choose(base)));
    expect(failure.code).toBe('INVALID_PAYLOAD');
    expect(failure.details.reason).toEqual({
      kind: 'downloadFolder',
      folder: path.resolve(choose(base)),
      why: expect.any(String),
    });
  });
});

it('when aborted, ends with the reason and leaves nothing', async () => {
  const controller = new AbortController();
  const server = await serve((_, { res }) => {
    res.writeHead(200, { 'content-length': `${FILM.length}` });
    res.write(FILM.subarray(0, 100_000), () => setTimeout(() => controller.abort(new Error('stopped')), 20));
    return undefined;
  });
  const into = folder();
  const session = sessionWith(server.origin, { signal: controller.signal });
  await expect(savedFrom(server, { session, into })).rejects.toThrow('stopped');
  expectEmpty(into);
  expect(server.received).toHaveLength(1);
});
