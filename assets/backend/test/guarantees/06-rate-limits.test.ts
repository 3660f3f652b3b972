import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../src/observability/log.ts';
import { openJobs } from '../../src/queue/boss.ts';
import { bucketOf, createLimiter } from '../../src/services/limiter.ts';
import { createService } from '../../src/services/service.ts';
import { startBackend, type TestBackend } from '../support/backend.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type FakeService, startFakeService, task } from '../support/fake-service.ts';

const RUNNING = 10_000;
const ENDING = 300;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const opened: (TestBackend | FakeService)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const bucket = bucketOf(60);
const limiter = (account: string) =>
  createLimiter(db.database, { provider: 'aivideomaker', account }, bucket);
const shift = (account: string, column: string, seconds: number) =>
  db.database.query(
    `UPDATE service_account SET ${column} = ${column} - make_interval(secs => $2) WHERE account = $1`,
    [account, seconds],
  );

test('guarantee 6: in any minute no more queries pass than the limit', () => {
  expect(bucket.burst + 60 * bucket.perSecond).toBeLessThanOrEqual(60);
});

test('guarantee 6: all workers share one bucket, which refills with time', async () => {
  const workers = [limiter('shared'), limiter('shared'), limiter('shared')];
  const taken = await Promise.all(Array.from({ length: 60 }, (_, n) => workers[n % 3]!.acquire()));
  expect(taken.filter(Boolean)).toHaveLength(bucket.burst);
  await shift('shared', 'refilled_at', 3.7);
  const later = await Promise.all(Array.from({ length: 10 }, (_, n) => workers[n % 3]!.acquire()));
  expect(later.filter(Boolean)).toHaveLength(3);
});

test('guarantee 6: a pause holds all workers until its time, and a shorter one does not shorten it (faults 13, 15)', async () => {
  const [one, other] = [limiter('paused'), limiter('paused')];
  await one.pause(30);
  await other.pause(1);
  expect(await other.isOpen()).toBe(false);
  expect(await other.acquire()).toBe(false);
  await shift('paused', 'paused_until', 29);
  expect(await other.isOpen()).toBe(false);
  await shift('paused', 'paused_until', 2);
  expect(await other.isOpen()).toBe(true);
});

test('guarantee 6: refusals without a time pause longer and longer, until one query succeeds', async () => {
  const one = limiter('growing');
  const pause = async () => {
    await db.database.query(`UPDATE service_account SET paused_until = NULL WHERE account = 'growing'`);
    await one.pause(null);
    const [row] = await db.database.query<{ s: number }>(
      `SELECT round(extract(epoch FROM paused_until - now()))::int AS s FROM service_account WHERE account = 'growing'`,
    );
    return row!.s;
  };
  expect([await pause(), await pause(), await pause()]).toEqual([5, 10, 20]);
  await one.succeeded();
  expect(await pause()).toBe(5);
});

test('guarantee 6: refusals at once are one pause; a service that is away is asked again soon', async () => {
  const one = limiter('away');
  const paused = async () => {
    const [row] = await db.database.query<{ s: number }>(
      `SELECT round(extract(epoch FROM paused_until - now()))::int AS s FROM service_account WHERE account = 'away'`,
    );
    return row!.s;
  };
  for (let n = 0; n < 10; n += 1) await one.pause(null);
  expect(await paused()).toBe(5);
  for (const seconds of [10, 15, 15, 15]) {
    await db.database.query(`UPDATE service_account SET paused_until = now() WHERE account = 'away'`);
    for (let n = 0; n < 10; n += 1) await one.pause(null, 15);
    expect(await paused()).toBe(seconds);
  }
});

test('guarantee 6: a key that is not valid stops everything until an operator resumes it (fault 91)', async () => {
  const one = limiter('stopped');
  await one.stop('401');
  await shift('stopped', 'refilled_at', 3_600);
  expect([await one.isOpen(), await one.acquire(), await one.claimList(0)]).toEqual([false, false, null]);
  await one.resume();
  expect([await one.isOpen(), await one.acquire()]).toEqual([true, true]);
});

test('guarantee 6: one worker reads the list within an interval; a dead reader is replaced', async () => {
  const workers = [limiter('list'), limiter('list')];
  const [first, second] = await Promise.all(workers.map((one) => one.claimList(3)));
  expect([first === null, second === null].filter(Boolean)).toHaveLength(1);
  await (first ?? second)!(true);
  expect(await workers[0]!.claimList(3)).toBeNull();
  await shift('list', 'listed_at', 4);
  expect(await workers[0]!.claimList(3)).not.toBeNull();
  await shift('list', 'list_leased_until', 61);
  expect(await workers[1]!.claimList(3)).not.toBeNull();
});

test('guarantee 6: other keys have budgets of their own (fault 84)', async () => {
  await limiter('key-1').stop('401');
  expect(await limiter('key-2').acquire()).toBe(true);
});

test('a row that was lost with a restored database is made again', async () => {
  const one = limiter('restored');
  expect(await one.acquire()).toBe(true);
  await db.database.query(`DELETE FROM service_account WHERE account = 'restored'`);
  await one.isOpen();
  expect([await one.isOpen(), await one.acquire()]).toEqual([true, true]);
});

test('guarantee 6: one list query at a time serves 10,000 running tasks within 60 queries a minute, and ends are seen by the next one (fault 80)', async () => {
  const times: number[] = [];
  let refused = 0;
  let isEnded = false;
  const service = await startFakeService(({ url }) => {
    const now = performance.now();
    if (times.filter((at) => at > now - 60_000).length >= 60) {
      refused += 1;
      return {
        status: 429,
        body: { status: 'FAILED', errorCode: 'RATE_LIMITED' },
        headers: { 'retry-after': '30' },
      };
    }
    times.push(now);
    if (url !== '/api/v1/tasks') return { status: 200, body: task('ck-1', 'PROGRESS') };
    const tasks = Array.from({ length: RUNNING }, (_, n) =>
      task(`ck-${n}`, isEnded && n < ENDING ? 'FAILED' : 'PROGRESS'),
    );
    return { status: 200, body: { tasks } };
  });
  opened.push(service);
  const backend = await startBackend({ AIVIDEO_BASE_URL: service.origin });
  opened.push(backend);
  const key = backend.env.AIVIDEO_API_KEY!;
  const { account } = createService({ provider: 'aivideomaker', key, baseUrl: service.origin }, null);
  await backend.database.query(
    `INSERT INTO generation (id, user_id, idempotency_key, body_hash, provider, account, model, status, task_id, submit_started_at, submitted_at, due_at)
     SELECT gen_random_uuid(), 'ann', 'key-of-' || n, 'x', 'aivideomaker', $1, 't2v', 'pending', 'ck-' || n, now(), now(), now()
     FROM generate_series(0, ${RUNNING - 1}) n`,
    [account],
  );
  // As submits announce what they have made.
  const jobs = await openJobs(backend.database, createLogger({ level: 'silent', secrets: [] }), false);
  await jobs.wakeLater('poll', 1);
  await jobs.stop();
  const count = async (status: string) =>
    (
      await backend.database.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM generation WHERE status = $1',
        [status],
      )
    )[0]!.n;
  await expect.poll(() => count('running'), { timeout: 40_000, interval: 500 }).toBe(RUNNING);

  isEnded = true;
  const lists = () => service.seen.filter((line) => line === 'GET /api/v1/tasks').length;
  const before = lists();
  await expect.poll(() => count('failed'), { timeout: 40_000, interval: 200 }).toBe(ENDING);
  // One that was on its way, and the next one.
  expect(lists() - before).toBeLessThanOrEqual(2);
  expect(refused).toBe(0);
  expect(service.seen.filter((line) => line !== 'GET /api/v1/tasks')).toEqual([]);
});
