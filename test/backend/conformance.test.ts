// The rules of a record store, and of the backend's tables, on a server, where statements meet on several connections.
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { type Database, loadBackend } from '../stores/backend.ts';
import { SEARCH_PATH, simulateClock } from '../stores/backend-limiter.ts';
import { conformance } from '../stores/conformance.ts';
import { PatientClock } from '../stores/file/support.ts';
import { limiterRules } from '../stores/limiter-rules.ts';
import { requestRules } from '../stores/request-rules.ts';
import { SqlTable } from '../stores/sql-table.ts';
import { TableStore } from '../stores/table-store.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';

interface Pool {
  query<T>(text: string, values?: unknown[]): Promise<{ rows: T[]; rowCount: number | null }>;
  end(): Promise<void>;
}

const folder = inject('backend');
const backend = await loadBackend(path.join(folder, 'dist'));

let server: Postgres;
let pool: Pool;
let requests: Database;
let limits: Database;
beforeAll(async () => {
  const { Pool } = createRequire(path.join(folder, 'package.json'))('pg');
  server = await startPostgres();
  pool = new Pool({ connectionString: server.createDatabase('records'), max: 8 });
  requests = await backend.openPostgres(server.createDatabase('requests'));
  limits = await backend.openPostgres(
    `${server.createDatabase('limits')}?options=-csearch_path=${SEARCH_PATH}`,
  );
  await simulateClock(limits);
});
afterAll(async () => {
  try {
    await Promise.all([pool.end(), requests.close(), limits.close()]);
  } finally {
    server.end();
  }
});

requestRules('the backend, PostgreSQL', () => backend.requestsOf(requests));
limiterRules('the backend, PostgreSQL', (queries) => backend.limiterOf(limits, queries));

conformance('PostgreSQL', async () => {
  const clock = new PatientClock();
  const table = await SqlTable.in({
    query: async <T>(text: string, values: unknown[]) => {
      const { rows, rowCount } = await pool.query<T>(text, values);
      return { rows, affectedRows: rowCount ?? 0 };
    },
    exec: (text) => pool.query(text),
  });
  return {
    clock,
    open: (account) => new TableStore(table, account, clock),
    damage: (request) => table.damage(request),
    dies: (name) => table.dies(name),
  };
});
