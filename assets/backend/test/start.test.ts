import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { checkDataDir } from '../src/data-dir.ts';
import { reasonOf } from '../src/database/index.ts';
import { createLogger } from '../src/observability/log.ts';
import { start } from '../src/start.ts';
import { createTestDatabase } from './support/database.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// A container may let everybody use every port.
const LEAST_PORT = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
const leastPort = existsSync(LEAST_PORT) ? Number(readFileSync(LEAST_PORT, 'utf8')) : 1024;

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

test('a name with several addresses: the reason is that of each', () => {
  const both = ['::1:9', '127.0.0.1:9'].map((address) => new Error(`connect ECONNREFUSED ${address}`));
  expect(reasonOf(new AggregateError(both))).toBe(
    'connect ECONNREFUSED ::1:9; connect ECONNREFUSED 127.0.0.1:9',
  );
});

test.skipIf(process.getuid?.() === 0 || leastPort <= 80)(
  'a PORT that this user may not use is named',
  async () => {
    const DATABASE_URL = await emptyDatabase();
    await expect(begin({ DATABASE_URL, PORT: '80' })).rejects.toThrow(/^PORT 80 /);
  },
);

test('a HOST that is not of this machine is named', async () => {
  const DATABASE_URL = await emptyDatabase();
  const started = begin({ DATABASE_URL, HOST: '192.0.2.1', API_TOKENS: 'token-of-ann:ann' });
  await expect(started).rejects.toThrow(/^HOST is no address of this machine: /);
});
