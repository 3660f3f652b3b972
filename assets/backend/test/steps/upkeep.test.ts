import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordFailed } from '../../src/generations/polling.ts';
import { upkeepStep } from '../../src/queue/upkeep.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { accepted, row } from '../support/rows.ts';
import { type TestWork, workWith } from '../support/work.ts';

let db: TestDatabase;
let work: TestWork;
beforeAll(async () => {
  db = await createTestDatabase();
  work = await workWith(db.database, 'http://127.0.0.1:1');
});
afterAll(async () => {
  await work.close();
  await db.close();
});

test('a file that cannot be deleted keeps no other from its retention, and is tried again', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const id = await accepted(db.database);
    await recordFailed(db.database, id, { status: 'failed', code: 'X', message: 'x' });
    await db.database.query(
      `UPDATE generation SET ended_at = now() - interval '40 days', payload_key = 'inputs/' || id WHERE id = $1`,
      [id],
    );
    ids.push(id);
  }
  const [bad] = ids;
  const { delete: remove } = work.files;
  work.files.delete = (key) =>
    key.endsWith(bad!) ? Promise.reject(new Error('the store says no')) : remove(key);
  const purged = async () =>
    (await Promise.all(ids.map((id) => row(db.database, id)))).map(({ purged_at }) => purged_at !== null);
  await upkeepStep.run(work);
  expect(await purged()).toEqual([false, true, true]);
  work.files.delete = remove;
  await upkeepStep.run(work);
  expect(await purged()).toEqual([true, true, true]);
});
