// The rules of every store of requests, kept by the tables of the backend in this process.
import path from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { ROOT } from '../support/command.ts';
import { backendRequests } from './backend-requests.ts';
import { requestRules } from './request-rules.ts';

const { migrate, requestsOf } = await backendRequests(path.join(ROOT, 'assets', 'backend', 'src'));

/** As the backend opens it, without its queue. */
function databaseOf(pglite: PGlite) {
  const queriesOf = (connection: PGlite | Transaction) => ({
    query: async (sql: string, values: readonly unknown[] = []) =>
      (await connection.query<Record<string, unknown>>(sql, [...values])).rows,
    script: async (sql: string) => void (await connection.exec(sql)),
  });
  const transaction = <T>(work: (tx: ReturnType<typeof queriesOf>) => Promise<T>) =>
    pglite.transaction((tx) => work(queriesOf(tx)));
  return { ...queriesOf(pglite), transaction };
}

let pglite: PGlite;
beforeAll(async () => {
  pglite = await PGlite.create();
  await migrate(databaseOf(pglite));
});
afterAll(() => pglite.close());

requestRules('the backend, PGlite', () => requestsOf(databaseOf(pglite)));
