import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/http/range.ts';
import { ALICE, listen, make, type TestApp, testApp } from './support/app.ts';

let running: TestApp;
afterEach(() => running?.app.close());

const CLIP = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251));
const sha256 = createHash('sha256').update(CLIP).digest('hex');

async function withFile(mediaType = 'video/mp4'): Promise<string> {
  running = await testApp();
  const id = await make(running);
  running.stored.set('results/1', CLIP);
  running.generations.store(id, 'results/1');
  running.generations.change(id, {
    status: 'succeeded',
    files: [{ n: 1, mediaType, bytes: CLIP.length, sha256 }],
  });
  return `${await listen(running.app)}/v1/generations/${id}/files/1`;
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('GET /v1/generations/{id}/files/{n}', () => {
  test('is the stored copy, with its type, length and hash', async () => {
    const response = await fetch(await withFile(), { headers: ALICE });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...{
        'content-type': 'video/mp4',
        'content-length': '1000',
        etag: `"${sha256}"`,
        'accept-ranges': 'bytes',
      },
      ...{ 'cache-control': 'private, no-cache', 'x-content-type-options': 'nosniff' },
    });
    expect(response.headers.get('content-disposition')).toMatch(/^inline/);
    expect((await bytesOf(response)).equals(CLIP)).toBe(true);
  });

  test.each([
    ['bytes=0-99', 0, 99],
    ['bytes=990-', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=900-5000', 900, 999],
    ['bytes=-5000', 0, 999],
  ])('%s is 206 with that part', async (range, start, end) => {
    const response = await fetch(await withFile(), { headers: { ...ALICE, range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([
      206,
      `bytes ${start}-${end}/1000`,
    ]);
    expect((await bytesOf(response)).equals(CLIP.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=1000-', 'bytes=-0'])('%s is 416 with the length', async (range) => {
    const response = await fetch(await withFile(), { headers: { ...ALICE, range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
    expect(await response.json()).toMatchObject({ code: 'range_not_satisfiable' });
  });

  test.each(['items=0-1', 'bytes=5-2', 'bytes=0-1,4-5', 'bytes=a-b', 'bytes=-'])(
    '%s is the whole file',
    async (range) => {
      const response = await fetch(await withFile(), { headers: { ...ALICE, range } });
      expect([response.status, (await bytesOf(response)).length]).toEqual([200, 1000]);
    },
  );

  test('If-Range with another hash is the whole file; If-None-Match with this one is 304', async () => {
    const url = await withFile();
    const changed = await fetch(url, { headers: { ...ALICE, range: 'bytes=0-9', 'if-range': '"other"' } });
    expect(changed.status).toBe(200);
    const same = await fetch(url, { headers: { ...ALICE, range: 'bytes=0-9', 'if-range': `"${sha256}"` } });
    expect(same.status).toBe(206);
    const known = await fetch(url, { headers: { ...ALICE, 'if-none-match': `"x", "${sha256}"` } });
    expect([known.status, (await bytesOf(known)).length]).toEqual([304, 0]);
  });

  test('HEAD says the same without opening the file', async () => {
    const url = await withFile();
    running.stored.clear();
    const response = await fetch(url, { method: 'HEAD', headers: ALICE });
    expect([
      response.status,
      response.headers.get('content-length'),
      response.headers.get('content-type'),
    ]).toEqual([200, '1000', 'video/mp4']);
  });

  test.each(['image/svg+xml', 'text/html', 'model/gltf-binary'])(
    '%s is for saving, in a sandbox of the browser',
    async (mediaType) => {
      const response = await fetch(await withFile(mediaType), { headers: ALICE });
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+"$/);
      expect(response.headers.get('content-security-policy')).toContain('sandbox');
    },
  );

  test.each(['0', '2', '-1', '1e0', '01', '../1', '1%2f..%2f2', 'x'])('number %s: 404', async (n) => {
    const url = await withFile();
    expect((await fetch(url.replace(/1$/, n), { headers: ALICE })).status).toBe(404);
  });
});

test('a range is always inside of the file', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.option(fc.nat()),
      fc.option(fc.nat()),
      fc.integer({ min: 1, max: 5_000_000_000 }),
      (junk, first, last, bytes) => {
        for (const header of [junk, `bytes=${first ?? ''}-${last ?? ''}`]) {
          const range = rangeOf(header, bytes);
          if (range === null || range === 'unsatisfiable') continue;
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThanOrEqual(range.start);
          expect(range.end).toBeLessThan(bytes);
        }
      },
    ),
  );
});
