import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Postgres, startPostgres } from './postgres.ts';
import { type Program, startProgram } from './program.ts';
import { type CountingService, startCountingService } from './service.ts';

export interface KillMatrixOptions {
  /** A built copy of the backend. */
  copy: string;
  requests: number;
  workers?: number;
  /** Milliseconds between two kills of a worker. */
  killEveryMs?: number;
  /** How often PostgreSQL is stopped hard. */
  databaseStops?: number;
  /** How often the API is killed. */
  apiKills?: number;
  /** The share of submits whose answer is lost. */
  lost?: number;
  /** Seconds after which what has not ended is reported as it is. */
  giveUpSeconds?: number;
  /** When all is sent, all workers are killed at once, and the clock of their leases and of lost submits is put forward. */
  isHurried?: boolean;
  log?: (line: string) => void;
}

export interface KillMatrixResult {
  /** Charges of the service. */
  charges: number;
  /** Requests that were charged more or less than once. */
  chargedWrong: number;
  /** Generations by their status. */
  statuses: Record<string, number>;
  /** Of the succeeded ones: files that are not byte for byte those of their task. */
  wrongFiles: number;
  /** Rows that are open and that no worker would take: without a due time, or under a lease that nobody ends. */
  forgotten: number;
  kills: number;
  databaseStops: number;
  lostAnswers: number;
  tooMany: number;
  seconds: number;
}

/**
 * Sends each request twice while workers are killed, the API is killed and PostgreSQL is stopped hard; then waits until
 * all have ended, and compares what the service charged with what is stored.
 */
export async function runKillMatrix({
  copy,
  requests,
  workers = 4,
  killEveryMs = 2_000,
  databaseStops = 3,
  apiKills = 1,
  lost = 0.05,
  giveUpSeconds = 600,
  isHurried = false,
  log = () => {},
}: KillMatrixOptions): Promise<KillMatrixResult> {
  const started = Date.now();
  const data = mkdtempSync(path.join(tmpdir(), 'amw-kill-'));
  const postgres = await startPostgres();
  const service = await startCountingService({ lost, refused: 0.01 });
  const apiPort = await freePort();
  const origin = `http://127.0.0.1:${apiPort}`;
  const environment = {
    DATABASE_URL: postgres.createDatabase('kills'),
    AIVIDEO_API_KEY: 'ak_of_the_kill_matrix',
    AIVIDEO_BASE_URL: service.origin,
    API_TOKENS: 'token-of-ann:ann,token-of-bob:bob',
    PUBLIC_URL: origin,
  };
  let isOver = false;
  /** Workers that work. */
  const pool: Program[] = [];
  const running = new Set<Program>();
  const launched: Program[] = [];
  function launch(role: 'api' | 'worker'): Program {
    const port = role === 'api' ? { PORT: String(apiPort) } : {};
    const program = startProgram(copy, data, { ...environment, ROLE: role, ...port });
    running.add(program);
    launched.push(program);
    if (role === 'worker')
      program.listening.then(
        () => pool.push(program),
        () => {},
      );
    void program.ended.then((code) => {
      running.delete(program);
      // Whatever ends is started again, as a supervisor does.
      if (!isOver) setTimeout(() => isOver || restart(role), 100);
      if (!isOver && code !== null && code !== 0)
        log(`a ${role} ended with ${code}: ${program.lines.at(-1)}`);
    });
    return program;
  }
  let api = launch('api');
  function restart(role: 'api' | 'worker'): void {
    const program = launch(role);
    if (role === 'api') api = program;
  }
  await api.listening;
  const first = Array.from({ length: workers }, () => launch('worker'));
  await Promise.all(first.map(({ listening }) => listening));

  try {
    let kills = 0;
    // One that works: to kill a process that has not started yet hits nothing.
    const killer = setInterval(() => {
      const [victim] = pool.splice(Math.floor(Math.random() * pool.length), 1);
      if (!victim) return;
      kills += 1;
      victim.child.kill('SIGKILL');
    }, killEveryMs);

    const keys = Array.from({ length: requests }, (_, n) => `kill-matrix-${n}`);
    const ids = new Map<string, string>();
    let stops = 0;
    let apiKilled = 0;
    // Stops are spread over the sending, so that each kind of work is hit.
    const stopAt = (n: number, times: number, done: number) =>
      Math.floor(((n + 0.7) * requests) / times) <= done;
    const agent = new Agent({ keepAlive: false });
    let sent = 0;
    const queue = keys.flatMap((key, n) => [
      { key, n },
      { key, n },
    ]);
    const disturb = async () => {
      const done = sent / 2;
      if (stops < databaseStops && stopAt(stops, databaseStops, done)) {
        stops += 1;
        log(`PostgreSQL is stopped hard after ${Math.floor(done)} requests`);
        postgres.stopHard();
        await new Promise((resolve) => setTimeout(resolve, 500));
        await postgres.start();
      }
      if (apiKilled < apiKills && stopAt(apiKilled, apiKills, done - requests / 10)) {
        apiKilled += 1;
        api.child.kill('SIGKILL');
      }
    };
    let disturbance = Promise.resolve();
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const { key, n } = next;
          const generation = await submitUntilAnswered(origin, agent, key, n);
          const earlier = ids.get(key);
          if (earlier !== undefined && earlier !== generation.id)
            throw new Error(`${key} has two generations: ${earlier} and ${generation.id}`);
          ids.set(key, generation.id);
          sent += 1;
          disturbance = disturbance.then(disturb);
        }
      }),
    );
    await disturbance;
    log(`all are sent after ${seconds(started)} s; ${kills} workers were killed`);

    if (isHurried) {
      clearInterval(killer);
      for (const { child } of pool.splice(0)) child.kill('SIGKILL');
      kills += workers;
      postgres.sql(
        'kills',
        'UPDATE generation SET leased_until = now(), due_at = now() WHERE leased_until > now()',
      );
    }
    const deadline = Date.now() + giveUpSeconds * 1_000;
    let statuses: Record<string, number> = {};
    for (;;) {
      statuses = readStatuses(postgres);
      const ended =
        (statuses.succeeded ?? 0) +
        (statuses.needs_attention ?? 0) +
        (statuses.rejected ?? 0) +
        (statuses.failed ?? 0);
      if (ended === requests || Date.now() > deadline) break;
      // The list has to be clear of a lost submit for a minute: that minute is over.
      if (isHurried && statuses.reconciling)
        postgres.sql(
          'kills',
          `UPDATE generation SET lost_at = lost_at - interval '61 seconds', submit_started_at = submit_started_at - interval '61 seconds', due_at = now()
           WHERE status = 'reconciling' AND lost_at > now() - interval '61 seconds' AND leased_until IS NULL`,
        );
      log(`${seconds(started)} s: ${JSON.stringify(statuses)}, ${kills} killed`);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    clearInterval(killer);
    explain();
    return {
      charges: service.tasks.size,
      ...compareCharges(service, ids),
      statuses,
      wrongFiles: await compareFiles(origin, agent, service, ids),
      forgotten: Number(
        postgres.sql(
          'kills',
          `SELECT count(*) FROM generation WHERE status NOT IN ('succeeded', 'failed', 'cancelled', 'rejected', 'needs_attention')
             AND (due_at IS NULL OR due_at > now() + interval '2 minutes' OR leased_until > now() + interval '1 minute')`,
        ),
      ),
      ...{ kills, databaseStops: stops, lostAnswers: service.counts.lost, tooMany: service.counts.tooMany },
      seconds: seconds(started),
    };
    /** Logs what is known of those that wait for a person. */
    function explain(): void {
      const rows = postgres.sql(
        'kills',
        `SELECT id, attention, submit_started_at, resubmitted_at, lost_at FROM generation WHERE status = 'needs_attention'`,
      );
      for (const row of rows.split('\n').filter(Boolean)) {
        log(row);
        const id = row.slice(0, 36);
        for (const { lines } of launched) for (const line of lines) if (line.includes(id)) log(`  ${line}`);
      }
    }
  } finally {
    isOver = true;
    for (const program of running) program.child.kill('SIGKILL');
    await Promise.all([...running].map(({ ended }) => ended));
    await service.close();
    postgres.end();
    rmSync(data, { recursive: true, force: true });
  }
}

const seconds = (since: number): number => Math.round((Date.now() - since) / 1_000);

function readStatuses(postgres: Postgres): Record<string, number> {
  const lines = postgres.sql('kills', 'SELECT status, count(*) FROM generation GROUP BY status').split('\n');
  return Object.fromEntries(
    lines.filter(Boolean).map((line) => [line.split('|')[0], Number(line.split('|')[1])]),
  );
}

/** The service's key is the id of the generation. */
function compareCharges(
  service: CountingService,
  ids: ReadonlyMap<string, string>,
): { chargedWrong: number } {
  const charges = new Map<string, number>();
  for (const { key } of service.tasks.values()) charges.set(key, (charges.get(key) ?? 0) + 1);
  return { chargedWrong: [...ids.values()].filter((id) => charges.get(id) !== 1).length };
}

async function compareFiles(
  origin: string,
  agent: Agent,
  service: CountingService,
  ids: ReadonlyMap<string, string>,
): Promise<number> {
  let wrong = 0;
  for (const [key, id] of ids) {
    const user = userOf(key);
    const { body } = await call(origin, agent, 'GET', `/v1/generations/${id}`, user);
    const generation = JSON.parse(body.toString());
    if (generation.status !== 'succeeded') continue;
    const file = await call(origin, agent, 'GET', `/v1/generations/${id}/files/1`, user);
    const sha256 = createHash('sha256').update(file.body).digest('hex');
    const task = service.tasks.get(generation.taskId);
    if (task?.key !== id || task.sha256 !== sha256 || generation.files[0].sha256 !== sha256) wrong += 1;
  }
  return wrong;
}

const userOf = (key: string): string => (Number(key.slice(-1)) % 2 === 0 ? 'ann' : 'bob');

async function submitUntilAnswered(
  origin: string,
  agent: Agent,
  key: string,
  n: number,
): Promise<{ id: string }> {
  const payload = { prompt: `clip ${n}`, aspectRatio: '16:9', duration: '5' };
  const body = JSON.stringify({ provider: 'aivideomaker', model: 't2v', payload });
  for (;;) {
    try {
      const answer = await call(origin, agent, 'POST', '/v1/generations', userOf(key), { key, body });
      if (answer.status === 200 || answer.status === 202) return JSON.parse(answer.body.toString());
      if (answer.status < 500) throw new Refused(`${answer.status} ${answer.body}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

class Refused extends Error {}

function call(
  origin: string,
  agent: Agent,
  method: string,
  route: string,
  user: string,
  { key, body }: { key?: string; body?: string } = {},
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${origin}${route}`, {
      ...{ method, agent, timeout: 20_000 },
      headers: {
        authorization: `Bearer token-of-${user}`,
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', reject);
    outgoing.on('response', async (answer: IncomingMessage) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.end(body);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
