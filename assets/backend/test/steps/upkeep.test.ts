import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordFailed } from '../../src/generations/polling.ts';
import { claimSubmits, recordAccepted } from '../../src/generations/submitting.ts';
import { upkeepStep } from '../../src/queue/upkeep.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { accepted, created, row } from '../support/rows.ts';
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

test('one run does all that nobody waits for', async () => {
  const sql = (text: string, ...values: unknown[]) => db.database.query(text, values);
  const info = { mediaType: 'application/json', bytes: 2 };
  const stranger = await created(db.database);
  await claimSubmits(db.database, 'aivideomaker:gone', 10, null);
  await recordAccepted(db.database, stranger, { id: 'ck-of-another-key' }, 0);
  await sql(`UPDATE generation SET due_at = now() - interval '1 hour'`);
  const endless = await accepted(db.database);
  await sql(`UPDATE generation SET submitted_at = now() - interval '21 hours' WHERE id = $1`, endless);
  await sql(`UPDATE generation_event SET at = now() - interval '21 hours' WHERE generation_id = $1`, endless);
  const cancelled = await created(db.database);
  const input = `inputs/${cancelled}`;
  await sql(
    `UPDATE generation SET status = 'cancelled', ended_at = now(), due_at = NULL, payload_key = $2 WHERE id = $1`,
    cancelled,
    input,
  );
  await work.files.put(input, Buffer.from('{}'), info);
  await work.files.put('inputs/00000000-0000-7000-8000-000000000000', Buffer.from('{}'), info);
  const held = await created(db.database);
  await sql('UPDATE generation SET held = true WHERE id = $1', held);
  await sql(
    `INSERT INTO generation_event (generation_id, status, at) VALUES ($1, 'of old', now() - interval '31 days')`,
    held,
  );
  const left = join(work.config.dataDir, 'downloads', 'of-a-worker-that-died');
  await mkdir(left, { recursive: true });
  await utimes(left, 0, 0);

  await upkeepStep.run(work);
  expect((await row(db.database, held)).held).toBe(false);
  for (const [id, word] of [
    [stranger, 'Configure that key'],
    [endless, 'has not ended in 20 hours'],
  ] as const) {
    const { status, attention } = await row(db.database, id);
    expect(status).toBe('needs_attention');
    expect(attention).toContain(word);
    expect(attention).toContain(`retry ${id}`);
    expect(attention).toContain(`abandon ${id}`);
  }
  expect((await row(db.database, cancelled)).payload_key).toBeNull();
  expect([...work.files.kept.keys()]).toEqual([]);
  expect(await sql(`SELECT id FROM generation_event WHERE status = 'of old'`)).toEqual([]);
  expect(await readdir(join(work.config.dataDir, 'downloads'))).toEqual([]);
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
