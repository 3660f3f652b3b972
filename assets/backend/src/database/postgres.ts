import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Database, Queries, Row } from './types.ts';

const CONNECTIONS = 10;
// A server that is silent for so long is away: its connection is thrown away, and the statement counts as failed.
const ANSWER_MS = 30_000;
const LONGEST_PAUSE_MS = 5_000;
const HEARTBEAT_MS = 10_000;
// A migration may rewrite a table, or wait for another process that does.
const LONGEST_SCRIPT_MS = 3_600_000;

/**
 * Opens a database of a server.
 * @param onError told about connections that broke while nobody used them. They are replaced by themselves
 */
export function openPostgres(
  connectionString: string,
  onError: (error: Error) => void,
  { answerMs = ANSWER_MS, heartbeatMs = HEARTBEAT_MS } = {},
): Database {
  const options = {
    connectionString,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    query_timeout: answerMs,
  };
  const pool = new pg.Pool({ ...options, max: CONNECTIONS, application_name: 'generation-backend' });
  pool.on('error', onError);

  return {
    ...queriesOf(pool),
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      // The pool hears of connections that nobody uses, and an error that nobody hears ends the process.
      const onBreak = (error: Error) => {
        broken = error;
      };
      client.on('error', onBreak);
      try {
        await client.query('BEGIN');
        const result = await work(queriesOf(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // A connection that is silent, or cannot even roll back, is not used again.
        if (isSilent(error)) broken = error;
        else
          await client.query('ROLLBACK').catch((failed: Error) => {
            broken = failed;
          });
        throw error;
      } finally {
        client.off('error', onBreak);
        client.release(broken);
      }
    },
    listen: (channel, onNotification, onGap) =>
      keepListening(options, channel, { onNotification, onGap, onError }, heartbeatMs),
    forQueue: { connectionString, max: 5, query_timeout: 2 * answerMs },
    close: () => pool.end(),
  };
}

function queriesOf(connection: pg.Pool | pg.PoolClient): Queries {
  return {
    async query<R extends object = Row>(text: string, parameters: readonly unknown[] = [], name?: string) {
      return (await connection.query<R & Row>({ text, values: [...parameters], ...(name && { name }) })).rows;
    },
    async script(sql) {
      await connection.query({ text: sql, query_timeout: LONGEST_SCRIPT_MS } as pg.QueryConfig);
    },
  };
}

function isSilent(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
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
  heartbeatMs: number,
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
      const beat = { text: 'SELECT 1', query_timeout: heartbeatMs / 2 } as pg.QueryConfig;
      next.query(beat).catch(() => void next.end().catch(() => {}));
    }, heartbeatMs);
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
