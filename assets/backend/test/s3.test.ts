import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend, type TestBackend } from './support/backend.ts';

let root: string;
let server: S3rver;
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
  backend = await startBackend({ S3_BUCKET: 'media', S3_ENDPOINT: `http://127.0.0.1:${port}` });
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
