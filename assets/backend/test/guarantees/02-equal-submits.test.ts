import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { recordCallback } from '../../src/generations/callbacks.ts';
import { recordTask } from '../../src/generations/equal-submits.ts';
import { claimSubmits, recordAccepted, recordLost, type Submit } from '../../src/generations/submitting.ts';
import { pollStep } from '../../src/queue/poll.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { acceptance, startFakeService, task } from '../support/fake-service.ts';
import { ACCOUNT, created, row } from '../support/rows.ts';
import { type TestWork, workWith } from '../support/work.ts';

const PAYLOAD = { prompt: 'a lighthouse', aspectRatio: '16:9', duration: '5' };
const LOST_MINUTES = 2;

let db: TestDatabase;
let work: TestWork;
/** Keys of the submits that arrived, in their order. */
const keys: string[] = [];
/** The service's tasks by key: it honours them. */
const tasks = new Map<string, string>();
/** Whether the list names the keys of its tasks. */
let showsKeys = false;

let service: Awaited<ReturnType<typeof startFakeService>>;
beforeAll(async () => {
  db = await createTestDatabase();
  service = await startFakeService(({ method, url, headers }) => {
    const asked = [...tasks].find(([, id]) => url?.endsWith(`/${id}`));
    if (asked) return { status: 200, body: shown(...asked) };
    if (method !== 'POST')
      return { status: 200, body: { tasks: [...tasks].map(([key, id]) => shown(key, id)) } };
    const key = String(headers['idempotency-key']);
    keys.push(key);
    if (!tasks.has(key)) tasks.set(key, `task-${tasks.size + 1}`);
    return acceptance(tasks.get(key)!);
  });
  work = await workWith(db.database, service.origin);
});
afterAll(async () => {
  await work.close();
  await service.close();
  await db.close();
});
afterEach(async () => {
  await db.database.query('DELETE FROM generation');
  keys.length = 0;
  tasks.clear();
  showsKeys = false;
});

const shown = (key: string, id: string) => ({
  ...task(id, 'PROGRESS'),
  input: PAYLOAD,
  createdAt: new Date(Date.now() - LOST_MINUTES * 60_000).toISOString(),
  ...(showsKeys && { idempotencyKey: key }),
});
const sql = (text: string, ...values: unknown[]) => db.database.query(text, values);

/** Makes generations of several users whose submits were claimed two minutes ago. */
async function claimed(...payloads: object[]): Promise<Submit[]> {
  const made: string[] = [];
  for (const [n, payload] of payloads.entries())
    made.push(
      await created(db.database, {
        user: `user ${n}`,
        payload,
        bodyHash: JSON.stringify(payload).padEnd(64),
      }),
    );
  const submits = await claimSubmits(db.database, ACCOUNT, 10, null);
  await sql(`UPDATE generation SET submit_started_at = now() - make_interval(mins => $1)`, LOST_MINUTES);
  return made.map((id) => submits.find((submit) => submit.id === id)!);
}

async function lose(...submits: Submit[]): Promise<void> {
  for (const submit of submits) {
    await recordLost(db.database, submit);
    await sql(`UPDATE generation SET lost_at = submit_started_at WHERE id = $1`, submit.id);
  }
}

/** Reconciles those once, with a list that is read now. */
async function reconcile(...ids: string[]): Promise<void> {
  await sql(`UPDATE generation SET due_at = now() + interval '1 hour' WHERE due_at IS NOT NULL`);
  await sql('UPDATE generation SET due_at = now() WHERE id = ANY($1) AND due_at IS NOT NULL', ids);
  await sql('UPDATE service_account SET listed_at = NULL, permits = 10, paused_until = NULL');
  await pollStep.run(work);
}

test('guarantee 2: of two equal requests, one finds the task of the other: both get a task, and two are charged', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await lose(a, b);
  // The request of `a` never arrived.
  tasks.set(b.id, 'task-1');
  await reconcile(a.id);
  expect(await row(db.database, a.id)).toMatchObject({ task_id: 'task-1', found_alike: true });

  await reconcile(b.id);
  expect(keys).toEqual([b.id]);
  expect(await row(db.database, a.id)).toMatchObject({ task_id: 'task-1', found_alike: false });
  expect(await row(db.database, b.id)).toMatchObject({
    ...{ status: 'reconciling', task_id: null, submit_key: a.id, resubmitted_at: null, lease: null },
    is_due: true,
  });

  await reconcile(b.id);
  expect(keys).toEqual([b.id, a.id]);
  expect(await row(db.database, b.id)).toMatchObject({ status: 'pending', task_id: 'task-2' });
  expect(tasks.size).toBe(2);
});

test('guarantee 2: the submit that an equal request got is never sent a third time', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await lose(a, b);
  tasks.set(b.id, 'task-1');
  await sql('UPDATE generation SET resubmitted_at = lost_at WHERE id = $1', a.id);
  await reconcile(a.id);
  await reconcile(b.id);
  await reconcile(b.id);
  expect(await row(db.database, b.id)).toMatchObject({ status: 'needs_attention', submit_key: a.id });
  expect(keys).toEqual([b.id]);
});

test('guarantee 2: both search at the same time: one gets the task, and the other one is sent once more', async () => {
  const submits = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  const ids = submits.map(({ id }) => id);
  await lose(...submits);
  tasks.set(ids[1]!, 'task-1');
  for (let n = 0; n < 3; n += 1) await reconcile(...ids);
  const found = await sql('SELECT task_id FROM generation ORDER BY task_id');
  expect(found).toEqual([{ task_id: 'task-1' }, { task_id: 'task-2' }]);
  expect(tasks.size).toBe(2);
});

test('guarantee 2: while an equal submit is under way, no task without a key is given to a generation: it may be that of the other', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await lose(a);
  tasks.set(b.id, 'task-1');
  await reconcile(a.id);
  expect(await row(db.database, a.id)).toMatchObject({ status: 'reconciling', task_id: null });
  await recordAccepted(db.database, b.id, { id: 'task-1' }, 2);
  await reconcile(a.id);
  expect(await row(db.database, a.id)).toMatchObject({ status: 'pending', task_id: 'task-2' });
  expect(keys).toEqual([a.id]);
});

test('guarantee 2: nor while another request is lost that the list may not tell from this one: a person decides', async () => {
  const [a, b] = (await claimed(PAYLOAD, { ...PAYLOAD, image: 'another one' })) as [Submit, Submit];
  await lose(a, b);
  tasks.set(b.id, 'task-1');
  await reconcile(a.id);
  expect(await row(db.database, a.id)).toMatchObject({ status: 'needs_attention', task_id: null });
  expect(keys).toEqual([]);
});

test('guarantee 2: the list names the key late: the one that waits for a person gets the submit of the other', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await lose(a, b);
  tasks.set(b.id, 'task-1');
  await reconcile(a.id);
  await sql('UPDATE generation SET resubmitted_at = lost_at WHERE id = $1', b.id);
  await reconcile(b.id);
  expect(await row(db.database, b.id)).toMatchObject({ status: 'needs_attention' });
  showsKeys = true;
  await reconcile(a.id);
  expect(await row(db.database, b.id)).toMatchObject({
    status: 'reconciling',
    submit_key: a.id,
    attention: null,
  });
  await reconcile(b.id);
  expect(await row(db.database, b.id)).toMatchObject({ status: 'pending', task_id: 'task-2' });
  expect(keys).toEqual([a.id]);
});

test('guarantee 2: an answer that names the task of another request gives nothing away: a person decides', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await recordAccepted(db.database, a.id, { id: 'task-1' }, 2);
  await lose(b);
  tasks.set(b.id, 'task-1');
  await reconcile(b.id);
  const { status, attention } = await row(db.database, b.id);
  expect(status).toBe('needs_attention');
  expect(attention).toContain('task task-1, which another generation has');
  // Its list shows that key from now on: nothing changes, and other rows get what is theirs.
  showsKeys = true;
  await reconcile(a.id);
  expect(await row(db.database, b.id)).toMatchObject({ status: 'needs_attention', task_id: null });
});

test('guarantee 2: a callback names the task that an equal one has found: nothing is sent, and each gets its submit', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await lose(a, b);
  tasks.set(b.id, 'task-1');
  await reconcile(a.id);
  const token = { provider: 'aivideomaker', token: b.callbackToken };
  await recordCallback(db.database, token, { taskId: 'task-1', state: 'PROGRESS' });
  await reconcile(b.id);
  expect(keys).toEqual([]);
  expect(await row(db.database, a.id)).toMatchObject({ task_id: 'task-1', found_alike: false });
  expect(await row(db.database, b.id)).toMatchObject({ status: 'reconciling', submit_key: a.id });

  await reconcile(b.id);
  expect(keys).toEqual([a.id]);
  expect(await row(db.database, b.id)).toMatchObject({ task_id: 'task-2' });
});

test('guarantee 2: callbacks belong to the submit: earlier and later ones name the task of the one that gets it', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await lose(a, b);
  tasks.set(b.id, 'task-1');
  await reconcile(a.id);
  const told = (submit: Submit, taskId: string, state = 'PROGRESS') =>
    recordCallback(db.database, { provider: 'aivideomaker', token: submit.callbackToken }, { taskId, state });
  await told(a, 'task-2');
  await told(b, 'task-1');
  await reconcile(b.id);
  expect(await row(db.database, b.id)).toMatchObject({ status: 'reconciling', submit_key: a.id });

  // The list could not tell; a later callback ends that, too.
  await sql(
    `UPDATE generation SET status = 'needs_attention', attention = 'x', due_at = NULL WHERE id = $1`,
    b.id,
  );
  expect(await told(a, 'task-2', 'COMPLETED')).toBe('recorded');
  expect(await row(db.database, b.id)).toMatchObject({ status: 'reconciling', is_due: true });
  tasks.set(a.id, 'task-2');
  await reconcile(b.id);
  expect(keys).toEqual([]);
  expect(await row(db.database, b.id)).toMatchObject({ task_id: 'task-2', found_alike: false });
  expect(await row(db.database, a.id)).toMatchObject({ task_id: 'task-1' });
});

test('guarantee 2: a callback that names the task of another request gives nothing away', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await recordAccepted(db.database, a.id, { id: 'task-1' }, 2);
  tasks.set(a.id, 'task-1');
  await lose(b);
  const token = { provider: 'aivideomaker', token: b.callbackToken };
  await recordCallback(db.database, token, { taskId: 'task-1', state: 'PROGRESS' });
  await reconcile(b.id);
  expect(await row(db.database, a.id)).toMatchObject({ task_id: 'task-1', submit_key: null });
  expect(await row(db.database, b.id)).toMatchObject({ task_id: 'task-2', submit_key: null });
});

test('guarantee 2: one exchange of two that begin together', async () => {
  const [a, b] = (await claimed(PAYLOAD, PAYLOAD)) as [Submit, Submit];
  await lose(a, b);
  const at = { firstPollSeconds: 2, foundAlike: true };
  await recordTask(db.database, a.id, { id: 'task-1' }, at);
  const both = [1, 2].map(() =>
    recordTask(db.database, b.id, { id: 'task-1' }, { ...at, foundAlike: false }),
  );
  expect((await Promise.all(both)).sort()).toEqual(['exchanged', 'taken']);
  expect(await row(db.database, a.id)).toMatchObject({ task_id: 'task-1', submit_key: b.id });
});
