import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimPolls, recordCompleted, recordFailed } from '../../src/generations/polling.ts';
import { claimSaves, recordSaved, relink, saveLater } from '../../src/generations/saving.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ACCOUNT, accepted, row } from '../support/rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const URLS = ['https://files.example/1.mp4', 'https://files.example/2.mp4'];
const FILE = { mediaType: 'video/mp4', bytes: 7, sha256: 'c'.repeat(64) };
const files = (id: string) =>
  db.database.query(
    'SELECT n, source_url, storage_key FROM generation_file WHERE generation_id = $1 ORDER BY n',
    [id],
  );

async function saving() {
  const id = await accepted(db.database);
  await recordCompleted(db.database, id, URLS, { charged: 15 });
  const save = (await claimSaves(db.database, 1_000)).find((one) => one.id === id)!;
  return { id, save };
}

test('guarantee 3: the end of a task and its files are written together, once', async () => {
  const id = await accepted(db.database);
  const [poll] = await claimPolls(db.database, ACCOUNT, 1_000);
  expect(poll).toBeDefined();
  const ends = await Promise.all(
    [1, 2, 3].map(() => recordCompleted(db.database, id, URLS, { charged: 15 })),
  );
  expect(ends.filter(Boolean)).toHaveLength(1);
  expect(await row(db.database, id)).toMatchObject({
    status: 'saving',
    charged: 15,
    is_due: true,
    lease: null,
  });
  expect(await files(id)).toEqual([
    { n: 1, source_url: URLS[0], storage_key: null },
    { n: 2, source_url: URLS[1], storage_key: null },
  ]);
});

test('guarantee 3: an end whose files cannot be written is no end', async () => {
  const id = await accepted(db.database);
  const many = Array.from({ length: 101 }, (_, n) => `https://files.example/${n}.mp4`);
  await expect(recordCompleted(db.database, id, many, {})).rejects.toThrow();
  expect((await row(db.database, id)).status).toBe('pending');
  expect(await files(id)).toEqual([]);
});

test('guarantee 3: `succeeded` needs every file to be stored', async () => {
  const { id, save } = await saving();
  await expect(
    db.database.query(
      `UPDATE generation SET status = 'succeeded', ended_at = now(), due_at = NULL WHERE id = $1`,
      [id],
    ),
  ).rejects.toThrow('not every file is stored');
  const stored = URLS.map((_, at) => ({ n: at + 1, key: `results/${id}/${at + 1}`, ...FILE }));
  expect(await recordSaved(db.database, save, stored)).toBe(true);
  expect(await row(db.database, id)).toMatchObject({
    status: 'succeeded',
    due_at: null,
    ended_at: expect.any(Date),
  });
});

test('guarantee 3: a save that lost its lease ends nothing', async () => {
  const { id, save } = await saving();
  await db.database.query(`UPDATE generation SET leased_until = now() - interval '1 second' WHERE id = $1`, [
    id,
  ]);
  const second = (await claimSaves(db.database, 1_000)).find((one) => one.id === id)!;
  expect(await recordSaved(db.database, save, [{ n: 1, key: 'results/x/1', ...FILE }])).toBe(false);
  expect(await row(db.database, id)).toMatchObject({ status: 'saving', lease: second.lease });
});

test('guarantee 3: two workers never save one result; a failed attempt counts and comes again', async () => {
  const { id, save } = await saving();
  expect((await claimSaves(db.database, 1_000)).map((one) => one.id)).not.toContain(id);
  await saveLater(db.database, save, 0);
  const again = (await claimSaves(db.database, 1_000)).find((one) => one.id === id)!;
  expect(again.attempts).toBe(2);
});

test('guarantee 3: fresh links replace those of files that are not stored yet', async () => {
  const { id, save } = await saving();
  await relink(db.database, save, ['https://files.example/new.mp4', URLS[1]!]);
  expect((await files(id))[0]).toMatchObject({ source_url: 'https://files.example/new.mp4' });
});

test('an end is sticky: a later answer changes nothing (fault 29)', async () => {
  const id = await accepted(db.database);
  await recordFailed(db.database, id, {
    status: 'failed',
    code: 'GENERATION_FAILED',
    message: 'no',
    charged: 15,
    refunded: 15,
  });
  expect(await recordCompleted(db.database, id, URLS, {})).toBe(false);
  expect(await row(db.database, id)).toMatchObject({ status: 'failed', cost: 0 });
});
