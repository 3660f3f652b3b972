import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkBucket } from '../src/files/check.ts';
import { openBucket } from '../src/files/s3.ts';
import { startBackend, type TestBackend } from './support/backend.ts';
import { startFakeService } from './support/fake-service.ts';

let root: string;
let server: S3rver;
let endpoint: string;
let backend: TestBackend;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 's3-'));
  env.AWS_ACCESS_KEY_ID = 'S3RVER';
  env.AWS_SECRET_ACCESS_KEY = 'S3RVER';
  server = new S3rver({
    ...{ port: 0, address: '127.0.0.1', silent: true, directory: root },
    configureBuckets: [{ name: 'media', configs: [] }],
  });
  const { port } = await server.run();
  endpoint = `http://127.0.0.1:${port}`;
  backend = await startBackend({ S3_BUCKET: 'media', S3_ENDPOINT: endpoint }, { waits: 'short' });
});
afterAll(async () => {
  await backend.close();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

test('results are stored in a bucket, given back whole and in parts, and deleted with their generation', async () => {
  const { id } = await backend.submit('a lighthouse');
  const { files } = await backend.until(id, 'succeeded');
  const path = `/v1/generations/${id}/files/1`;
  const whole = Buffer.from(await (await backend.call('GET', path)).arrayBuffer());
  expect(whole.length).toBe(files[0]!.bytes);
  const part = await backend.call('GET', path, undefined, { range: 'bytes=10-19' });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20));

  const stored = async () =>
    (await readdir(root, { recursive: true })).filter((name) => name.includes(id)).length;
  expect(await stored()).toBeGreaterThan(0);
  expect((await backend.call('DELETE', `/v1/generations/${id}`)).status).toBe(204);
  expect((await backend.call('GET', path)).status).toBe(404);
  expect((await readdir(join(backend.env.DATA_DIR!, 'files')).catch(() => [])).length).toBe(0);
});

test('a bucket that goes away loses no result: it is stored when the bucket is back, and the log says why it was not', async () => {
  const bucket = join(root, 'media');
  await rename(bucket, `${bucket}.away`);
  const { id } = await backend.submit('a lighthouse without a bucket');
  await expect
    .poll(() => backend.lines.filter((line) => line.includes('a result is not stored yet')).join(''), {
      timeout: 30_000,
    })
    .toContain('NoSuchBucket');
  expect((await backend.until(id, 'saving')).credits.charged).toBe(15);
  await rename(`${bucket}.away`, bucket);
  expect((await backend.until(id, 'succeeded')).files).toHaveLength(1);
});

test.each([
  ['S3_BUCKET names a bucket that http', { S3_BUCKET: 'elsewhere' }, {}],
  ['AWS_ACCESS_KEY_ID is not known to http', {}, { AWS_ACCESS_KEY_ID: 'NOBODY' }],
])('a start says: %s', async (message, variables, access) => {
  const before = { ...env };
  Object.assign(env, access);
  try {
    const started = startBackend({ S3_BUCKET: 'media', S3_ENDPOINT: endpoint, ...variables });
    await expect(started).rejects.toThrow(new RegExp(`^${message}`));
  } finally {
    for (const name of Object.keys(access)) env[name] = before[name];
  }
});

test('a bucket that is away for now does not stop the start: the log says so', async () => {
  const away = await startBackend({ S3_BUCKET: 'media', S3_ENDPOINT: 'http://127.0.0.1:9' });
  expect(away.lines.join('')).toContain('the bucket cannot be reached');
  await away.close();
});

test.each([
  [403, 'SignatureDoesNotMatch', 'AWS_SECRET_ACCESS_KEY is not that of AWS_ACCESS_KEY_ID'],
  [403, 'AccessDenied', 'S3_BUCKET names a bucket in which files cannot be stored'],
  [400, 'AuthorizationHeaderMalformed', 'AWS_REGION is not the region of the bucket media: eu-west-9'],
])('a store that answers %i %s: %s', async (status, code, message) => {
  const store = await startFakeService(() => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(`<Error><Code>${code}</Code><Message>No.</Message></Error>`),
  }));
  const s3 = { bucket: 'media', endpoint: store.origin, region: 'eu-west-9' };
  await expect(checkBucket(openBucket(s3), s3)).rejects.toThrow(new RegExp(`^${message}`));
  await store.close();
});
