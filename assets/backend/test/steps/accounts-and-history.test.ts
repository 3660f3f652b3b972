import { mkdir, readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { abandon, retry } from '../../src/generations/attention.ts';
import { recordCallback } from '../../src/generations/callbacks.ts';
import { readFigures } from '../../src/generations/figures.ts';
import { claimPolls, openTasks, recordFailed, recordListed } from '../../src/generations/polling.ts';
import { claimLost, findStaleSubmits, takenTasks } from '../../src/generations/reconciling.ts';
import { claimSaves } from '../../src/generations/saving.ts';
import { claimSubmits, recordAccepted, releaseHeld } from '../../src/generations/submitting.ts';
import { expired, forgetHistory, giveStrangersToPerson, spentInputs } from '../../src/generations/upkeep.ts';
import { upkeepStep } from '../../src/queue/upkeep.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ACCOUNT, accepted, created, row } from '../support/rows.ts';
import { workWith } from '../support/work.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const age = (id: string, seconds: number) =>
  db.database.query('UPDATE generation SET due_at = now() - make_interval(secs => $2) WHERE id = $1', [
    id,
    seconds,
  ]);

test('generations of a key that no worker has wait for a person, not for ever (fault 53)', async () => {
  const [old, young] = [await accepted(db.database), await accepted(db.database)];
  await age(old, 700);
  expect(await giveStrangersToPerson(db.database, [ACCOUNT])).toEqual([]);
  expect(await giveStrangersToPerson(db.database, ['aivideomaker:new'])).toEqual([old]);
  expect(await row(db.database, old)).toMatchObject({ status: 'needs_attention', due_at: null });
  expect((await row(db.database, young)).status).toBe('pending');
  expect(await retry(db.database, old, false)).toBe('pending');
});

test('what was never submitted is queued again by a person without a risk; a closed one is final', async () => {
  const id = await created(db.database);
  await age(id, 700);
  expect(await giveStrangersToPerson(db.database, ['aivideomaker:new'])).toEqual([]);
  expect(await giveStrangersToPerson(db.database, ['aivideomaker:sandbox'])).toEqual([id]);
  expect(await retry(db.database, id, false)).toBe('queued');
  await age(id, 700);
  await giveStrangersToPerson(db.database, ['aivideomaker:sandbox']);
  expect(await abandon(db.database, id)).toBe(true);
  expect(await abandon(db.database, id)).toBe(false);
  expect(await retry(db.database, id, true)).toBeUndefined();
});

test('old events and notices go, those of the retention time stay', async () => {
  await accepted(db.database);
  await claimSubmits(db.database, ACCOUNT, 10, null);
  const count = async () =>
    (await db.database.query<{ n: number }>('SELECT count(*)::int AS n FROM generation_event'))[0]!.n;
  const before = await count();
  await forgetHistory(db.database, 30);
  expect(await count()).toBe(before);
  await db.database.query(
    `UPDATE generation_event SET at = now() - interval '31 days' WHERE status = 'submitting'`,
  );
  await forgetHistory(db.database, 30);
  expect(await count()).toBeLessThan(before);
});

test('no statement that runs every few seconds reads ended rows', async () => {
  await db.database.script(`
    SET session_replication_role = replica;
    INSERT INTO generation (id, user_id, idempotency_key, body_hash, provider, account, model, status, task_id, submit_started_at, ended_at, due_at)
    SELECT gen_random_uuid(), 'u', 'key-of-the-' || n, 'x', 'aivideomaker', '${ACCOUNT}', 't2v', 'succeeded', 'old-' || n, now(), now(), NULL FROM generate_series(1, 20000) n;
    SET session_replication_role = origin;`);
  await db.database.script('VACUUM ANALYZE generation');
  const seen: string[] = [];
  const explaining = {
    ...db.database,
    async query(sql: string, parameters: readonly unknown[] = []) {
      const plan = await db.database.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, parameters);
      const lines = plan
        .map((line) => line['QUERY PLAN'])
        .filter((line) => /Seq Scan on generation( |$)/.test(line));
      seen.push(...lines.map((line) => `${line} in ${sql.trim().slice(0, 120)}`));
      return db.database.query(sql, parameters);
    },
  } as TestDatabase['database'];
  await claimSubmits(explaining, ACCOUNT, 10, null);
  await findStaleSubmits(explaining);
  await claimLost(explaining, ACCOUNT, 10);
  await claimPolls(explaining, ACCOUNT, 10, ['a', 'b']);
  await recordListed(explaining, ACCOUNT, ['a', 'b']);
  await openTasks(explaining, ACCOUNT, ['a', 'b']);
  await takenTasks(explaining, 'aivideomaker', ['a', 'b']);
  await claimSaves(explaining, 10);
  await releaseHeld(explaining, 3);
  await readFigures(explaining, [ACCOUNT]);
  await expired(explaining, 30);
  await spentInputs(explaining);
  await giveStrangersToPerson(explaining, [ACCOUNT]);
  await recordCallback(
    explaining,
    { provider: 'aivideomaker', taskId: 'old-7' },
    { taskId: 'old-7', state: 'X' },
  );
  await recordCallback(
    explaining,
    { provider: 'aivideomaker', token: 'no-such-token-1' },
    { taskId: '', state: 'X' },
  );
  expect(seen).toEqual([]);
});

test('after a restore: the statement of README gives queued generations to a person, who may adopt or retry them', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const statement = /```sql\n(UPDATE[\s\S]+?)```/.exec(readme)![1]!;
  const [one, other] = [await created(db.database), await created(db.database)];
  await db.database.query(statement);
  expect(await row(db.database, one!)).toMatchObject({ status: 'needs_attention', due_at: null });
  expect(await recordAccepted(db.database, one!, { id: 'task-after-restore' }, 0)).toBeDefined();
  expect(await row(db.database, one!)).toMatchObject({ status: 'pending', task_id: 'task-after-restore' });
  expect(await retry(db.database, other!, false)).toBe('queued');
});

test('one run does all that nobody waits for', async () => {
  const work = await workWith(db.database, 'http://127.0.0.1:1');
  onTestFinished(() => work.close());
  const sql = (text: string, ...values: unknown[]) => db.database.query(text, values);
  const info = { mediaType: 'application/json', bytes: 2 };
  const stranger = await created(db.database);
  await claimSubmits(db.database, 'aivideomaker:gone', 10, null);
  await recordAccepted(db.database, stranger, { id: 'ck-of-another-key' }, 0);
  await age(stranger, 700);
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
  // Of another user: an end of the same one would free it.
  const held = await created(db.database, { user: 'held' });
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
  const work = await workWith(db.database, 'http://127.0.0.1:1');
  onTestFinished(() => work.close());
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
