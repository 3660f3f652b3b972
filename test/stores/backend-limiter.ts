// The limiter of the backend, on a database whose clock a test moves.
import type { Database } from './backend.ts';
import type { SharedLimiter } from './limiter-rules.ts';

// The database's own functions come after those of the test.
export const SEARCH_PATH = 'public,pg_catalog';

/** Puts a clock into a database that stands still. It counts on connections with that search path. */
export async function simulateClock(database: Database): Promise<void> {
  await database.script(`
    CREATE TABLE simulated_clock (at timestamptz NOT NULL);
    INSERT INTO simulated_clock VALUES ('2040-01-01');
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT at FROM simulated_clock';`);
}

interface Functions {
  bucketOf(queries: number): unknown;
  createLimiter(
    database: Database,
    service: { provider: string; account: string },
    bucket: unknown,
  ): { acquire(): Promise<boolean>; pause(seconds: number): Promise<void> };
}

let accounts = 0;

/** Returns a limiter that nobody has used. */
export function limiterOf(
  database: Database,
  { bucketOf, createLimiter }: Functions,
  queries: number,
): SharedLimiter {
  accounts += 1;
  const service = { provider: 'aivideomaker', account: `aivideomaker:${accounts}` };
  // A limiter knows nothing of its own: each worker makes one.
  const limiter = () => createLimiter(database, service, bucketOf(queries));
  const move = (ms: number) =>
    database.query('UPDATE simulated_clock SET at = at + make_interval(secs => $1)', [ms / 1_000]);
  let now = 0;
  return {
    now: () => now,
    async pass(ms) {
      now += ms;
      await move(ms);
    },
    setBack: async (ms) => void (await move(-ms)),
    acquire: () => limiter().acquire(),
    pauseFor: (_process, ms) => limiter().pause(ms / 1_000),
  };
}
