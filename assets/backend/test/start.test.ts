import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { admin } from '../src/admin.ts';
import { readConfig } from '../src/config.ts';
import { checkDataDir } from '../src/data-dir.ts';
import { openEmbedded, reasonOf } from '../src/database/embedded.ts';
import { messageOf } from '../src/database/index.ts';
import { holdFolder } from '../src/database/one-process.ts';
import type { Generation } from '../src/generations/types.ts';
import { createLogger } from '../src/observability/log.ts';
import { start } from '../src/start.ts';
import { createTestDatabase } from './support/database.ts';
import { checkReachable, closedFolders } from './support/postgres.ts';

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
  expect(messageOf(new AggregateError(both))).toBe(
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

/** Runs `npm run admin`; returns its exit code and output. */
async function operator(args: string[], env: Record<string, string> = {}): Promise<string> {
  const printed: string[] = [];
  const code = await admin(args, env, (line) => printed.push(line));
  return `${code} ${printed.join('\n')}`;
}

test.each([
  [['adopt', 'an-id'], 'adopt takes <id> <taskId>; 1 came'],
  [['abandon'], 'abandon takes <id>; 0 came'],
  [['retry', 'an-id', 'more'], 'retry takes <id>; 2 came'],
  [['attention', 'x'], 'attention takes nothing; 1 came'],
  [['retry', 'an-id', '--sumbit'], "'--sumbit'"],
  [['abandon', 'an-id', '--submit'], 'abandon takes no --submit'],
  [['adobt', 'an-id', 'a-task'], 'There is no command adobt'],
])('%j is said before anything is opened, with what there is', async (args, says) => {
  // A database that could be opened nowhere.
  const answer = await operator(args, { DATABASE_URL: 'postgres://127.0.0.1:9/x' });
  expect(answer).toMatch(/^2 /);
  expect(answer).toContain(says);
  expect(answer).toContain('Usage: npm run admin');
});

test('a database that is away is named', async () => {
  expect(await operator(['attention'], { DATABASE_URL: 'postgres://127.0.0.1:9/x' })).toBe(
    '2 DATABASE_URL names a database that cannot be used: connect ECONNREFUSED 127.0.0.1:9',
  );
});

test('a service that is none is named, with those that there are', async () => {
  expect(await operator(['resume', 'apidott'], { DATABASE_URL: await emptyDatabase() })).toBe(
    '1 There is no service apidott: name one of aivideomaker, apidot.',
  );
});

test('a folder that the user of the test database may not enter is named, with what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-reachable-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const inner = join(folder, 'open', 'closed');
  await mkdir(inner, { recursive: true });
  await writeFile(join(inner, 'file'), '');
  await chmod(join(folder, 'open'), 0o711);
  await chmod(inner, 0o750);
  // What is above the folder is up to the machine.
  const below = (await closedFolders(join(inner, 'file'))).filter((path) => path.startsWith(folder));
  expect(below).toEqual([folder, inner]);
  const remedy = `chmod o+x ${(await closedFolders(inner)).join(' ')}`;
  await expect(checkReachable(inner)).rejects.toThrow(remedy);
  for (const path of below) await chmod(path, 0o711);
  expect((await closedFolders(inner)).filter((path) => path.startsWith(folder))).toEqual([]);
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
