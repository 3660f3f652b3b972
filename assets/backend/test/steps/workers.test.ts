import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createAnnouncer, listenToChanges } from '../../src/generations/listen.ts';
import type { Change } from '../../src/generations/types.ts';
import { createLogger } from '../../src/observability/log.ts';
import { openJobs, STEPS } from '../../src/queue/boss.ts';
import { startBackend, type TestBackend } from '../support/backend.ts';
import { createTestDatabase } from '../support/database.ts';

let backend: TestBackend;
beforeAll(async () => {
  backend = await startBackend({}, { callbacks: true, waits: 'short' });
});
afterAll(() => backend.close());

const creates = () => backend.requests.filter((line) => /^POST \/api\/v1\/generate\//.test(line)).length;
const sql = (text: string, ...values: unknown[]) => backend.database.query(text, values);

test('a request becomes a stored file, charged once', async () => {
  const { id } = await backend.submit('a lighthouse');
  const done = await backend.until(id, 'succeeded');
  expect(done).toMatchObject({ credits: { charged: 15 }, error: null, attention: null });
  const file = await backend.call('GET', `/v1/generations/${id}/files/1`);
  expect((await file.arrayBuffer()).byteLength).toBe(done.files[0]!.bytes);
});

test('guarantee 1 and 2: a lost answer is found in the list, and charged once (fault 2)', async () => {
  const before = creates();
  const { id } = await backend.submit('a lighthouse [sandbox:lost-answer]');
  expect(await backend.until(id, 'succeeded')).toMatchObject({ credits: { charged: 15 } });
  expect(creates() - before).toBe(1);
});

/** Lets the time pass for which the list of the service has to be clear. */
const passed = (id: string, seconds = 61) =>
  sql(
    `UPDATE generation SET lost_at = lost_at - make_interval(secs => $2), submit_started_at = submit_started_at - make_interval(secs => $2), due_at = now() WHERE id = $1`,
    id,
    seconds,
  );

test('guarantee 2: a submit to a service without a list waits for a person, who may submit it again', async () => {
  const sent = () => backend.requests.filter((line) => line.startsWith('POST /api/generate/submit')).length;
  const before = sent();
  const { id } = await backend.submit('a lighthouse [sandbox:not-delivered]', { provider: 'apidot' });
  await backend.until(id, 'reconciling');
  // The time in which a callback may name the task.
  await passed(id, 3_601);
  const waiting = await backend.until(id, 'needs_attention');
  expect(waiting.attention).toContain(`adopt ${id}`);
  expect(await backend.operator('attention')).toContain(id);
  // Another search charges nothing, and finds nothing.
  expect(await backend.operator('retry', id)).toMatch(/^0 .*is reconciling/);
  await backend.until(id, 'needs_attention');
  expect(sent() - before).toBe(1);
  expect(await backend.operator('retry', id, '--submit')).toMatch(/^0 .*is queued/);
  await backend.until(id, 'succeeded');
  expect(sent() - before).toBe(2);
});

test('guarantee 2: a person gives a lost submit its task, once the service has confirmed it', async () => {
  const { id } = await backend.submit('a lighthouse [sandbox:not-delivered]', { provider: 'apidot' });
  await backend.until(id, 'reconciling');
  expect(await backend.operator('adopt', id, 'task-x')).toMatch(/^1 .*no lost submit that waits/);
  await passed(id, 3_601);
  await backend.until(id, 'needs_attention');
  const other = await backend.submit('a lighthouse', { provider: 'apidot' });
  const { taskId } = await backend.until(other.id, 'succeeded');

  // Unknown to the service; of another generation.
  expect(await backend.operator('adopt', id, 'task-unknown')).toMatch(/^1 /);
  expect(await backend.operator('adopt', id, taskId!)).toMatch(/^1 .*belongs to another generation/);
  expect((await backend.until(id, 'needs_attention')).taskId).toBeNull();

  // Its task, as a person finds it in the dashboard: made past the backend.
  const made = await fetch(`${backend.sandbox.origin}/api/generate/submit`, {
    method: 'POST',
    headers: { authorization: `Bearer ${backend.env.APIDOT_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-image-2', input: { prompt: 'a lighthouse' } }),
  });
  const { data } = (await made.json()) as { data: { task_id: string } };
  expect(await backend.operator('adopt', id, data.task_id)).toMatch(/^0 .*has task/);
  expect(await backend.until(id, 'succeeded')).toMatchObject({ taskId: data.task_id, attention: null });
  expect(await backend.operator('adopt', id, data.task_id)).toMatch(/^1 .*no lost submit that waits/);
});

test('guarantee 2: a service without a list is found by the callback that names its task, and charged once', async () => {
  const before = backend.requests.filter((line) => line.startsWith('POST /api/generate/submit')).length;
  const { id } = await backend.submit('a lighthouse [sandbox:lost-answer]', { provider: 'apidot' });
  await backend.until(id, 'succeeded');
  expect(
    backend.requests.filter((line) => line.startsWith('POST /api/generate/submit')).length - before,
  ).toBe(1);
});

test('guarantee 2: a task that a callback names is not adopted where it belongs to another generation', async () => {
  const { id } = await backend.submit('not delivered [sandbox:not-delivered]', { provider: 'apidot' });
  await backend.until(id, 'reconciling');
  const other = await backend.submit('a lighthouse', { provider: 'apidot' });
  const { taskId } = await backend.until(other.id, 'pending', 'running', 'saving', 'succeeded');
  await sql(
    `INSERT INTO callback_event (generation_id, task_id, state) VALUES ($1, $2, 'COMPLETED')`,
    id,
    taskId,
  );
  await sql('UPDATE generation SET due_at = now(), attempts = 0 WHERE id = $1', id);
  const attempts = async () =>
    (await sql('SELECT attempts FROM generation WHERE id = $1 AND lease IS NULL', id))[0]?.attempts;
  await expect.poll(attempts, { timeout: 30_000 }).toBeGreaterThan(0);
  expect((await sql('SELECT status FROM generation WHERE id = $1', id))[0]!.status).toBe('reconciling');
});

test.each([
  ['fail', 'failed', 'GENERATION_FAILED'],
  ['reject', 'rejected', 'INVALID_PAYLOAD'],
])('[sandbox:%s] ends as %s', async (marker, status, code) => {
  const { id } = await backend.submit(`a lighthouse [sandbox:${marker}]`);
  expect((await backend.until(id, 'failed', 'rejected', 'succeeded')).status).toBe(status);
  const [row] = await sql('SELECT error_code FROM generation WHERE id = $1', id);
  expect(row!.error_code).toBe(code);
});

test.each(['rate-limit', 'flaky', 'odd-state', 'expired-link', 'cut-download'])(
  '[sandbox:%s] is survived: one charge, and the file is whole',
  async (marker) => {
    const { id } = await backend.submit(`a lighthouse [sandbox:${marker}]`);
    expect(await backend.until(id, 'succeeded')).toMatchObject({
      credits: { charged: 15 },
      files: [{ n: 1 }],
    });
  },
);

test('before the submit a cancel always works; afterwards the service does it, and gives the credits back', async () => {
  // A task can be cancelled for 30 seconds.
  const one = await startBackend({ MAX_RUNNING_PER_USER: '1' }, { speed: 60 });
  onTestFinished(() => one.close());
  const running = await one.submit('a lighthouse [sandbox:slow]');
  await one.until(running.id, 'pending');
  const waiting = await one.submit('a lighthouse that waits [sandbox:slow]');

  const early = await one.call('POST', `/v1/generations/${waiting.id}/cancel`);
  expect(early.status).toBe(202);
  expect(await one.until(waiting.id, 'cancelled')).toMatchObject({ taskId: null });

  expect((await one.call('POST', `/v1/generations/${running.id}/cancel`)).status).toBe(202);
  expect(await one.until(running.id, 'cancelled')).toMatchObject({
    credits: { charged: 15, refunded: 15 },
  });
  expect(one.requests.filter((line) => line.startsWith('POST /api/v1/generate'))).toHaveLength(1);
});

test('a new generation shows in the event stream of another tab, although nothing is submitted', async () => {
  const one = await startBackend();
  onTestFinished(() => one.close());
  const first = await one.submit('a first one, which makes the row of the service');
  await one.until(first.id, 'succeeded');
  await one.database.query(`UPDATE service_account SET paused_until = 'infinity'`);
  const stream = await one.call('GET', '/v1/events');
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const readUntil = async (part: string) => {
    while (!text.includes(part)) text += (await reader.read()).value;
  };
  await readUntil('event: ready');
  const { id } = await one.submit('in another tab');
  await readUntil(id);
  await readUntil('"status":"queued"');
  await reader.cancel();
});

test('many new generations are announced together', async () => {
  const { database, close } = await createTestDatabase();
  let statements = 0;
  const counted = {
    ...database,
    query: (...args: Parameters<typeof database.query>) => {
      statements += 1;
      return database.query(...args);
    },
  } as typeof database;
  const changes = await listenToChanges(database);
  const heard: Change[] = [];
  changes.onChange((change) => heard.push(change));
  const announce = createAnnouncer(counted);
  for (let n = 0; n < 100; n += 1) announce({ user: 'ann', id: String(n) });
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(100);
  expect(statements).toBe(1);
  await changes.close();
  await close();
});

test('a lost job loses nothing: each step plans its next one before it works, and is swept every minute', async () => {
  const steps = STEPS.map((name) => ({ name })).sort((a, b) => a.name.localeCompare(b.name));
  const planned = `SELECT DISTINCT name FROM pgboss.job WHERE state = 'created' AND singleton_key LIKE 'in %' ORDER BY name`;
  await expect.poll(() => backend.database.query(planned), { timeout: 30_000 }).toEqual(steps);
  const swept = `SELECT name FROM pgboss.schedule WHERE cron = '* * * * *' ORDER BY name`;
  expect(await backend.database.query(swept)).toEqual(steps);
});

test('what is due soon does not wait for a job that was planned for later, and no job is planned twice', async () => {
  const db = await createTestDatabase();
  onTestFinished(() => db.close());
  const jobs = await openJobs(db.database, createLogger({ level: 'silent', secrets: [] }), false);
  onTestFinished(() => jobs.stop());
  for (const seconds of [600, 600, 1, 1]) await jobs.wakeLater('poll', seconds);
  const planned = await db.database.query(
    `SELECT start_after < now() + interval '5 minutes' AS soon FROM pgboss.job WHERE name = 'poll' ORDER BY start_after`,
  );
  expect(planned).toEqual([{ soon: true }, { soon: false }]);
});

test('no query was refused: all workers kept the limit of the service', () => {
  expect(backend.requests.filter((line) => line.startsWith('GET') && line.endsWith(' 429'))).toEqual([]);
});

test('nothing secret is in the log', () => {
  const log = backend.lines.join('');
  for (const secret of ['ak_test_of_the_backend', 'sk_test_of_the_backend', 'token-of-ann'])
    expect(log).not.toContain(secret);
  expect(log).not.toContain('lighthouse');
});
