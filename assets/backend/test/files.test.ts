import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFolder } from '../src/files/folder.ts';
import { openBucket } from '../src/files/s3.ts';
import { FileMissing, type FileStore } from '../src/files/types.ts';

let root: string;
let server: S3rver;
let endpoint: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
  // The test server's own access key.
  env.AWS_ACCESS_KEY_ID = 'S3RVER';
  env.AWS_SECRET_ACCESS_KEY = 'S3RVER';
  server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(root, 's3'),
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
