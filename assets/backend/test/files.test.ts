import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkBucket } from '../src/files/check.ts';
import { openFolder } from '../src/files/folder.ts';
import { openBucket } from '../src/files/s3.ts';
import { FileMissing, type FileStore } from '../src/files/types.ts';
import { startBackend, type TestBackend } from './support/backend.ts';
import { startFakeService } from './support/fake-service.ts';

/** What the tests use of a package that brings no types. */
interface S3Server {
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}
const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => S3Server;

let root: string;
let server: S3Server;
let endpoint: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
  // The test server's own access key.
  env.AWS_ACCESS_KEY_ID = 'S3RVER';
  env.AWS_SECRET_ACCESS_KEY = 'S3RVER';
  server = new S3rver({
    ...{ port: 0, address: '127.0.0.1', silent: true, directory: join(root, 's3') },
    configureBuckets: [{ name: 'media', configs: [] }],
  });
  const { port } = await server.run();
  endpoint = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

const stores: [string, () => FileStore][] = [
  ['a folder', () => openFolder(join(root, 'folder'))],
  ['a bucket', () => openBucket({ bucket: 'media', endpoint, region: 'us-east-1' })],
];

const INFO = { mediaType: 'video/mp4', bytes: 10 };
const read = async (opened: Promise<Readable>) => text(await opened);

describe.each(stores)('%s', (_name, open) => {
  test('gives back what was put, from bytes and from a file, and replaces it', async () => {
    const files = open();
    await files.put('results/a-1/1', Buffer.from('0123456789'), INFO);
    expect(await read(files.open('results/a-1/1'))).toBe('0123456789');
    const local = join(root, 'local');
    await writeFile(local, 'abcdefghij');
    await files.put('results/a-1/1', local, INFO);
    expect(await read(files.open('results/a-1/1'))).toBe('abcdefghij');
  });

  test('gives a part', async () => {
    const files = open();
    await files.put('results/c-3/1', Buffer.from('0123456789'), INFO);
    expect(await read(files.open('results/c-3/1', { start: 2, end: 4 }))).toBe('234');
    expect(await read(files.open('results/c-3/1', { start: 0, end: 9 }))).toBe('0123456789');
  });

  test('a missing key is an error of its own; deleting one is none', async () => {
    const files = open();
    await expect(files.open('results/none/1')).rejects.toThrow(FileMissing);
    await files.delete('results/none/1');
    await files.put('results/gone/1', Buffer.from('0123456789'), INFO);
    await files.delete('results/gone/1');
    await expect(files.open('results/gone/1')).rejects.toThrow(FileMissing);
  });

  test('lists keys that are old enough', async () => {
    const files = open();
    await files.put('inputs/b-2', Buffer.from('0123456789'), INFO);
    expect(await files.list('inputs/', new Date(Date.now() + 60_000))).toEqual(['inputs/b-2']);
    expect(await files.list('inputs/', new Date(0))).toEqual([]);
  });
});

describe('a folder', () => {
  const files = () => openFolder(join(root, 'strict'));

  test('keeps nothing of a file that is not whole', async () => {
    await expect(files().put('results/d-4/1', Buffer.from('short'), INFO)).rejects.toThrow(
      '5 bytes were written of 10',
    );
    expect(await readdir(join(root, 'strict', 'results', 'd-4'))).toEqual([]);
  });

  test.each(['../up', 'results/../../up', '/etc/passwd', 'results/a b', 'results/.hidden', ''])(
    'refuses the key %j (fault 57)',
    async (key) => {
      await expect(files().put(key, Buffer.from('0123456789'), INFO)).rejects.toThrow('storage key');
      await expect(files().open(key)).rejects.toThrow('storage key');
    },
  );
});

describe('a backend with a bucket', () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend({ S3_BUCKET: 'media', S3_ENDPOINT: endpoint }, { waits: 'short' });
  });
  afterAll(() => backend.close());

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
      (await readdir(join(root, 's3'), { recursive: true })).filter((name) => name.includes(id)).length;
    expect(await stored()).toBeGreaterThan(0);
    expect((await backend.call('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    expect((await backend.call('GET', path)).status).toBe(404);
    expect((await readdir(join(backend.env.DATA_DIR!, 'files')).catch(() => [])).length).toBe(0);
  });

  test('a bucket that goes away loses no result: it is stored when the bucket is back, and the log says why it was not', async () => {
    const bucket = join(root, 's3', 'media');
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
});
