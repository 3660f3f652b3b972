import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Database } from './types.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);
// Any number that nothing else of the database locks.
const LOCK = 7_214_530;

/**
 * Applies the migrations that this database has not seen, in the order of their names, each in a transaction under an
 * advisory lock: several programs may start at once. A database that is newer than this program is left as it is, so an
 * older worker runs beside a newer API.
 * @returns the names of those that were applied
 * @throws when a migration was changed after it was applied
 */
export async function migrate(database: Database, folder = FOLDER): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  const applied: string[] = [];
  for (const name of names) {
    const sql = await readFile(new URL(name, folder), 'utf8');
    const hash = createHash('sha256').update(sql).digest('hex');
    if (await apply(database, name, sql, hash)) applied.push(name);
  }
  return applied;
}

function apply(database: Database, name: string, sql: string, hash: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    await tx.script(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await tx.query(`CREATE TABLE IF NOT EXISTS migration (
      name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const [known] = await tx.query<{ hash: string }>('SELECT hash FROM migration WHERE name = $1', [name]);
    if (known && known.hash !== hash)
      throw new Error(
        `migrations/${name} was changed after this database applied it: write the change as a new migration`,
      );
    if (known) return false;
    try {
      await tx.script(sql);
    } catch (error) {
      throw new Error(`migrations/${name} failed: ${(error as Error).message}`, { cause: error });
    }
    await tx.query('INSERT INTO migration (name, hash) VALUES ($1, $2)', [name, hash]);
    return true;
  });
}
