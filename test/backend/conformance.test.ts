// The rules of a record store on a server, where its statements meet on several connections.
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { conformance } from '../stores/conformance.ts';
import { PatientClock } from '../stores/file/support.ts';
import { SqlTable } from '../stores/sql-table.ts';
import { TableStore } from '../stores/table-store.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';

interface Pool {
  query<T>(text: string, values?: unknown[]): Promise<{ rows: T[]; rowCount: number | null }>;
  end(): Promise<void>;
}

let server: Postgres;
let pool: Pool;
beforeAll(async () => {
  const { Pool } = createRequire(path.join(inject('backend'), 'package.json'))('pg');
  server = await startPostgres();
  pool = new Pool({ connectionString: server.createDatabase('records'), max: 8 });
});
afterAll(async () => {
  await pool.end();
  server.end();
});

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
    takeOver: (name) => table.takeOver(name),
  };
});
