// The Python programs beside the backend: real processes, a real PostgreSQL, and the sandbox as the service.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { freePort } from '../../assets/backend/test/support/fake-service.ts';
import { startSandbox } from '../../scripts/src/sandbox/server.ts';
import { ROOT } from '../support/command.ts';
import { api, startBackend } from './support/backend.ts';

const PACKAGES = ['fastapi', 'uvicorn', 'httpx', 'psycopg[binary]>=3.2'];
const IMPORTS =
  'import sys, fastapi, uvicorn, httpx; from psycopg import AsyncRawCursor; assert sys.version_info >= (3, 11)';
const KEY = 'sk_test_of_python';

const folder = mkdtempSync(path.join(tmpdir(), 'amw-python-'));
const found = findPython(process.env.PYTHON_WITH_PACKAGES ?? 'python3');
if ('reason' in found) rmSync(folder, { recursive: true, force: true });

/** Returns a Python that has the packages, or the reason why there is none. */
function findPython(given: string): { python: string } | { reason: string } {
  const has = (python: string) => spawnSync(python, ['-c', IMPORTS], { timeout: 60_000 }).status === 0;
  if (has(given)) return { python: given };
  const venv = spawnSync(given, ['-m', 'venv', path.join(folder, 'venv')], { timeout: 120_000 });
  if (venv.status !== 0) return { reason: 'python3 with venv is not installed' };
  const python = path.join(folder, 'venv', 'bin', 'python');
  const pip = spawnSync(python, ['-m', 'pip', 'install', '--quiet', '--retries', '0', ...PACKAGES], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (has(python)) return { python };
  return { reason: `pip cannot install ${PACKAGES.join(', ')}: ${pip.stderr.trim().split('\n').at(-1)}` };
}

interface Row {
  [column: string]: unknown;
}

describe.runIf('python' in found)('E2: Python beside the backend', () => {
  const { python } = found as { python: string };
  const children: ChildProcess[] = [];
  const ends: (() => unknown)[] = [];
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let backend: Awaited<ReturnType<typeof startBackend>>;
  let env: Record<string, string>;
  let callbacks: string;
  let query: (sql: string, values?: unknown[]) => Promise<Row[]>;

  beforeAll(async () => {
    const copy = inject('backend');
    const support = pathToFileURL(path.join(copy, 'test', 'support', 'postgres.ts')).href;
    const { default: startPostgres } = await import(/* @vite-ignore */ support);
    let url = '';
    const provide = (_: string, value: string) => {
      url = value;
    };
    const stop = await startPostgres({ provide });
    if (stop) ends.push(stop);
    const { Client } = createRequire(path.join(copy, 'package.json'))('pg');
    const client = new Client({ connectionString: url });
    await client.connect();
    ends.unshift(() => client.end());
    query = async (sql, values = []) => (await client.query(sql, values)).rows;

    sandbox = await startSandbox({ folder: null, speed: 600 });
    ends.unshift(() => sandbox.close());
    const port = await freePort();
    callbacks = `http://127.0.0.1:${port}`;
    env = { DATABASE_URL: url, APIDOT_API_KEY: KEY, APIDOT_BASE_URL: sandbox.origin, PUBLIC_URL: callbacks };
    backend = await startBackend({ ...env, ROLE: 'api' }, { atEnd: (end) => ends.unshift(end) });
    start(
      '-m',
      'uvicorn',
      'callbacks:app',
      '--port',
      String(port),
      '--no-access-log',
      '--log-level',
      'warning',
    );
    await answers(callbacks);
  }, 600_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const end of ends) await end();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(...args: string[]): ChildProcess {
    return startWith({}, ...args);
  }

  function startWith(extra: Record<string, string>, ...args: string[]): ChildProcess {
    const child = spawn(python, args, {
      cwd: path.join(ROOT, 'assets', 'python'),
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', ...env, ...extra },
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  }

  const answers = (origin: string) =>
    vi.waitFor(async () => expect((await fetch(origin)).status).toBe(404), {
      timeout: 60_000,
      interval: 100,
    });

  /** Makes a generation by the API, and submits it as a worker does. Its poll is an hour away. */
  async function submitted(prompt: string): Promise<{ id: string; token: string; taskId: string }> {
    const body = { provider: 'apidot', model: 'gpt-image-2', payload: { prompt } };
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const made = await api(backend, 'POST', '/v1/generations', { body, headers });
    expect(made.status).toBe(202);
    const { id } = made.body as { id: string };
    const token = `token-of-${id}`;
    await query(
      `UPDATE generation SET status = 'submitting', submit_started_at = now(), callback_hash = $2 WHERE id = $1`,
      [id, createHash('sha256').update(token).digest('hex')],
    );
    const answer = await fetch(`${sandbox.origin}/api/generate/submit`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model: body.model, input: body.payload },
        callback_url: `${callbacks}/v1/callbacks/apidot/${token}`,
      }),
    });
    const { data } = (await answer.json()) as { data: { task_id: string } };
    await query(
      `UPDATE generation SET status = 'pending', task_id = $2, submitted_at = now(), due_at = now() + interval '1 hour' WHERE id = $1`,
      [id, data.task_id],
    );
    return { id, token, taskId: data.task_id };
  }

  const one = async (id: string) => (await query('SELECT * FROM generation WHERE id = $1', [id]))[0]!;
  const becomes = (id: string, status: string) =>
    expect.poll(async () => (await one(id)).status, { timeout: 60_000, interval: 100 }).toBe(status);
  const post = (place: string, body: string | Uint8Array<ArrayBuffer> = '{}') =>
    fetch(`${callbacks}/v1/callbacks/${place}`, { method: 'POST', body }).then(({ status }) => status);

  test('callbacks: recorded once, believed never; other bodies and paths get the answers of the backend', async () => {
    const { id, token, taskId } = await submitted('a lighthouse [sandbox:never]');
    const body = JSON.stringify({
      data: { task_id: taskId, status: 'finished', files: [{ file_url: 'u' }] },
    });
    expect([await post(`apidot/${token}`, body), await post(`apidot/${token}`, body)]).toEqual([200, 200]);
    expect(
      await query('SELECT task_id, state, deliveries FROM callback_event WHERE generation_id = $1', [id]),
    ).toEqual([{ task_id: taskId, state: 'COMPLETED', deliveries: 2 }]);
    expect(await one(id)).toMatchObject({ status: 'pending', wakes: 1 });
    for (const odd of [
      '',
      '<html>',
      '[null]',
      '{"data":5,"status":{"a":1}}',
      '['.repeat(100_000),
      '{"task_id":"../x"}',
    ])
      expect(await post(`apidot/${token}`, odd), odd.slice(0, 20)).toBe(200);
    expect(
      await query('SELECT DISTINCT task_id, state FROM callback_event WHERE generation_id = $1 ORDER BY 1', [
        id,
      ]),
    ).toEqual([
      { task_id: '', state: 'UNKNOWN' },
      { task_id: taskId, state: 'COMPLETED' },
    ]);
    expect(await post(`apidot/${token}x`)).toBe(202);
    expect(await post(`aivideomaker/${token}`)).toBe(202);
    expect(await post('apidot/%00%ff')).toBe(202);
    expect(await post(`apidot/${token}`, new Uint8Array(2 * 1024 * 1024 + 1))).toBe(413);
    expect((await fetch(`${callbacks}/v1/callbacks/apidot/${token}`)).status).toBe(405);
  });

  test('callbacks: 503 without a database, so that the service may send it again', async () => {
    const port = await freePort();
    startWith(
      { DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none` },
      ...[
        '-m',
        'uvicorn',
        'callbacks:app',
        '--port',
        String(port),
        '--no-access-log',
        '--log-level',
        'warning',
      ],
    );
    await answers(`http://127.0.0.1:${port}`);
    const url = `http://127.0.0.1:${port}/v1/callbacks/apidot/${'a'.repeat(20)}`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(503);
  });

  test('polls: the callback makes the poll due, the status query decides, and a worker of the backend saves the file', async () => {
    const made = await submitted('a lighthouse');
    const failing = await submitted('a lighthouse [sandbox:fail]');
    const running = await submitted('a lighthouse [sandbox:never]');
    await query(`UPDATE generation SET due_at = now() WHERE id = $1`, [running.id]);
    start('poller.py');
    await becomes(made.id, 'saving');
    expect(
      await query('SELECT n, storage_key FROM generation_file WHERE generation_id = $1', [made.id]),
    ).toEqual([{ n: 1, storage_key: null }]);
    await becomes(failing.id, 'failed');
    expect(await one(failing.id)).toMatchObject({
      error_code: 'GENERATION_FAILED',
      due_at: null,
      lease: null,
    });
    expect((await one(failing.id)).error_message).toMatch(/\w/);
    await becomes(running.id, 'running');
    const { due_at, lease, wakes } = await one(running.id);
    expect([lease, wakes]).toEqual([null, 0]);
    expect((due_at as Date).getTime()).toBeGreaterThan(Date.now());

    await startBackend({ ...env, ROLE: 'worker' }, { atEnd: (end) => ends.unshift(end) });
    await becomes(made.id, 'succeeded');
  });

  test('polls: a key that is refused stops all workers, and no task fails', async () => {
    const { id } = await submitted('a lighthouse [sandbox:never]');
    const account = `apidot:${createHash('sha256')
      .update(JSON.stringify(['ak_invalid_python', sandbox.origin]))
      .digest('hex')
      .slice(0, 16)}`;
    // The row of another key, as an installation with that key would have made it.
    await query('ALTER TABLE generation DISABLE TRIGGER check_generation');
    await query('UPDATE generation SET account = $2, due_at = now() WHERE id = $1', [id, account]);
    await query('ALTER TABLE generation ENABLE TRIGGER check_generation');
    startWith({ APIDOT_API_KEY: 'ak_invalid_python' }, 'poller.py');
    await expect
      .poll(
        () =>
          query('SELECT stopped_because FROM service_account WHERE account = $1 AND stopped_at IS NOT NULL', [
            account,
          ]),
        {
          timeout: 60_000,
          interval: 100,
        },
      )
      .toEqual([{ stopped_because: 'The key is not valid.' }]);
    expect((await one(id)).status).toBe('pending');
  });
});

if ('reason' in found) test.skip(`Python beside the backend: ${found.reason}`);
