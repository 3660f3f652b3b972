import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordCallback } from '../../src/generations/callbacks.ts';
import { claimPolls, recordRunning } from '../../src/generations/polling.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ACCOUNT, accepted, row } from '../support/rows.ts';

const provider = 'aivideomaker';
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

test('guarantee 5: two workers never poll one task at once, and a callback does not end a lease (fault 88)', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, n) => accepted(db.database, `task-lease-${n}`)),
  );
  const claimsOfAll = await Promise.all(
    Array.from({ length: 5 }, () => claimPolls(db.database, ACCOUNT, 10)),
  );
  const polled = claimsOfAll.flat().map(({ id }) => id);
  expect(new Set(polled).size).toBe(polled.length);

  for (let n = 0; n < 20; n += 1)
    await recordCallback(
      db.database,
      { provider, taskId: `task-lease-${n}` },
      { taskId: `task-lease-${n}`, state: 'COMPLETED' },
    );
  const second = (await claimPolls(db.database, ACCOUNT, 1_000)).map(({ id }) => id);
  expect(second.filter((id) => polled.includes(id))).toEqual([]);
  expect(ids).toHaveLength(20);
});

test('guarantee 5: a result of a poll whose lease has passed to another worker changes nothing', async () => {
  const id = await accepted(db.database, 'task-slow');
  const slow = (await claimPolls(db.database, ACCOUNT, 1_000)).find((one) => one.id === id)!;
  await db.database.query(`UPDATE generation SET leased_until = now() - interval '1 second' WHERE id = $1`, [
    id,
  ]);
  const second = (await claimPolls(db.database, ACCOUNT, 1_000)).find((one) => one.id === id)!;
  await recordRunning(db.database, slow, { isRunning: true, providerState: 'PROGRESS', nextSeconds: 300 });
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', lease: second.lease });
});
