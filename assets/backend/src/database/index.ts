import { join } from 'node:path';
import type { Config } from '../config.ts';
import { openEmbedded } from './embedded.ts';
import { openPostgres } from './postgres.ts';
import type { Database } from './types.ts';

export { migrate } from './migrate.ts';
export { DatabaseInUse } from './one-process.ts';
export { type Database, isRefused, type Queries } from './types.ts';
export { reasonOf, waitForDatabase } from './wait.ts';

/** Opens the database of the configuration: a server's, or else one inside of this process. */
export function openDatabase(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  onError: (error: Error) => void,
): Promise<Database> {
  return databaseUrl === null
    ? openEmbedded(join(dataDir, 'database'))
    : Promise.resolve(openPostgres(databaseUrl, onError));
}
