import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { admin } from '../src/admin.ts';
import { readConfig } from '../src/config.ts';
import { openEmbedded, reasonOf } from '../src/database/embedded.ts';
import { holdFolder } from '../src/database/one-process.ts';
import type { Generation } from '../src/generations/types.ts';
import { createLogger } from '../src/observability/log.ts';
import { start } from '../src/start.ts';

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
