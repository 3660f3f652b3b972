import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Sandbox, startSandbox } from '#client';
import { admin } from '../../src/admin.ts';
import { readConfig } from '../../src/config.ts';
import type { Database } from '../../src/database/index.ts';
import type { Generation } from '../../src/generations/types.ts';
import { createLogger } from '../../src/observability/log.ts';
import { openJobs } from '../../src/queue/boss.ts';
import { start } from '../../src/start.ts';
import { createTestDatabase } from './database.ts';
import { freePort } from './fake-service.ts';

export interface TestBackend {
  database: Database;
  databaseUrl: string;
  sandbox: Sandbox;
  /** The sandbox's log: a line for each request. */
  requests: string[];
  /** The backend's log. */
  lines: string[];
  env: Record<string, string>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  submit(prompt: string, more?: { key?: string; provider?: string }): Promise<Generation>;
  /** Returns the generation once it has one of these states. */
  until(id: string, ...statuses: string[]): Promise<Generation>;
  /** Runs `npm run admin`; returns its exit code and output. */
  operator(...args: string[]): Promise<string>;
  /** Ends the process's part; the database and the sandbox continue. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

interface StartOptions {
  /** The sandbox's; see the client library. */
  speed?: number;
  callbacks?: boolean;
  drainMs?: number;
  /** What workers plan for the next minute is due at once: within the limit of queries (`short`), or without it (`none`). */
  waits?: 'real' | 'short' | 'none';
}

const PAYLOADS: Record<string, (prompt: string) => { model: string; payload: object }> = {
  aivideomaker: (prompt) => ({ model: 't2v', payload: { prompt, aspectRatio: '16:9', duration: '5' } }),
  apidot: (prompt) => ({ model: 'gpt-image-2', payload: { prompt } }),
};

/**
 * Starts API and workers against a real database, and the sandbox as both services.
 */
export async function startBackend(
  variables: Record<string, string> = {},
  { speed = 3_000, callbacks = false, drainMs = 10_000, waits = 'real' }: StartOptions = {},
): Promise<TestBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-test-'));
  const requests: string[] = [];
  const sandbox = await startSandbox({ speed, log: (line) => void requests.push(line) });
  const { database, url, close } = await createTestDatabase();
  const port = callbacks ? await freePort() : 0;
  const env = {
    DATABASE_URL: url,
    DATA_DIR: folder,
    PORT: String(port),
    AIVIDEO_API_KEY: 'ak_test_of_the_backend',
    AIVIDEO_BASE_URL: sandbox.origin,
    APIDOT_API_KEY: 'sk_test_of_the_backend',
    APIDOT_BASE_URL: sandbox.origin,
    API_TOKENS: 'token-of-ann:ann,token-of-bob:bob',
    ...(callbacks && { PUBLIC_URL: `http://127.0.0.1:${port}` }),
    ...variables,
  };
  const config = readConfig(env);
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    secrets: config.secrets,
    destination: { write: (line) => void lines.push(line) },
  });
  const cleanUp = async () => {
    await sandbox.close();
    await close();
    await rm(folder, { recursive: true, force: true });
  };
  const backend = await start(config, log, { drainMs }).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  const endHaste = waits === 'real' ? async () => {} : await hasten(database, log, waits);
  let stopped: Promise<void> | undefined;

  const call: TestBackend['call'] = (method, path, body, headers = {}) =>
    fetch(`${backend.url}${path}`, {
      method,
      headers: {
        authorization: 'Bearer token-of-ann',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const stop = () => {
    stopped ??= endHaste().then(() => backend.stop());
    return stopped;
  };

  return {
    ...{ database, databaseUrl: url, sandbox, requests, lines, env, call, stop },
    async submit(prompt, { key = crypto.randomUUID(), provider = 'aivideomaker' } = {}) {
      const body = { provider, ...PAYLOADS[provider]!(prompt) };
      const response = await call('POST', '/v1/generations', body, { 'idempotency-key': key });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as Generation;
    },
    async until(id, ...statuses) {
      const deadline = Date.now() + 45_000;
      for (;;) {
        const generation = (await (await call('GET', `/v1/generations/${id}`)).json()) as Generation;
        if (statuses.includes(generation.status)) return generation;
        if (Date.now() > deadline)
          throw new Error(`still ${JSON.stringify(generation)}\n${lines.slice(-5).join('')}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async operator(...args) {
      const printed: string[] = [];
      const code = await admin(args, env, (line) => printed.push(line));
      return `${code} ${printed.join('\n')}`;
    },
    stop,
    async close() {
      await stop();
      await cleanUp();
    },
  };
}

/**
 * Makes the waits of the workers pass: the intervals between their queries, never the times that decide about a submit, a
 * pause, or a lease.
 * @returns what ends it
 */
async function hasten(
  database: Database,
  log: Logger,
  waits: 'short' | 'none',
): Promise<() => Promise<void>> {
  const jobs = await openJobs(database, log, false);
  const ended = new AbortController();
  const running = (async () => {
    while (!ended.signal.aborted) {
      await database.query(
        `UPDATE generation SET due_at = now() WHERE status IN ('reconciling', 'pending', 'running', 'saving')
           AND due_at BETWEEN now() AND now() + interval '1 minute' AND lease IS NULL`,
      );
      await database.query(
        'UPDATE service_account SET listed_at = NULL, permits = greatest(permits, $1) WHERE stopped_at IS NULL',
        [waits === 'none' ? 10 : 0],
      );
      jobs.wake('poll');
      jobs.wake('save');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return async () => {
    ended.abort();
    await running;
    await jobs.stop();
  };
}
