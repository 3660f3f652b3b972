import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, migrate } from '../../src/database/index.ts';
import { openPostgres } from '../../src/database/postgres.ts';

export interface TestDatabase {
  database: Database;
  url: string;
  close(): Promise<void>;
}

/** Makes an empty database, with all migrations unless told otherwise. */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const server = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = openPostgres(url.href, () => {});
  if (migrated) await migrate(database);
  return {
    database,
    url: url.href,
    async close() {
      await database.close();
      await run(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function run(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
