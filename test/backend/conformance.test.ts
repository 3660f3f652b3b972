// The rules of a record store, and of the backend's tables, on a server, where statements meet on several connections.
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { backendRequests } from '../stores/backend-requests.ts';
import { conformance } from '../stores/conformance.ts';
import { PatientClock } from '../stores/file/support.ts';
import { requestRules } from '../stores/request-rules.ts';
import { SqlTable } from '../stores/sql-table.ts';
import { TableStore } from '../stores/table-store.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';

interface Pool {
  query<T>(text: string, values?: unknown[]): Promise<{ rows: T[]; rowCount: number | null }>;
  end(): Promise<void>;
}

const backend = inject('backend');
const { migrate, openPostgres, requestsOf } = await backendRequests(path.join(backend, 'dist'));

let server: Postgres;
let pool: Pool;
let database: Awaited<ReturnType<typeof openPostgres>>;
beforeAll(async () => {
  const { Pool } = createRequire(path.join(backend, 'package.json'))('pg');
  server = await startPostgres();
  pool = new Pool({ connectionString: server.createDatabase('records'), max: 8 });
  database = await openPostgres(server.createDatabase('backend'));
  await migrate(database);
});
afterAll(async () => {
  await Promise.all([pool.end(), database.close()]);
  server.end();
});

requestRules('the backend, PostgreSQL', () => requestsOf(database));

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
