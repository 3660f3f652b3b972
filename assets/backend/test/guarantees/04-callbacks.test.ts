import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashOfToken, recordCallback } from '../../src/generations/callbacks.ts';
import { claimPolls, recordCompleted, recordListed, recordRunning } from '../../src/generations/polling.ts';
import { claimLost, giveToPerson } from '../../src/generations/reconciling.ts';
import { claimSubmits, recordAccepted, recordLost } from '../../src/generations/submitting.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ACCOUNT, accepted, created, row } from '../support/rows.ts';

const provider = 'aivideomaker';
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const claims = (id: string) =>
  db.database.query('SELECT task_id, state, deliveries FROM callback_event WHERE generation_id = $1', [id]);

async function claimedWithToken() {
  const id = await created(db.database);
  const submit = (await claimSubmits(db.database, ACCOUNT, 1_000, null)).find((one) => one.id === id)!;
  return { id, submit, token: submit.callbackToken };
}

test('guarantee 4: a callback is recorded once however often it comes, and belongs to its token alone (faults 67, 69, 87)', async () => {
  const { id, token } = await claimedWithToken();
  for (let n = 0; n < 5; n += 1)
    expect(
      await recordCallback(db.database, { provider, token }, { taskId: 'task-cb', state: 'COMPLETED' }),
    ).toBe('recorded');
  expect(await claims(id)).toEqual([{ task_id: 'task-cb', state: 'COMPLETED', deliveries: 5 }]);
  // A repeated one makes a poll due, too, but not again within 5 seconds.
  const wokenAfter = (seconds: number) =>
    db.database.transaction(async (tx) => {
      const woken =
        'UPDATE generation SET wakes = 0, woken_at = now() - make_interval(secs => $2) WHERE id = $1';
      await tx.query(woken, [id, seconds]);
      await recordCallback(tx, { provider, token }, { taskId: 'task-cb', state: 'COMPLETED' });
      return (await tx.query('SELECT wakes FROM generation WHERE id = $1', [id]))[0]!.wakes;
    });
  expect([await wokenAfter(4), await wokenAfter(6)]).toEqual([0, 1]);

  expect(await recordCallback(db.database, { provider, token: `${token}x` }, { taskId: '', state: '' })).toBe(
    'unplaced',
  );
  expect(await recordCallback(db.database, { provider: 'apidot', token }, { taskId: '', state: '' })).toBe(
    'unplaced',
  );
  const kept = (await row(db.database, id)).callback_hash;
  expect(kept).toBe(hashOfToken(token));
});

test('guarantee 4: different claims of one generation are capped', async () => {
  const { id, token } = await claimedWithToken();
  for (let n = 0; n < 40; n += 1)
    await recordCallback(db.database, { provider, token }, { taskId: `t${n}`, state: 'PROGRESS' });
  expect(await claims(id)).toHaveLength(20);
});

test('guarantee 4: a callback makes the poll due, and its claim decides nothing (faults 68, 69)', async () => {
  const id = await accepted(db.database, 'task-due');
  await db.database.query(`UPDATE generation SET due_at = now() + interval '1 hour' WHERE id = $1`, [id]);
  await recordCallback(
    db.database,
    { provider, taskId: 'task-due' },
    { taskId: 'task-due', state: 'COMPLETED' },
  );
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', is_due: true });
});

test('guarantee 4: a wake-up that arrives during a poll is not lost', async () => {
  const id = await accepted(db.database, 'task-during');
  const poll = (await claimPolls(db.database, ACCOUNT, 1_000)).find((one) => one.id === id)!;
  await recordCallback(
    db.database,
    { provider, taskId: 'task-during' },
    { taskId: 'task-during', state: 'COMPLETED' },
  );
  await recordRunning(db.database, poll, { isRunning: true, providerState: 'PROGRESS', nextSeconds: 300 });
  expect(await row(db.database, id)).toMatchObject({ status: 'running', is_due: true, lease: null });
});

test('guarantee 4: without a wake-up the poll plans the next one', async () => {
  const id = await accepted(db.database, 'task-quiet');
  const poll = (await claimPolls(db.database, ACCOUNT, 1_000)).find((one) => one.id === id)!;
  await recordRunning(db.database, poll, { isRunning: false, providerState: 'SUBMITTED', nextSeconds: 300 });
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', is_due: false });
});

test('guarantee 4: a callback before the answer to the submit makes the first poll due at once (fault 87)', async () => {
  const { id, token } = await claimedWithToken();
  await recordCallback(db.database, { provider, token }, { taskId: 'task-early', state: 'COMPLETED' });
  expect((await row(db.database, id)).status).toBe('submitting');
  await recordAccepted(db.database, id, { id: 'task-early' }, 300);
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', is_due: true });
});

test('guarantee 2: a callback that names the task of a lost submit has it reconciled again, even when a person was asked', async () => {
  const { id, submit, token } = await claimedWithToken();
  await recordLost(db.database, submit);
  const lost = (await claimLost(db.database, ACCOUNT, 1_000)).find((one) => one.id === id)!;
  await giveToPerson(db.database, lost, 'nobody knows');
  await recordCallback(db.database, { provider, token }, { taskId: '', state: 'COMPLETED' });
  expect((await row(db.database, id)).status).toBe('needs_attention');
  await recordCallback(db.database, { provider, token }, { taskId: 'task-named', state: 'COMPLETED' });
  expect(await row(db.database, id)).toMatchObject({ status: 'reconciling', is_due: true, attention: null });
  const again = (await claimLost(db.database, ACCOUNT, 1_000)).find((one) => one.id === id)!;
  expect(again.namedTasks).toEqual(['task-named']);
});

test('guarantee 4: a callback after the end is recorded and changes nothing (fault 68)', async () => {
  const id = await accepted(db.database, 'task-after');
  await recordCompleted(db.database, id, ['https://files.example/1.mp4'], {});
  await recordCallback(
    db.database,
    { provider, taskId: 'task-after' },
    { taskId: 'task-after', state: 'FAILED' },
  );
  expect((await row(db.database, id)).status).toBe('saving');
});

test('a list of many tasks that have begun waits for no callback: the row that one holds is found by the next list', async () => {
  const tasks = Array.from({ length: 250 }, (_, n) => `listed-${n}`);
  const ids: string[] = [];
  for (const task of tasks) ids.push(await accepted(db.database, task));
  const running = async () =>
    (await db.database.query(`SELECT FROM generation WHERE task_id LIKE 'listed-%' AND status = 'running'`))
      .length;
  await db.database.transaction(async (tx) => {
    await tx.query('UPDATE generation SET wakes = wakes + 1 WHERE id = $1', [ids[7]]);
    await recordListed(db.database, ACCOUNT, tasks);
    expect(await running()).toBe(249);
  });
  await recordListed(db.database, ACCOUNT, tasks);
  expect(await running()).toBe(250);
});
