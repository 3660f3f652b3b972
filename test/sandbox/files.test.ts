import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { open, prompting } from './support.ts';

const CLIP = readFileSync(new URL('../../scripts/lib/sandbox-clip.mp4', import.meta.url));

async function finished(payload = prompting('flaky')) {
  const sandbox = await open();
  const id = await sandbox.make(payload);
  sandbox.clock.pass(5);
  return { ...sandbox, id, url: `${sandbox.origin}/files/${id}.mp4` };
}

async function part(url: string, headers: Record<string, string>) {
  const response = await fetch(url, { headers });
  return {
    status: response.status,
    range: response.headers.get('content-range'),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

describe('the clip', () => {
  it('is a small MP4 whose index comes before its data', () => {
    const boxes = [];
    for (let at = 0; at < CLIP.length; at += CLIP.readUInt32BE(at)) {
      boxes.push(CLIP.toString('latin1', at + 4, at + 8));
      expect(CLIP.readUInt32BE(at)).toBeGreaterThanOrEqual(8);
    }
    expect(boxes[0]).toBe('ftyp');
    expect(boxes.indexOf('moov')).toBeGreaterThan(0);
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
    expect(CLIP.length).toBeLessThan(100_000);
    for (const codec of ['avc1', 'mp4a']) expect(CLIP.includes(codec)).toBe(true);
  });
});

describe('downloads', () => {
  it('need no key and give the whole clip', async () => {
    const { url } = await finished();
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(CLIP.length),
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[^"]+"$/),
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(CLIP);
  });

  it('answer HEAD with the same headers and no body', async () => {
    const { url } = await finished();
    const [head, get] = [await fetch(url, { method: 'HEAD' }), await fetch(url)];
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(await head.text()).toBe('');
    await get.arrayBuffer();
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=100-199', 100, 200],
    ['bytes=-10', CLIP.length - 10, CLIP.length],
    ['bytes=1000-', 1000, CLIP.length],
    ['bytes=1000-99999999', 1000, CLIP.length],
    ['bytes=-99999999', 0, CLIP.length],
  ])('give the range %s', async (range, from, to) => {
    const { url } = await finished();
    const got = await part(url, { range });
    expect(got).toMatchObject({ status: 206, range: `bytes ${from}-${to - 1}/${CLIP.length}` });
    expect(got.bytes.equals(CLIP.subarray(from, to))).toBe(true);
  });

  it.each([`bytes=${CLIP.length}-`, 'bytes=-0'])('cannot give %s', async (range) => {
    const { url } = await finished();
    const got = await part(url, { range });
    expect([got.status, got.range, got.bytes.length]).toEqual([416, `bytes */${CLIP.length}`, 0]);
  });

  it.each(['bytes=5-1', 'bytes=0-1,3-4', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes=1e3-'])(
    'ignore the range %s',
    async (range) => {
      const { url } = await finished();
      expect((await part(url, { range })).status).toBe(200);
    },
  );

  it('give a range only of the file that If-Range names', async () => {
    const { url, make, clock, origin } = await finished();
    const etag = (await fetch(url, { method: 'HEAD' })).headers.get('etag')!;
    expect((await part(url, { range: 'bytes=5-', 'if-range': etag })).status).toBe(206);
    expect((await part(url, { range: 'bytes=5-', 'if-range': '"other"' })).status).toBe(200);
    const other = await make();
    clock.pass(5);
    expect((await part(`${origin}/files/${other}.mp4`, { range: 'bytes=5-', 'if-range': etag })).status).toBe(
      200,
    );
  });

  it('are there from completion until 24 simulated hours later; the task stays', async () => {
    const { make, clock, origin, get } = await open();
    const id = await make();
    const url = `${origin}/files/${id}.mp4`;
    const statuses = [];
    for (const seconds of [0, 4.999, 0.001, 24 * 60 - 0.001, 0.001]) {
      clock.pass(seconds);
      const response = await fetch(url);
      statuses.push(response.status);
      await response.arrayBuffer();
    }
    expect(statuses).toEqual([404, 404, 200, 200, 404]);
    expect((await get(`tasks/${id}`)).body).toMatchObject({ status: 'COMPLETED', output: { url } });
  });

  it('expire at the speed of their task', async () => {
    const { make, clock, origin } = await open({ speed: 1 });
    const url = `${origin}/files/${await make()}.mp4`;
    clock.pass(300 + 24 * 3_600 - 1);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    clock.pass(1);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(404);
  });

  it('exist for no other task and no other method', async () => {
    const { origin, make, clock, put, call, url } = await finished();
    const failed = await make(prompting('fail'));
    const cancelled = await make();
    await put(`tasks/${cancelled}/cancel`);
    clock.pass(10);
    for (const name of [failed, cancelled, 'ckxxxxxxxx', '..%2Fsandbox-clip', '%E0%A4%A']) {
      const answer = await call('GET', `/files/${name}.mp4`);
      expect([answer.status, answer.body.status]).toEqual([404, 'FAILED']);
    }
    const post = await call('POST', new URL(url).pathname, { body: {} });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(origin).toContain('127.0.0.1');
  });
});
