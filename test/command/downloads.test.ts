import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { envelopeOf, live, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { MP4 } from '../support/media.ts';
import { restOf } from '../support/server.ts';
import { record, refusal, service, states } from '../support/service.ts';

const FAST = ['--pollInterval', '0.02'];
const ARGS = ['--action', 'waitTask', '--taskId', 'task1', ...FAST, '--download', 'out'];

/** Runs a download and gives the run, its envelope, and what lies in the folder. */
async function fetched(
  replies: Parameters<typeof service>[0],
  env: Record<string, string> = {},
  cwd = tempFolder(),
) {
  const server = await service(replies);
  const done = await run(ARGS, { env: live(server.origin, env), cwd });
  const out = path.join(cwd, 'out');
  return { server, done, envelope: envelopeOf(done), files: existsSync(out) ? readdirSync(out) : [], out };
}

const whole = (out: string): boolean => readFileSync(path.join(out, 'task1.mp4')).equals(MP4);

describe('downloads', () => {
  test('fault 62: a drop at 80 % is taken up again with Range and If-Range', async () => {
    const ranges: unknown[] = [];
    const { envelope, out, files } = await fetched({
      file: (request, { count }) => {
        ranges.push([request.headers.range, request.headers['if-range']]);
        const most = Math.floor(MP4.length * 0.8);
        return { ...restOf(request, MP4, '"a"'), ...(count === 0 && { breaksAfter: most }) };
      },
    });
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED' });
    expect([whole(out), files]).toEqual([true, ['task1.mp4']]);
    expect(ranges[0]).toEqual([undefined, undefined]);
    expect(ranges[1]).toEqual([expect.stringMatching(/^bytes=\d{4,}-$/), '"a"']);
  });

  test('fault 62: a file that changed meanwhile is fetched from its beginning', async () => {
    const { envelope, out } = await fetched({
      file: [
        {
          headers: { etag: '"a"' },
          body: Buffer.concat([MP4.subarray(0, 100), Buffer.alloc(MP4.length - 100, 1)]),
          breaksAfter: 20_100,
        },
        { headers: { 'content-type': 'video/mp4', etag: '"b"' }, body: MP4 },
      ],
    });
    expect(envelope.ok).toBe(true);
    expect(whole(out)).toBe(true);
  });

  test('fault 63: a short file without a length is noticed by its parts', async () => {
    const { envelope, files } = await fetched(
      {
        file: (_, { res }) => {
          // No length and no chunks: the end of the connection is the end of the file.
          res.socket!.end(
            Buffer.concat([
              Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\n\r\n'),
              MP4.subarray(0, 50_000),
            ]),
          );
          return undefined;
        },
      },
      { AIVIDEO_MAX_RETRIES: '0' },
    );
    expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED', taskId: 'task1' });
    expect(files).toEqual([]);
  });

  test('fault 33, 64: an expired link is asked for again, once, and the answer shows the new one', async () => {
    const { envelope, server, out } = await fetched({
      task: (_, { server: it, count }) => ({
        body: record(it, { output: { url: `${it.origin}/file${count}.mp4` } }),
      }),
      file: (request) => (request.path === '/file0.mp4' ? { status: 403 } : { body: MP4 }),
    });
    expect(envelope.ok).toBe(true);
    expect(whole(out)).toBe(true);
    expect(envelope.data.resultUrls).toEqual([`${server.origin}/file1.mp4`]);
    const gone = await fetched({ status: states('COMPLETED'), file: { status: 404 } });
    expect(gone.envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED' });
    expect(gone.server.to('GET /api/v1/tasks/task1')).toHaveLength(3);
    expect(gone.files).toEqual([]);
  });

  test('fault 65: an error page with status 200 is not taken for the file', async () => {
    const page = {
      headers: { 'content-type': 'video/mp4' },
      body: '<!doctype html><html><body>Bad gateway, sorry</body></html>',
    };
    const { envelope, files } = await fetched({ file: page }, { AIVIDEO_MAX_RETRIES: '1' });
    expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED' });
    expect(envelope.errorMessage).toContain('no media file: it looks like a page');
    expect(JSON.stringify(envelope)).not.toContain('Bad gateway');
    expect(files).toEqual([]);
  });

  test('fault 66: a host that stalls is given up', async () => {
    const { envelope } = await fetched(
      {
        file: { body: MP4, stallsAfter: 1000 },
      },
      { AIVIDEO_MAX_RETRIES: '0', AIVIDEO_TIMEOUT_MS: '300' },
    );
    expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED' });
  });

  test('fault 47: a different file, a link and a folder of that name stay as they are; the same file is fine', async () => {
    const make = [
      (file: string) => writeFileSync(file, 'mine'),
      (file: string) => symlinkSync('/dev/null', file),
      (file: string) => mkdirSync(file),
    ];
    for (const put of make) {
      const cwd = tempFolder();
      mkdirSync(path.join(cwd, 'out'));
      put(path.join(cwd, 'out', 'task1.mp4'));
      const { envelope, files } = await fetched({}, {}, cwd);
      expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED' });
      expect(files).toEqual(['task1.mp4']);
    }
    const cwd = tempFolder();
    mkdirSync(path.join(cwd, 'out'));
    writeFileSync(path.join(cwd, 'out', 'task1.mp4'), MP4);
    const { envelope, files } = await fetched({}, {}, cwd);
    expect([envelope.ok, files]).toEqual([true, ['task1.mp4']]);
  });

  test('a redirect of the file host is followed, but not into a private network', async () => {
    const to = (location: string) => ({ status: 302, headers: { location } });
    const good = await fetched({
      file: (request) => (request.path === '/files/clip.mp4' ? to('/file2.mp4') : { body: MP4 }),
    });
    expect(good.envelope.ok).toBe(true);
    const bad = await fetched({ file: to('http://169.254.169.254/latest/') });
    expect(bad.envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED' });
  });
});

test('a charge and its warnings are in the answer although the file could not be saved', async () => {
  const quote = {
    body: { model: 't2v', credits: 12, currentBalance: 400, affordable: true, billable: false },
  };
  const server = await service({ quote, file: { status: 404 } });
  const env = { ...live(server.origin), ASYNC_MEDIA_STATE_DIR: path.join(tempFolder(), 'state') };
  await run([...T2V_ARGS, '--wait', '0'], { env });
  const args = [...T2V_ARGS, '--maxCredits', '12', '--download', 'out'];
  const options = { env: { ...env, AIVIDEO_API_KEY: 'ak_another_0123456789' }, cwd: tempFolder() };
  const { data, ...envelope } = envelopeOf(await run(args, options));
  expect(envelope).toMatchObject({ errorCode: 'DOWNLOAD_FAILED', status: 'COMPLETED' });
  expect(data).toMatchObject({ model: 't2v', credits: { quoted: 12, charged: 15, refunded: 0 } });
  expect(data.warnings).toEqual([
    expect.stringContaining('and a new charge. Tell the user.'),
    expect.stringContaining('15 credits charged, although the cap was 12'),
  ]);
  // The same command returns the end that is on record, with what it cost then.
  const again = envelopeOf(await run(args, options)).data;
  expect(again).toMatchObject({ reused: true, model: 't2v', credits: { quoted: 12, charged: 15 } });
});

test('fault 22: HTTP 413 is bad input, not repeated, with the message of the service', async () => {
  const server = await service({ submit: refusal(413, undefined, 'image too large') });
  const done = await run(T2V_ARGS, { env: live(server.origin) });
  expect(envelopeOf(done)).toMatchObject({ errorCode: 'INVALID_PAYLOAD', status: 'FAILED' });
  expect(done.stdout).toContain('image too large');
  expect(server.to('POST /api/v1/generate/')).toHaveLength(1);
});
