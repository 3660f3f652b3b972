import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { fromPglite } from 'pg-boss';
import { ConfigError } from '../config.ts';
import { holdFolder } from './one-process.ts';
import type { Database, Queries, Row } from './types.ts';

/**
 * Opens a PostgreSQL inside of this process: no server, one connection, one process.
 * @param folder where it is kept; null keeps it in memory
 */
export async function openEmbedded(folder: string | null): Promise<Database> {
  if (folder !== null) await mkdir(folder, { recursive: true, mode: 0o700 });
  const letGo = folder === null ? async () => {} : await holdFolder(folder);
  const pglite = await (folder === null ? PGlite.create() : PGlite.create(join(folder, 'cluster'))).catch(
    async (error) => {
      await letGo();
      throw new ConfigError('DATA_DIR', `holds an embedded database that does not open: ${reasonOf(error)}`);
    },
  );

  return {
    ...queriesOf(pglite),
    transaction: (work) => pglite.transaction((tx) => work(queriesOf(tx))),
    async listen(channel, onNotification, onGap) {
      const end = await pglite.listen(channel, onNotification);
      onGap();
      return end;
    },
    forQueue: { db: fromPglite(pglite), backend: 'pglite' },
    async close() {
      await pglite.close();
      await letGo();
    },
  };
}

// It throws numbers of its own system for what the disk says: no Error, no message.
const NO_SPACE = 51;

/** Returns why the embedded database did not open. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { errno } = error as { errno?: number };
  return errno === NO_SPACE ? 'the disk is full' : `error ${errno ?? String(error)}`;
}

function queriesOf(connection: PGlite | Transaction): Queries {
  return {
    async query<R extends object = Row>(sql: string, parameters: readonly unknown[] = []) {
      return (await connection.query<R>(sql, [...parameters])).rows;
    },
    async script(sql) {
      await connection.exec(sql);
    },
  };
}
