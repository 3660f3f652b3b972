import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findStaleSubmits } from '../../src/generations/reconciling.ts';
import {
  claimSubmits,
  recordAccepted,
  recordLost,
  recordRejected,
  requeue,
} from '../../src/generations/submitting.ts';
import { persist } from '../../src/queue/persist.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ACCOUNT, create, created, row } from '../support/rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const [silent] = [{ error: () => {} } as never];

async function claimed(): Promise<{ id: string; submit: Awaited<ReturnType<typeof claimSubmits>>[number] }> {
  const id = await created(db.database);
  const submit = (await claimSubmits(db.database, ACCOUNT, 1_000, null)).find((one) => one.id === id)!;
  return { id, submit };
}

test('guarantee 1: the same user and key twenty times at once is one generation (fault 92)', async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, () => create(db.database, { key: 'same-key-1' })),
  );
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
  expect(results.filter(({ outcome }) => outcome === 'existing')).toHaveLength(19);
  const ids = results.map((result) => ('generation' in result ? result.generation.id : ''));
  expect(new Set(ids).size).toBe(1);
});

test('guarantee 1: the same key with another body is a conflict; the same key of another user is another request (fault 92)', async () => {
  await create(db.database, { key: 'same-key-2' });
  expect(await create(db.database, { key: 'same-key-2', bodyHash: 'b'.repeat(64) })).toEqual({
    outcome: 'conflict',
  });
  expect(await create(db.database, { key: 'same-key-2', user: 'bob' })).toMatchObject({ outcome: 'created' });
});

test('guarantee 1: two workers never claim one submit', async () => {
  await Promise.all(Array.from({ length: 30 }, () => created(db.database)));
  const claims = await Promise.all(
    Array.from({ length: 6 }, () => claimSubmits(db.database, ACCOUNT, 10, null)),
  );
  const ids = claims.flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('guarantee 1: a claim commits `submitting` with its start; a worker that died there leaves a row to reconcile, never a queued one (faults 35, 85)', async () => {
  const { id } = await claimed();
  expect(await row(db.database, id)).toMatchObject({
    status: 'submitting',
    submit_started_at: expect.any(Date),
  });

  await findStaleSubmits(db.database);
  expect((await row(db.database, id)).status).toBe('submitting');

  await db.database.query(
    `UPDATE generation SET leased_until = now() - interval '1 second', due_at = now() - interval '1 second' WHERE id = $1`,
    [id],
  );
  await findStaleSubmits(db.database);
  expect(await row(db.database, id)).toMatchObject({ status: 'reconciling', lost_at: expect.any(Date) });
});

test.each(['submitting', 'reconciling'])(
  'guarantee 1: the database refuses the way from %s back to queued',
  async (status) => {
    const { id, submit } = await claimed();
    if (status === 'reconciling') await recordLost(db.database, submit);
    const back = db.database.query(
      `UPDATE generation SET status = 'queued', submit_started_at = NULL WHERE id = $1`,
      [id],
    );
    await expect(back).rejects.toThrow(/only a refusal|does not become/);
    expect((await row(db.database, id)).status).toBe(status);
  },
);

test('guarantee 1: a submit that the service certainly did not accept is queued again, with what it was', async () => {
  const { id, submit } = await claimed();
  await requeue(db.database, submit);
  expect(await row(db.database, id)).toMatchObject({
    status: 'queued',
    submit_started_at: null,
    lease: null,
    is_due: true,
  });
  expect((await claimSubmits(db.database, ACCOUNT, 1_000, null)).map((one) => one.id)).toContain(id);
});

test('guarantee 1: ends are final, and a task is never replaced', async () => {
  const { id, submit } = await claimed();
  await recordRejected(db.database, submit, { code: 'INVALID_PAYLOAD', message: 'no' });
  await expect(
    db.database.query(
      `UPDATE generation SET status = 'queued', ended_at = NULL, due_at = now() WHERE id = $1`,
      [id],
    ),
  ).rejects.toThrow('rejected does not become queued');

  const other = await claimed();
  await recordAccepted(db.database, other.id, { id: 'task-1' }, 0);
  await expect(
    db.database.query(`UPDATE generation SET task_id = 'task-2' WHERE id = $1`, [other.id]),
  ).rejects.toThrow('never change');
});

test('guarantee 1: an accepted task is written under any lease, and a second time (faults 36, 85)', async () => {
  const { id, submit } = await claimed();
  await recordLost(db.database, submit);
  expect(await recordAccepted(db.database, id, { id: 'task-late', charged: 15 }, 0)).toBeDefined();
  expect(await recordAccepted(db.database, id, { id: 'task-late', charged: 15 }, 0)).toBeDefined();
  expect(await recordAccepted(db.database, id, { id: 'task-other' }, 0)).toBeUndefined();
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', task_id: 'task-late', charged: 15 });
});

test('guarantee 1: a task belongs to one generation', async () => {
  const [one, other] = [await claimed(), await claimed()];
  await recordAccepted(db.database, one.id, { id: 'task-of-one' }, 0);
  await expect(recordAccepted(db.database, other.id, { id: 'task-of-one' }, 0)).rejects.toThrow('duplicate');
  expect(await row(db.database, other.id)).toMatchObject({ status: 'submitting', task_id: null });
});

test('guarantee 1: the task id is written as soon as the database is back, and is in the log until then (fault 86)', async () => {
  const logged: unknown[] = [];
  const log = { error: (facts: unknown) => void logged.push(facts) } as never;
  const { id } = await claimed();
  let failures = 3;
  await persist(log, { id, taskId: 'task-kept' }, async () => {
    if (failures-- > 0) throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    return recordAccepted(db.database, id, { id: 'task-kept' }, 0);
  });
  expect(logged).toHaveLength(3);
  expect(logged[0]).toMatchObject({ id, taskId: 'task-kept' });
  expect((await row(db.database, id)).task_id).toBe('task-kept');
});

test('what the database refuses is not written again and again', async () => {
  const write = () => db.database.query('SELECT 1 FROM there_is_no_such_table');
  await expect(Promise.race([persist(silent, {}, write), sleep(5_000)])).rejects.toThrow('does not exist');
});

test('a row that nobody will act on is impossible', async () => {
  const id = await created(db.database);
  await expect(db.database.query('UPDATE generation SET due_at = NULL WHERE id = $1', [id])).rejects.toThrow(
    'open_rows_are_due',
  );
});
