import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { admin } from '../src/admin.ts';
import { readConfig } from '../src/config.ts';
import { checkDataDir } from '../src/data-dir.ts';
import { openEmbedded, reasonOf } from '../src/database/embedded.ts';
import { holdFolder } from '../src/database/one-process.ts';
import type { Generation } from '../src/generations/types.ts';
import { createLogger } from '../src/observability/log.ts';
import { start } from '../src/start.ts';
import { createTestDatabase } from './support/database.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Returns the address of a database of its own. */
async function emptyDatabase(): Promise<string> {
  const { url, close } = await createTestDatabase();
  onTestFinished(close);
  return url;
}

const begin = (env: Record<string, string>) => {
  const log = createLogger({ level: 'silent', secrets: [], destination: { write: () => {} } });
  return start(readConfig({ PORT: '0', DATA_DIR: folder, ...env }), log);
};

test('a DATA_DIR that is no folder is named', async () => {
  const file = join(folder, 'a file');
  await writeFile(file, '');
  await expect(begin({ DATA_DIR: file })).rejects.toThrow(/^DATA_DIR is no folder to write to: E/);
});

test.runIf(existsSync('/proc/self'))('a DATA_DIR in a folder that takes none is named', async () => {
  await expect(begin({ DATA_DIR: '/proc/x/data' })).rejects.toThrow(/^DATA_DIR is no folder to write to: E/);
});

test('a DATA_DIR without space for the embedded database is named, with what it needs', async () => {
  const config = readConfig({ DATA_DIR: folder });
  const MIB = 1024 * 1024;
  const check = (free: number) => checkDataDir(config, async () => free * MIB);
  await expect(check(40)).rejects.toThrow(
    /^DATA_DIR has 40 MiB free, and the embedded database needs 80: free some, /,
  );
  await check(100);
  await mkdir(join(folder, 'database', 'cluster'), { recursive: true });
  await check(40);
  await expect(check(10)).rejects.toThrow(/^DATA_DIR has 10 MiB free, and the embedded database needs 20/);
  await checkDataDir({ ...config, databaseUrl: 'postgres://somewhere' }, async () => 0);
});

test('a database that does not exist is named by DATABASE_URL', async () => {
  const url = new URL(inject('postgres'));
  url.pathname = '/nowhere';
  await expect(begin({ DATABASE_URL: url.href })).rejects.toThrow(
    /^DATABASE_URL names a database that cannot be used: database "nowhere" does not exist$/,
  );
});

test('a HOST that is not of this machine is named', async () => {
  const DATABASE_URL = await emptyDatabase();
  const started = begin({ DATABASE_URL, HOST: '192.0.2.1', API_TOKENS: 'token-of-ann:ann' });
  await expect(started).rejects.toThrow(/^HOST is no address of this machine: /);
});

test('with nothing but Node: embedded database, sandbox, demo token; what was made is there after another start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  const config = readConfig({ DATA_DIR: folder, PORT: '0' });
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const headers = { authorization: 'Bearer demo-token' };

  const first = await start(config, log);
  expect(lines.join('')).toContain('embedded database: one process');
  const said: string[] = [];
  expect(await admin(['attention'], { DATA_DIR: folder }, (line) => said.push(line))).toBe(1);
  expect(said.join('')).toMatch(/uses the embedded database in .*: stop it first/);
  await expect(openEmbedded(join(folder, 'database'))).rejects.toThrow(/uses the embedded database/);
  const body = {
    provider: 'aivideomaker',
    model: 't2v',
    payload: { prompt: 'a lighthouse', aspectRatio: '16:9', duration: '5' },
  };
  const response = await fetch(`${first.url}/v1/generations`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': 'embedded-1' },
    body: JSON.stringify(body),
  });
  const { id } = (await response.json()) as Generation;
  const find = async (url: string) =>
    (await (await fetch(`${url}/v1/generations/${id}`, { headers })).json()) as Generation;
  await expect.poll(async () => (await find(first.url)).status, { timeout: 50_000 }).toBe('succeeded');
  await first.stop();

  const second = await start(config, log);
  expect(await find(second.url)).toMatchObject({ id, status: 'succeeded', sandbox: true });
  await second.stop();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

test('a database that does not open is said with DATA_DIR, and the folder is free again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  await writeFile(join(folder, 'cluster'), '');
  await expect(openEmbedded(folder)).rejects.toThrow(
    /^DATA_DIR holds an embedded database that does not open: /,
  );
  const letGo = await holdFolder(folder);
  await letGo();
  await rm(folder, { recursive: true });
  expect(reasonOf({ name: 'ErrnoError', errno: 51 })).toBe('the disk is full');
});
