import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Postgres, startPostgres } from '../../test/backend/support/postgres.ts';
import { type Program, startProgram } from '../../test/backend/support/program.ts';

/** PostgreSQL, a data folder, and processes of the backend; all ended by `close`. */
export interface Stage {
  postgres: Postgres;
  databaseUrl: string;
  data: string;
  start(
    role: 'api' | 'worker',
    variables?: Record<string, string>,
  ): Promise<Program & { url: string; port: number }>;
  /** Returns the seconds of processor time that the API at this address, PostgreSQL and this process have used. */
  cpuSeconds(url: string): Promise<[api: number, database: number, sender: number]>;
  /** Makes running generations of ann, whose rows these are. */
  addRunning(rows: Running[]): void;
  close(): Promise<void>;
}

interface Running {
  id: string;
  account: string;
  taskId: string;
  callbackHash?: string;
}

export async function openStage(copy: string): Promise<Stage> {
  const data = mkdtempSync(path.join(tmpdir(), 'amw-figures-'));
  const postgres = await startPostgres();
  const databaseUrl = postgres.createDatabase('figures');
  const programs: Program[] = [];
  return {
    ...{ postgres, databaseUrl, data },
    async start(role, variables = {}) {
      const program = startProgram(copy, data, {
        ROLE: role,
        DATABASE_URL: databaseUrl,
        API_TOKENS: 'token-of-ann:ann,token-of-bob:bob',
        LOG_LEVEL: 'info',
        ...variables,
      });
      programs.push(program);
      const url = await program.listening;
      return { ...program, url, port: Number(new URL(url).port) };
    },
    async cpuSeconds(url) {
      const { user, system } = process.cpuUsage();
      return [await metric(url, 'process_cpu_seconds_total'), postgres.cpuSeconds(), (user + system) / 1e6];
    },
    addRunning(rows) {
      const values = rows.map(
        ({ id, account, taskId, callbackHash }) =>
          `('${id}', 'ann', '${id}', 'x', 'aivideomaker', '${account}', 't2v', 'pending', '${taskId}', now(), now(), now(), ${callbackHash ? `'${callbackHash}'` : 'NULL'})`,
      );
      postgres.sql(
        'figures',
        `INSERT INTO generation (id, user_id, idempotency_key, body_hash, provider, account, model, status, task_id, submit_started_at, submitted_at, due_at, callback_hash) VALUES ${values.join(',\n')}`,
      );
    },
    async close() {
      for (const { child } of programs) child.kill('SIGTERM');
      await Promise.all(programs.map(({ ended }) => ended));
      postgres.end();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Returns a value that a process reports at /metrics. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
