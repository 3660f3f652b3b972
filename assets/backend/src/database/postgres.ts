import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Database, Queries, Row } from './types.ts';

const CONNECTIONS = 10;
const LONGEST_PAUSE_MS = 5_000;
const HEARTBEAT_MS = 10_000;

/**
 * Opens a database of a server.
 * @param onError told about connections that broke while nobody used them. They are replaced by themselves
 */
export function openPostgres(connectionString: string, onError: (error: Error) => void): Database {
  const options = { connectionString, connectionTimeoutMillis: 10_000, keepAlive: true };
  const pool = new pg.Pool({ ...options, max: CONNECTIONS, application_name: 'generation-backend' });
  pool.on('error', onError);

  return {
    ...queriesOf(pool),
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(queriesOf(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // A connection that cannot even roll back is not used again.
        await client.query('ROLLBACK').catch((failed: Error) => {
          broken = failed;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    listen: (channel, onNotification, onGap) =>
      keepListening(options, channel, { onNotification, onGap, onError }),
    forQueue: { connectionString, max: 5 },
    close: () => pool.end(),
  };
}

function queriesOf(connection: pg.Pool | pg.PoolClient): Queries {
  return {
    async query<R extends object = Row>(text: string, parameters: readonly unknown[] = [], name?: string) {
      return (await connection.query<R & Row>({ text, values: [...parameters], ...(name && { name }) })).rows;
    },
    async script(sql) {
      await connection.query(sql);
    },
  };
}

interface Listener {
  onNotification: (payload: string) => void;
  onGap: () => void;
  onError: (error: Error) => void;
}

async function keepListening(
  options: pg.ClientConfig,
  channel: string,
  { onNotification, onGap, onError }: Listener,
): Promise<() => Promise<void>> {
  const closing = new AbortController();
  let client: pg.Client | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client({ ...options, application_name: 'generation-backend: listen' });
    const ended = new Promise<void>((resolve) => {
      next.on('error', onError);
      next.on('end', () => resolve());
    });
    next.on('notification', ({ payload = '' }) => onNotification(payload));
    await next.connect();
    await next.query(`LISTEN ${channel}`);
    client = next;
    onGap();
    // A connection that died in silence shows only when something is sent.
    const heartbeat = setInterval(() => {
      next.query('SELECT 1').catch(() => void next.end().catch(() => {}));
    }, HEARTBEAT_MS);
    heartbeat.unref();
    void ended.then(() => {
      clearInterval(heartbeat);
      if (!closing.signal.aborted) void reconnect();
    });
  }

  async function reconnect(): Promise<void> {
    for (let pause = 100; !closing.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await connect();
        return;
      } catch (error) {
        onError(error as Error);
        await sleep(pause, undefined, { signal: closing.signal, ref: false }).catch(() => {});
      }
    }
  }

  await connect();
  return async () => {
    closing.abort();
    await client?.end().catch(() => {});
  };
}
