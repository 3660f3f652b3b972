// What the backend stands on is silent, full or put back: it fails in time, says so, and works again.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { openPostgres } from '../src/database/postgres.ts';
import { openBucket } from '../src/files/s3.ts';
import { toProblem } from '../src/http/problem.ts';
import { readInput } from '../src/queue/submit.ts';
import { createLimiter } from '../src/services/limiter.ts';
import { startBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function database(): Promise<TestDatabase> {
  const db = await createTestDatabase();
  undo.push(() => db.close());
  return db;
}

/** Starts a server that gets each connection. Returns its port. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Stands before a database. `silence` makes its connections of that moment silent: nothing passes, nobody is told. */
async function relayTo(url: string): Promise<{ url: string; silence(): void }> {
  const { hostname, port } = new URL(url);
  let pairs: Socket[] = [];
  const relay = new URL(url);
  relay.port = String(
    await listen((socket) => {
      const onward = connect(Number(port), hostname).on('error', () => {});
      socket.pipe(onward).pipe(socket);
      socket.once('close', () => onward.destroy());
      pairs.push(socket, onward);
    }),
  );
  return {
    url: relay.href,
    silence() {
      for (const socket of pairs) socket.unpipe().pause();
      pairs = [];
    },
  };
}

test('a connection that breaks between two statements of a transaction: the transaction fails, the process lives on', async () => {
  const { database: db } = await database();
  const broken = db.transaction(async (own) => {
    const [row] = await own.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await db.query('SELECT pg_terminate_backend($1)', [row!.pid]);
    await expect.poll(() => own.query('SELECT 1').then(String, String)).toMatch(/not queryable/);
    return own.query('SELECT 1');
  });
  await expect(broken).rejects.toThrow('not queryable');
  expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a database whose connections have died in silence: statements fail in time, and new connections take over', async () => {
  const relay = await relayTo((await database()).url);
  const db = openPostgres(relay.url, () => {}, { answerMs: 1_000, heartbeatMs: 500 });
  undo.push(() => db.close());
  let gaps = 0;
  const heard: string[] = [];
  undo.push(
    await db.listen(
      'generation',
      (payload) => heard.push(payload),
      () => {
        gaps += 1;
      },
    ),
  );
  await db.query('SELECT 1');
  relay.silence();
  await expect(db.query('SELECT 1')).rejects.toThrow('Query read timeout');
  expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await expect.poll(() => gaps, { timeout: 30_000 }).toBeGreaterThan(1);
  // On a busy machine a live connection may miss a beat, too, and what is said meanwhile.
  const said = async () => {
    await db.query(`SELECT pg_notify('generation', 'heard')`);
    return heard;
  };
  await expect.poll(said, { timeout: 30_000 }).toContain('heard');

  const inTransaction = db.transaction(async (tx) => {
    await tx.query('SELECT 1');
    relay.silence();
    await tx.query('SELECT 2');
  });
  await expect(inTransaction).rejects.toThrow('Query read timeout');
  expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a bucket that takes everything and says nothing fails in time, and holds no input for ever', async () => {
  env.AWS_ACCESS_KEY_ID = 'S3RVER';
  env.AWS_SECRET_ACCESS_KEY = 'S3RVER';
  const port = await listen((socket) => socket.resume());
  const store = openBucket({ bucket: 'media', endpoint: `http://127.0.0.1:${port}`, region: 'eu-1' }, 200);
  const file = { mediaType: 'text/plain', bytes: 1 };
  const calls = [
    () => store.put('results/a', Buffer.from('x'), file),
    () => store.open('results/a'),
    () => store.delete('results/a'),
    () => store.list('results', new Date()),
  ];
  for (const call of calls) {
    const error = await call().then(
      () => null,
      (failed: Error) => failed,
    );
    expect(toProblem(error!)).toMatchObject({ statusCode: 503, code: 'unavailable' });
  }

  // One that stops in the middle of a file.
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\ncontent-type: application/json\r\n\r\n{"prompt"';
  const slow = await listen((socket) => socket.once('data', () => socket.write(head)));
  const half = openBucket({ bucket: 'media', endpoint: `http://127.0.0.1:${slow}`, region: 'eu-1' }, 200);
  await expect(readInput(half, 'inputs/a', AbortSignal.timeout(300))).rejects.toThrow(/abort/i);
});

test.each(['53100', '53200', '40001', '25006', '57P03', 'ENOSPC', 'EROFS', 'EIO'])(
  '%s, such as a full disk, is no fault of the request: 503, to be repeated',
  (code) => {
    const { statusCode, headers } = toProblem(Object.assign(new Error('x'), { code }));
    expect([statusCode, headers['retry-after']]).toEqual([503, '5']);
  },
);

test('a clock that was put back by an hour holds no query back', async () => {
  const db = await database();
  const limiter = createLimiter(
    db.database,
    { provider: 'aivideomaker', account: 'a' },
    { burst: 2, perSecond: 1 },
  );
  const end = (await limiter.claimList(3))!;
  while (await limiter.acquire());
  // As it was written an hour ahead, by a worker that has died since.
  await db.database.query(
    `UPDATE service_account SET refilled_at = refilled_at + interval '1 hour', listed_at = now() + interval '1 hour',
       list_leased_until = list_leased_until + interval '1 hour'`,
  );
  expect(await limiter.acquire()).toBe(false);
  await expect.poll(() => limiter.acquire(), { timeout: 10_000 }).toBe(true);
  expect(await limiter.claimList(3)).not.toBeNull();
  expect(await limiter.claimList(3)).toBeNull();
  await end(false);
});

test('a stop does not wait for half a request, nor for a reader that has paused', async () => {
  const backend = await startBackend({}, { drainMs: 300 });
  undo.push(() => backend.close());
  const { port } = new URL((await backend.call('GET', '/healthz')).url);
  const half = connect(Number(port), '127.0.0.1').on('error', () => {});
  half.write('POST /v1/generations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-le');
  await once(half, 'connect');
  const closed = text(half);
  await backend.stop();
  expect(await closed).toBe('');
});
