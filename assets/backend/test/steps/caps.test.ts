import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordFailed } from '../../src/generations/polling.ts';
import {
  claimSubmits,
  recordAccepted,
  recordRejected,
  releaseHeld,
} from '../../src/generations/submitting.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ACCOUNT, create, created, row } from '../support/rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(() => db.database.query('DELETE FROM generation'));

const statuses = async (user: string) => {
  const rows = await db.database.query<{ status: string; n: number }>(
    'SELECT status, count(*)::int AS n FROM generation WHERE user_id = $1 GROUP BY status',
    [user],
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
};

test('MAX_CREDITS_PER_USER_PER_DAY holds for requests that come at once', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => create(db.database, {}, 50)));
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(5);
  expect(results.filter(({ outcome }) => outcome === 'overDailyCap')).toHaveLength(15);
  expect(await create(db.database, { user: 'bob' }, 50)).toMatchObject({ outcome: 'created' });
});

test('MAX_CREDITS_PER_USER_PER_DAY waits for the request of the same user that is being counted', async () => {
  let second: ReturnType<typeof create> | undefined;
  await db.database.transaction(async (own) => {
    await own.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', ['ann']);
    second = create(db.database, {}, 50);
    const waiting = () =>
      db.database.query(
        `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
      );
    await expect.poll(waiting, { timeout: 15_000 }).toHaveLength(1);
  });
  expect(await second).toMatchObject({ outcome: 'created' });
});

test('a request above the cap leaves nothing behind; repeating one below it costs nothing', async () => {
  await create(db.database, { key: 'first-key' }, 10);
  expect(await create(db.database, { key: 'second-key' }, 10)).toMatchObject({
    outcome: 'overDailyCap',
    reason: expect.stringContaining('20 credits are spent or reserved today; the limit is 10'),
  });
  expect(await create(db.database, { key: 'first-key' }, 10)).toMatchObject({ outcome: 'existing' });
  expect(await statuses('ann')).toEqual({ queued: 1 });
});

test('what is rejected or refunded does not count against the cap; what was charged counts as charged', async () => {
  const id = await created(db.database);
  const [submit] = await claimSubmits(db.database, ACCOUNT, 10, null);
  await recordAccepted(db.database, id, { id: 'task-cap', charged: 12 }, 0);
  expect((await row(db.database, id)).cost).toBe(12);
  await recordFailed(db.database, id, { status: 'failed', code: 'X', message: 'x', refunded: 12 });
  expect((await row(db.database, id)).cost).toBe(0);
  expect(submit?.id).toBe(id);

  const other = await created(db.database);
  const [second] = await claimSubmits(db.database, ACCOUNT, 10, null);
  await recordRejected(db.database, second!, { code: 'X', message: 'x' });
  expect((await row(db.database, other)).cost).toBe(0);
});

test('with a cap, a request whose price is not known has to name its own limit', async () => {
  expect(await create(db.database, { quoted: null }, 50)).toMatchObject({
    outcome: 'overDailyCap',
    reason: expect.stringContaining('maxCredits'),
  });
  expect(await create(db.database, { quoted: null, maxCredits: 20 }, 50)).toMatchObject({
    outcome: 'created',
  });
});

test('MAX_RUNNING_PER_USER holds for workers that claim at once, and other users pass those above it', async () => {
  await Promise.all(Array.from({ length: 12 }, () => created(db.database)));
  const bob = await created(db.database, { user: 'bob' });
  const claims = await Promise.all(Array.from({ length: 4 }, () => claimSubmits(db.database, ACCOUNT, 5, 3)));
  const ids = claims.flat().map(({ id }) => id);
  expect(await statuses('ann')).toEqual({ submitting: 3, queued: 9 });
  expect(ids).toContain(bob);
});

test('MAX_RUNNING_PER_USER: many requests above it, however old, keep no other user waiting', async () => {
  for (let n = 0; n < 30; n += 1) await created(db.database);
  // Those of one moment have one place in the queue.
  await db.database.query(`UPDATE generation SET queue_order = now() - interval '1 hour'`);
  const bob = await created(db.database, { user: 'bob' });
  expect(await claimSubmits(db.database, ACCOUNT, 5, 3)).toHaveLength(3);
  expect((await claimSubmits(db.database, ACCOUNT, 5, 3)).map(({ id }) => id)).toEqual([bob]);
  expect(await claimSubmits(db.database, ACCOUNT, 5, 3)).toEqual([]);

  // Further ones, while all places are taken.
  for (let n = 0; n < 10; n += 1) await created(db.database);
  const other = await created(db.database, { user: 'eve' });
  await db.database.query(
    `UPDATE generation SET queue_order = queue_order - interval '1 hour' WHERE user_id = 'ann'`,
  );
  expect((await claimSubmits(db.database, ACCOUNT, 5, 3)).map(({ id }) => id)).toEqual([other]);
});

test('an end frees one place, in the order of the requests', async () => {
  const [first, second, third] = [
    await created(db.database),
    await created(db.database),
    await created(db.database),
  ];
  await claimSubmits(db.database, ACCOUNT, 10, 1);
  expect(await claimSubmits(db.database, ACCOUNT, 10, 1)).toEqual([]);
  await recordAccepted(db.database, first, { id: 'task-1' }, 0);
  await recordFailed(db.database, first, { status: 'failed', code: 'X', message: 'x' });
  expect((await claimSubmits(db.database, ACCOUNT, 10, 1)).map(({ id }) => id)).toEqual([second]);
  expect((await row(db.database, third)).held).toBe(true);
});

test('upkeep frees held requests that an end has missed', async () => {
  const id = await created(db.database);
  await db.database.query('UPDATE generation SET held = true WHERE id = $1', [id]);
  expect(await claimSubmits(db.database, ACCOUNT, 10, 3)).toEqual([]);
  await releaseHeld(db.database, 3);
  expect((await claimSubmits(db.database, ACCOUNT, 10, 3)).map((one) => one.id)).toEqual([id]);
});

test('upkeep frees as many as there are places, and the oldest of them', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) ids.push(await created(db.database));
  await claimSubmits(db.database, ACCOUNT, 1, null);
  await db.database.query(`UPDATE generation SET held = true WHERE status = 'queued'`);
  await releaseHeld(db.database, 3);
  const free = await db.database.query<{ id: string }>(
    `SELECT id FROM generation WHERE status = 'queued' AND NOT held ORDER BY queue_order`,
  );
  expect(free.map(({ id }) => id)).toEqual(ids.slice(1, 3));
  await releaseHeld(db.database, null);
  expect(await claimSubmits(db.database, ACCOUNT, 10, null)).toHaveLength(7);
});

test('a user who sends many does not starve one who sends few', async () => {
  for (let n = 0; n < 60; n += 1) await created(db.database);
  const bob = await created(db.database, { user: 'bob' });
  const first = (await claimSubmits(db.database, ACCOUNT, 40, null)).map(({ id }) => id);
  expect(first).toContain(bob);
});

test('nor does a backlog that waits for long: the next requests of both are submitted alternately', async () => {
  for (let n = 0; n < 60; n += 1) await created(db.database);
  await db.database.query(`UPDATE generation SET queue_order = queue_order - interval '1 hour'`);
  const ofBob = [await created(db.database, { user: 'bob' }), await created(db.database, { user: 'bob' })];
  const claimed: string[] = [];
  for (let n = 0; n < 5; n += 1)
    claimed.push(...(await claimSubmits(db.database, ACCOUNT, 1, null)).map(({ id }) => id));
  expect(claimed).toEqual(expect.arrayContaining(ofBob));
  expect(await statuses('ann')).toEqual({ submitting: 3, queued: 57 });
});
