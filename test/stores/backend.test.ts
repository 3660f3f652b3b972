// The rules of every store of requests, and of every rate limiter, kept by the tables of the backend in this process.
import path from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe } from 'vitest';
import { ROOT } from '../support/command.ts';
import { loadBackend } from './backend.ts';
import { SEARCH_PATH, simulateClock } from './backend-limiter.ts';
import { limiterRules } from './limiter-rules.ts';
import { requestRules } from './request-rules.ts';

const backend = await loadBackend(path.join(ROOT, 'assets', 'backend', 'src'));

/** As the backend opens it, without its queue. */
function databaseOf(pglite: PGlite) {
  const queriesOf = (connection: PGlite | Transaction) => ({
    query: async (sql: string, values: readonly unknown[] = []) =>
      (await connection.query<Record<string, unknown>>(sql, [...values])).rows,
    script: async (sql: string) => void (await connection.exec(sql)),
  });
  const transaction = <T>(work: (tx: ReturnType<typeof queriesOf>) => Promise<T>) =>
    pglite.transaction((tx) => work(queriesOf(tx)));
  return { ...queriesOf(pglite), transaction, close: () => pglite.close() };
}

let database: ReturnType<typeof databaseOf>;
beforeAll(async () => {
  database = databaseOf(await PGlite.create());
  await backend.migrate(database);
});
afterAll(() => database.close());

requestRules('the backend, PGlite', () => backend.requestsOf(database));

describe('with a clock that a test moves', () => {
  beforeAll(async () => {
    await simulateClock(database);
    await database.script(`SET search_path = ${SEARCH_PATH}`);
  });
  limiterRules('the backend, PGlite', (queries) => backend.limiterOf(database, queries));
});
