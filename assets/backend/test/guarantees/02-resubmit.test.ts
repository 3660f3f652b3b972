import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimLost, recordResubmit } from '../../src/generations/reconciling.ts';
import { claimSubmits, SUBMIT_SECONDS } from '../../src/generations/submitting.ts';
import { startBackend, type TestBackend } from '../support/backend.ts';
import { acceptance, type FakeService, startFakeService, task } from '../support/fake-service.ts';

/** A submit that the service got. */
interface Post {
  key: string;
  body: string;
  /** The row at that moment. */
  row: Record<string, unknown>;
  /** Further ones that were marked as sent once more, and had not arrived. */
  others: number;
}

const NO_ANSWER = { status: 500, body: { status: 'FAILED', message: 'The answer is lost.' } };
const refusal = (status: number, message: string, headers = {}) => ({
  status,
  body: { status: 'FAILED', message },
  headers,
});

let backend: TestBackend;
let service: FakeService;
const posts: Post[] = [];
/** What the service answers to the submits of a prompt, one after the other. */
const script = new Map<string, ('lost' | ReturnType<typeof refusal>)[]>();
/** Tasks by their keys, and the keys of those that the list does not show yet. */
const tasks = new Map<string, string>();
const hidden = new Set<string>();
/** Lists that were asked for; what holds their answers back. */
let lists = 0;
let held: Promise<void> | undefined;

beforeAll(async () => {
  service = await startFakeService(async ({ url = '', headers }, body) => {
    if (!url.startsWith('/api/v1/generate/')) {
      lists += 1;
      await held;
      const shown = [...tasks].filter(([key]) => !hidden.has(key));
      const list = shown.map(([key, id]) => ({ ...task(id, 'PROGRESS'), idempotencyKey: key }));
      return { status: 200, body: { tasks: list } };
    }
    const key = String(headers['idempotency-key']);
    const { prompt } = JSON.parse(body) as { prompt: string };
    const [row] = await backend.database.query('SELECT * FROM generation WHERE id = $1', [key]);
    const marked = await backend.database.query<{ id: string }>(
      `SELECT id FROM generation WHERE status = 'reconciling' AND resubmitted_at > now() - interval '10 seconds' AND id <> $1`,
      [key],
    );
    const others = marked.filter(({ id }) => sent(id) < 2).length;
    posts.push({ key, body, row: row!, others });
    const answer = script.get(prompt)?.shift();
    if (answer !== 'lost' && answer !== undefined) {
      hidden.delete(key);
      return answer;
    }
    if (answer === undefined || prompt.startsWith('accepted')) tasks.set(key, `task-of-${key}`);
    if (answer === undefined) return acceptance(`task-of-${key}`);
    // Shown late, if it was accepted.
    hidden.add(key);
    return NO_ANSWER;
  });
  backend = await startBackend({ AIVIDEO_BASE_URL: service.origin }, { waits: 'none' });
});
afterAll(async () => {
  await backend.close();
  await service.close();
});

const sql = (text: string, ...values: unknown[]) => backend.database.query(text, values);
const row = async (id: string) => (await sql('SELECT * FROM generation WHERE id = $1', id))[0]!;
const sent = (id: string) => posts.filter(({ key }) => key === id).length;

/** Submits a prompt whose answers are given, and waits until the first one is lost. */
async function lose(prompt: string, ...answers: ('lost' | ReturnType<typeof refusal>)[]): Promise<string> {
  script.set(prompt, ['lost', ...answers]);
  const { id } = await backend.submit(prompt);
  await backend.until(id, 'reconciling');
  return id;
}

/** Lets time pass for a lost submit. */
async function passed(id: string, seconds: number): Promise<void> {
  await sql(
    `UPDATE generation SET lost_at = lost_at - make_interval(secs => $2), due_at = now(), wakes = wakes + 1,
       submit_started_at = submit_started_at - make_interval(secs => $2) WHERE id = $1`,
    id,
    seconds,
  );
}

/** Waits until the list was read and the row was compared with it. */
async function compared(id: string): Promise<void> {
  await sql('UPDATE generation SET attempts = 0, due_at = now(), wakes = wakes + 1 WHERE id = $1', id);
  const attempts = async () =>
    (await sql('SELECT attempts FROM generation WHERE id = $1 AND lease IS NULL', id))[0]?.attempts ?? 0;
  await expect.poll(attempts, { timeout: 30_000 }).toBeGreaterThan(0);
}

/** Holds submits and queries of the service back while `work` does what a worker does that dies. */
async function asDeadWorker(work: () => Promise<void>): Promise<void> {
  await sql(
    `UPDATE service_account SET paused_until = now() + interval '1 hour' WHERE provider = 'aivideomaker'`,
  );
  try {
    await work();
  } finally {
    await sql(`UPDATE service_account SET paused_until = NULL WHERE provider = 'aivideomaker'`);
  }
}

test('guarantee 2: a list that is clear for less than a minute sends nothing: a task that it shows late is found, and charged once (fault 74)', async () => {
  const id = await lose('accepted, and listed late');
  await passed(id, 57);
  // However slow this machine is, the minute is not over.
  const held = setInterval(() => {
    void sql(`UPDATE generation SET lost_at = now() - interval '57 seconds' WHERE id = $1`, id);
  }, 500);
  await compared(id);
  clearInterval(held);
  expect((await row(id)).status).toBe('reconciling');
  hidden.delete(id);
  await passed(id, 0);
  expect(await backend.until(id, 'pending', 'running')).toMatchObject({ taskId: `task-of-${id}` });
  expect(sent(id)).toBe(1);
});

test('guarantee 2: a submit that never arrived is sent once more, with its key, and the row says so before (fault 74)', async () => {
  const id = await lose('never arrived');
  await passed(id, 61);
  await backend.until(id, 'pending', 'running');
  const [first, second] = posts.filter(({ key }) => key === id);
  expect(second!.body).toBe(first!.body);
  expect(first!.row).toMatchObject({ status: 'submitting', resubmitted_at: null });
  expect(second!.row).toMatchObject({ status: 'reconciling', resubmitted_at: expect.any(Date) });
  expect(sent(id)).toBe(2);
});

test('guarantee 2: a list that was asked for before the minute was over gives nothing to a person: the next one decides', async () => {
  const id = await lose('the minute ends while the list is read');
  const before = lists;
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  await expect.poll(() => lists, { timeout: 20_000 }).toBeGreaterThan(before);
  const asked = performance.now();
  await expect.poll(() => performance.now() - asked).toBeGreaterThan(600);
  await sql(
    `UPDATE generation SET lost_at = now() - interval '60.1 seconds', due_at = now(), wakes = wakes + 1,
       submit_started_at = now() - interval '61 seconds' WHERE id = $1`,
    id,
  );
  held = undefined;
  release();
  await backend.until(id, 'pending', 'running', 'needs_attention');
  expect((await row(id)).status).not.toBe('needs_attention');
  expect(sent(id)).toBe(2);
});

test('guarantee 2: a submit whose second answer is lost, too, is never sent a third time', async () => {
  const id = await lose('lost twice', 'lost');
  await passed(id, 61);
  await expect.poll(() => sent(id), { timeout: 30_000 }).toBe(2);
  await compared(id);
  expect((await row(id)).status).toBe('reconciling');
  await passed(id, 61);
  const { attention } = await backend.until(id, 'needs_attention');
  expect(attention).toContain('sent once more');
  for (const command of [`npm run admin -- adopt ${id} <taskId>`, `abandon ${id}`, `retry ${id} --submit`])
    expect(attention).toContain(command);
  expect(await backend.operator('retry', id)).toMatch(/^0 .*is reconciling/);
  await backend.until(id, 'needs_attention');
  expect(sent(id)).toBe(2);
  // A person who has read the dashboard may.
  expect(await backend.operator('retry', id, '--submit')).toMatch(/^0 .*is queued/);
  await backend.until(id, 'pending', 'running');
  expect(sent(id)).toBe(3);
});

test('guarantee 2: a worker that died between commit and request: charged once in the end', async () => {
  let id = '';
  await asDeadWorker(async () => {
    let claimed: string[] = [];
    // A worker that was allowed to submit before the pause may take one along.
    for (let attempt = 0; attempt < 3 && claimed.length === 0; attempt += 1) {
      ({ id } = await backend.submit('nothing has left'));
      const { account } = await row(id);
      claimed = (await claimSubmits(backend.database, String(account), 100, null)).map((one) => one.id);
    }
    expect(claimed).toEqual([id]);
    await sql('UPDATE generation SET leased_until = now(), due_at = now() WHERE id = $1', id);
  });
  await backend.until(id, 'reconciling');
  const { lost_at, submit_started_at } = await row(id);
  // Its request may have been under way until its time was over.
  expect(Number(lost_at) - Number(submit_started_at)).toBe(SUBMIT_SECONDS * 1_000);
  await passed(id, 61);
  await compared(id);
  expect([sent(id), (await row(id)).status]).toEqual([0, 'reconciling']);
  await passed(id, SUBMIT_SECONDS);
  await backend.until(id, 'pending', 'running');
  expect(sent(id)).toBe(1);
});

test('guarantee 2: lost submits are sent once more one after the other: a worker that dies takes at most one along', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 4; n += 1) ids.push(await lose(`one of several ${n}`));
  // All of them are due at the same time.
  await asDeadWorker(async () => {
    for (const id of ids) await passed(id, 61);
  });
  for (const id of ids) await backend.until(id, 'pending', 'running');
  const marked = ids.map((id) => posts.findLast(({ key }) => key === id)!.others);
  expect(marked).toEqual([0, 0, 0, 0]);
});

test('guarantee 2: a worker that died in the second submit: never a third', async () => {
  const id = await lose('dies while it sends it once more');
  await asDeadWorker(async () => {
    await expect.poll(async () => (await row(id)).lease, { timeout: 20_000 }).toBe(null);
    await passed(id, 61);
    const { account } = await row(id);
    const lost = (await claimLost(backend.database, String(account), 100)).find((one) => one.id === id)!;
    expect(await recordResubmit(backend.database, lost)).toBe(true);
    // No other worker, and this one no second time.
    expect(await recordResubmit(backend.database, lost)).toBe(false);
    await sql('UPDATE generation SET leased_until = now() WHERE id = $1', id);
  });
  await passed(id, 61);
  await compared(id);
  expect((await row(id)).status).toBe('reconciling');
  await passed(id, SUBMIT_SECONDS);
  await backend.until(id, 'needs_attention');
  expect(sent(id)).toBe(1);

  // The second request had arrived, and the list that is read for another task shows it at last.
  tasks.set(id, `task-of-${id}`);
  hidden.delete(id);
  await backend.submit('read the list');
  expect(await backend.until(id, 'pending', 'running')).toMatchObject({
    taskId: `task-of-${id}`,
    attention: null,
  });
  expect(sent(id)).toBe(1);
});

test('guarantee 2: a second submit that is not accepted for now is none: it is sent when the service allows it', async () => {
  const id = await lose('not accepted for now', refusal(429, 'Too many requests.', { 'retry-after': '1' }));
  await passed(id, 61);
  await expect.poll(async () => (await row(id)).refused_at, { timeout: 30_000 }).not.toBe(null);
  await backend.until(id, 'pending', 'running');
  expect(sent(id)).toBe(3);
});

test('guarantee 2: a second submit whose input is rejected ends the generation, unless the list shows its task now', async () => {
  const id = await lose('rejected', refusal(422, 'The content was rejected.'));
  await passed(id, 61);
  expect(await backend.until(id, 'rejected')).toMatchObject({
    error: { code: 'INVALID_PAYLOAD' },
    taskId: null,
  });

  const shown = await lose('accepted, then rejected', refusal(422, 'The content was rejected.'));
  await passed(shown, 61);
  expect(await backend.until(shown, 'pending', 'running')).toMatchObject({ taskId: `task-of-${shown}` });
  expect([sent(id), sent(shown)]).toEqual([2, 2]);
});

test('guarantee 2: a second submit that the first one may have priced out asks a person', async () => {
  const id = await lose('no credits', refusal(402, 'Insufficient credits.'));
  await passed(id, 61);
  const { attention } = await backend.until(id, 'needs_attention');
  expect(attention).toContain('sent once more, and rejected');
  expect(await row(id)).toMatchObject({ resubmitted_at: null });
  await sql('UPDATE service_account SET submits_paused_until = NULL');
});

test('guarantee 2: a lost submit that its user has cancelled is not sent once more', async () => {
  const id = await lose('not wanted any more');
  expect((await backend.call('POST', `/v1/generations/${id}/cancel`)).status).toBe(202);
  await passed(id, 61);
  await backend.until(id, 'needs_attention');
  expect(sent(id)).toBe(1);
});

test('guarantee 2: the database refuses a second resubmit, and one outside of reconciling', async () => {
  const id = await lose('checked by a trigger', 'lost');
  await sql(`UPDATE generation SET due_at = now() + interval '1 hour', wakes = wakes + 1 WHERE id = $1`, id);
  await sql('UPDATE generation SET resubmitted_at = now() WHERE id = $1', id);
  const again = sql(`UPDATE generation SET resubmitted_at = now() + interval '1 second' WHERE id = $1`, id);
  await expect(again).rejects.toThrow('only once');
  await expect(sql('UPDATE generation SET resubmitted_at = NULL WHERE id = $1', id)).rejects.toThrow(
    'refusal',
  );
  const { id: running } = await backend.submit('accepted at once');
  await backend.until(running, 'pending', 'running');
  await expect(sql('UPDATE generation SET resubmitted_at = now() WHERE id = $1', running)).rejects.toThrow(
    'once',
  );
});
