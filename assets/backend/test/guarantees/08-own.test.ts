import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Queries } from '../../src/database/index.ts';
import { abandon } from '../../src/generations/attention.ts';
import { cancelGeneration, purge, removeGeneration } from '../../src/generations/change.ts';
import { recordCompleted, recordFailed } from '../../src/generations/polling.ts';
import {
  eventsAfter,
  findFile,
  findGeneration,
  listGenerations,
  pageQuery,
} from '../../src/generations/read.ts';
import { claimSaves, recordSaved } from '../../src/generations/saving.ts';
import { expired } from '../../src/generations/upkeep.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { accepted, create, created, memoryFiles, row } from '../support/rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

async function stored(files = memoryFiles()) {
  const id = await accepted(db.database);
  await recordCompleted(db.database, id, ['https://files.example/1.mp4'], { charged: 15 });
  const save = (await claimSaves(db.database, 1_000)).find((one) => one.id === id)!;
  const key = `results/${id}/1`;
  await files.put(key, Buffer.from('content'), { mediaType: 'video/mp4', bytes: 7 });
  await recordSaved(db.database, save, [
    { n: 1, key, mediaType: 'video/mp4', bytes: 7, sha256: 'c'.repeat(64) },
  ]);
  return { id, files };
}

test('guarantee 8: nothing of a generation is there for another user', async () => {
  const { id, files } = await stored();
  expect(await findGeneration(db.database, 'ann', id)).toMatchObject({ id });
  expect(await findGeneration(db.database, 'bob', id)).toBeNull();
  expect(await findFile(db.database, 'ann', id, 1)).toMatchObject({ storageKey: `results/${id}/1` });
  expect(await findFile(db.database, 'bob', id, 1)).toBeNull();
  expect(await eventsAfter(db.database, 'bob', id, null)).toEqual([]);
  expect(await removeGeneration(db.database, files, 'bob', id)).toBeNull();
  expect(await cancelGeneration(db.database, 'bob', id, () => true)).toBeNull();
  expect((await listGenerations(db.database, 'bob', { limit: 10 }))!.generations).toEqual([]);
});

test('pages of a list follow each other without a gap, newest first', async () => {
  for (let n = 0; n < 5; n += 1) await created(db.database, { user: 'eve' });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listGenerations(db.database, 'eve', { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page!.generations.map(({ id }) => id));
    cursor = page!.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(5);
  expect([...seen].sort().reverse()).toEqual(seen);
  expect(await listGenerations(db.database, 'eve', { limit: 2, cursor: 'elsewhere' })).toBeNull();
});

test('a deletion takes files and payload, keeps what accounting needs, and never makes a second charge', async () => {
  const { id, files } = await stored();
  const key = (await row(db.database, id)).idempotency_key as string;
  expect(await removeGeneration(db.database, files, 'ann', id)).toBe('deleted');
  expect(files.kept.size).toBe(0);
  expect(await row(db.database, id)).toMatchObject({
    payload: null,
    charged: 15,
    status: 'succeeded',
    purged_at: expect.any(Date),
  });
  expect(await findGeneration(db.database, 'ann', id)).toBeNull();
  expect(await create(db.database, { key })).toMatchObject({ outcome: 'existing', generation: { id } });
});

test('the beginning of a prompt is shown, and goes with the payload, also where an older program deletes that', async () => {
  const { database } = db;
  const shown = async (id: string) => (await findGeneration(database, 'ann', id))?.prompt;
  const long = await created(database, { payload: { prompt: `first line\nand \u0000${'😀'.repeat(400)}` } });
  expect(await shown(long)).toBe(`first line and  ${'😀'.repeat(284)}`);
  // Its payload is a file.
  const large = await created(database, { payload: { prompt: 'animate this', image: 'x'.repeat(40_000) } });
  expect(await shown(large)).toBe('animate this');
  for (const payload of [{ text: 'no prompt' }, { prompt: 7 }])
    expect(await shown(await created(database, { payload }))).toBeNull();

  const ended = async () => {
    const { id, files } = await stored();
    expect(await shown(id)).toBe('a lighthouse');
    return { id, files };
  };
  const deleted = await ended();
  await removeGeneration(database, deleted.files, 'ann', deleted.id);
  const expiring = await ended();
  // As it was before there was a prompt.
  await database.query('UPDATE generation SET purged_at = now(), payload = NULL WHERE id = $1', [
    expiring.id,
  ]);
  for (const { id } of [deleted, expiring]) expect((await row(database, id)).prompt).toBeNull();
});

test('what runs is not deleted', async () => {
  const id = await accepted(db.database);
  expect(await removeGeneration(db.database, memoryFiles(), 'ann', id)).toBe('running');
  expect((await row(db.database, id)).payload).not.toBeNull();
});

test('RETENTION_DAYS: files, payload and prompt of old ends go; a deletion that was interrupted is finished', async () => {
  const { id, files } = await stored();
  const { id: young } = await stored(files);
  await db.database.query(`UPDATE generation SET ended_at = now() - interval '31 days' WHERE id = $1`, [id]);
  const { id: interrupted } = await stored(files);
  await db.database.query('UPDATE generation SET deleted_at = now() WHERE id = $1', [interrupted]);
  const old = await expired(db.database, 30);
  expect(old).toContain(id);
  expect(old).toContain(interrupted);
  expect(old).not.toContain(young);
  await purge(db.database, files, id);
  expect(await findGeneration(db.database, 'ann', id)).toMatchObject({ status: 'succeeded', files: [] });
  expect(await expired(db.database, 30)).not.toContain(id);
});

test('a deletion takes files, too, that were stored of a result which was given up', async () => {
  const id = await accepted(db.database);
  await recordCompleted(db.database, id, ['https://x.example/1', 'https://x.example/2'], {});
  const files = memoryFiles();
  await files.put(`results/${id}/1`, Buffer.from('one of two'), { mediaType: 'text/plain', bytes: 10 });
  await db.database.query(
    `UPDATE generation SET status = 'needs_attention', attention = 'x', due_at = NULL WHERE id = $1`,
    [id],
  );
  await abandon(db.database, id);
  expect(await removeGeneration(db.database, files, 'ann', id)).toBe('deleted');
  expect([...files.kept.keys()]).toEqual([]);
});

test('events after an id are those that were missed, the last one with everything', async () => {
  const { id } = await stored();
  const [now] = await eventsAfter(db.database, 'ann', id, null);
  expect(now!.generation.status).toBe('succeeded');
  const all = await eventsAfter(db.database, 'ann', id, '0');
  expect(all.map(({ generation }) => generation.status)).toEqual([
    'submitting',
    'pending',
    'saving',
    'succeeded',
  ]);
  expect(await eventsAfter(db.database, 'ann', id, all[1]!.id)).toHaveLength(2);
  expect(await eventsAfter(db.database, 'ann', id, now!.id)).toEqual([]);
});

test('a list of a rare status reads no generation of another status', async () => {
  const { database } = db;
  const id = await created(database, { user: 'many' });
  await database.query(
    `INSERT INTO generation (id, user_id, idempotency_key, body_hash, provider, account, model, status, task_id, due_at, ended_at)
     SELECT gen_random_uuid(), 'many', 'key-of-many-' || n, 'x', 'aivideomaker', 'a', 't2v', 'failed', 'many-' || n, NULL, now()
     FROM generate_series(1, 20000) AS n`,
  );
  await database.query('ANALYZE generation');
  const { sql, values } = pageQuery('many', { status: 'queued', limit: 20 });
  const [plan] = await database.query<{ 'QUERY PLAN': { 'Shared Hit Blocks': number }[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
    values,
  );
  const text = JSON.stringify(plan);
  expect(text).toContain('generation_of_user_by_status');
  expect(text).not.toMatch(/"Rows Removed by Filter":[1-9]/);
  const page = await listGenerations(database, 'many', { status: 'queued', limit: 20 });
  expect(page!.generations.map((one) => one.id)).toEqual([id]);
});

test('events: a change while they are read is in them, or comes after them', async () => {
  const { database } = db;
  const id = await accepted(database);
  const first = (await eventsAfter(database, 'ann', id, null)).at(-1)!;
  await database.query(`UPDATE generation SET status = 'running' WHERE id = $1`, [id]);
  let isEnded = false;
  // The task ends as soon as anything was read.
  const changing: Queries = {
    ...database,
    async query<R extends object>(sql: string, parameters?: readonly unknown[]) {
      const rows = await database.query<R>(sql, parameters);
      if (!isEnded) await recordFailed(database, id, { status: 'failed', code: 'X', message: 'x' });
      isEnded = true;
      return rows;
    },
  };
  const read = await eventsAfter(changing, 'ann', id, first.id);
  const later = await eventsAfter(database, 'ann', id, read.at(-1)!.id);
  expect([...read, ...later].at(-1)!.generation.status).toBe('failed');
  expect(read.at(-1)!.generation.status).toBe('running');
});
