// The backend as its API and its workers call it: its sources, or the program that a copy has built of them.
import path from 'node:path';
import { limiterOf } from './backend-limiter.ts';
import { requestsOf } from './backend-requests.ts';

/** The backend's, on a server or embedded. */
export interface Database {
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** @param source its `src` or its `dist` */
export async function loadBackend(source: string) {
  const extension = path.basename(source) === 'dist' ? 'js' : 'ts';
  const load = (name: string) => import(/* @vite-ignore */ path.join(source, `${name}.${extension}`));
  const names = ['create', 'equal-submits', 'polling', 'read', 'reconciling', 'saving', 'submitting'];
  const generations = await Promise.all(names.map((name) => load(`generations/${name}`)));
  const { migrate } = await load('database/migrate');
  const limits = await load('services/limiter');
  return {
    /** A database of a server, migrated. Needs packages of the backend. */
    async openPostgres(url: string): Promise<Database> {
      const { openPostgres } = await load('database/postgres');
      const database = openPostgres(url, () => {});
      await migrate(database);
      return database;
    },
    migrate: (database: Database): Promise<void> => migrate(database),
    requestsOf: (database: Database) => requestsOf(database, Object.assign({}, ...generations)),
    limiterOf: (database: Database, queries: number) => limiterOf(database, limits, queries),
  };
}
