import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { openEmbedded } from './embedded.ts';
import { openPostgres } from './postgres.ts';
import { type Database, isRefused, type Queries } from './types.ts';

export { migrate } from './migrate.ts';
export { DatabaseInUse } from './one-process.ts';
export { type Database, isRefused, type Queries };

const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;

/** Opens the database of the configuration: a server's, or else one inside of this process. */
export function openDatabase(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  onError: (error: Error) => void,
): Promise<Database> {
  return databaseUrl === null
    ? openEmbedded(join(dataDir, 'database'))
    : Promise.resolve(openPostgres(databaseUrl, onError));
}

/** Returns what an error says. A name with several addresses fails with an error for each, and no words of its own. */
export function messageOf(error: Error): string {
  if (error.message === '' && error instanceof AggregateError)
    return error.errors.map(({ message }: Error) => message).join('; ');
  return error.message;
}

/**
 * Waits until a database answers: it may start at the same time as this program.
 * @throws what it says after a minute, or at once where the wait changes nothing, such as a wrong password
 */
export async function waitForDatabase(database: Queries, onWait: (error: Error) => void): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await database.query('SELECT 1');
      return;
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (isRefused(error) || /^(28|3D)/.test(code) || performance.now() > deadline) throw error;
      if (isFirst) onWait(error as Error);
      await sleep(PAUSE_MS);
    }
  }
}
