import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findGeneration } from '../../src/generations/read.ts';
import { createLogger } from '../../src/observability/log.ts';
import { pollStep } from '../../src/queue/poll.ts';
import { submitStep } from '../../src/queue/submit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Answer, acceptance, startFakeService, task } from '../support/fake-service.ts';
import { accepted, accountOf, created, row } from '../support/rows.ts';
import { workWith } from '../support/work.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await db.database.query('DELETE FROM generation');
  await db.database.query('DELETE FROM service_account');
});

const sql = (text: string, ...values: unknown[]) => db.database.query(text, values);
const statusOf = async (id: string) => (await row(db.database, id)).status;
const refusal = (status: number, message: string): Answer => ({
  status,
  body: { status: 'FAILED', message },
});
const isSubmit = (url: string) => url.startsWith('/api/v1/generate/') || url === '/api/generate/submit';

async function setUp(answer: (url: string, body: string) => Answer, account?: (provider: string) => string) {
  const service = await startFakeService(({ url = '' }, body) => answer(url, body));
  opened.push(service);
  const work = await workWith(db.database, service.origin, account);
  opened.push(work);
  return { service, work };
}

let made = 0;
const accept = () => {
  made += 1;
  return acceptance(`ck-made-${made}`);
};
const withPrompt = (prompt: string, more = {}) =>
  created(db.database, { payload: { prompt, aspectRatio: '16:9', duration: '5' }, ...more });

test('what is queued when a key is replaced is submitted with the new one; what the sandbox was asked for never is', async () => {
  const { service, work } = await setUp(accept, (provider) => `${provider}:new`);
  const id = await withPrompt('queued under the old key');
  const sandboxed = await withPrompt('queued in the sandbox');
  await sql(`UPDATE generation SET due_at = now() - interval '1 hour'`);
  await db.database.script('ALTER TABLE generation DISABLE TRIGGER check_generation');
  await sql(`UPDATE generation SET account = 'aivideomaker:sandbox' WHERE id = $1`, sandboxed);
  await db.database.script('ALTER TABLE generation ENABLE TRIGGER check_generation');
  await submitStep.run(work);
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', account: 'aivideomaker:new' });
  expect(await row(db.database, sandboxed)).toMatchObject({
    status: 'queued',
    account: 'aivideomaker:sandbox',
  });
  expect(service.seen).toHaveLength(1);
});

test('a task stays with the key that made it: the database refuses another account once it is submitted', async () => {
  const id = await accepted(db.database);
  await expect(sql(`UPDATE generation SET account = 'aivideomaker:new' WHERE id = $1`, id)).rejects.toThrow(
    'never change',
  );
});

test('guarantee 1: the task id is in the log before it is written into the database', async () => {
  const { work } = await setUp(() => acceptance('ck-logged'));
  const seen: string[] = [];
  const database = {
    ...db.database,
    query: ((text, parameters, name) => {
      if (parameters?.includes('ck-logged')) seen.push('written');
      return db.database.query(text, parameters, name);
    }) as typeof db.database.query,
  };
  const write = (line: string) => void (line.includes('ck-logged') && seen.push(line));
  const log = createLogger({ level: 'info', secrets: [], destination: { write } });
  const id = await withPrompt('a lighthouse');
  await submitStep.run({ ...work, database, log });
  expect(JSON.parse(seen[0]!)).toMatchObject({ id, taskId: 'ck-logged', msg: 'accepted' });
  expect(seen.slice(1)).toEqual(['written']);
  expect((await row(db.database, id)).task_id).toBe('ck-logged');
});

test('402: submits wait for credits and lose nothing, while running tasks are polled as ever', async () => {
  let credits = 0;
  const { service, work } = await setUp((url) => {
    if (!isSubmit(url)) return { status: 200, body: { tasks: [task('ck-running', 'FAILED')] } };
    return credits > 0 ? accept() : refusal(402, 'Insufficient credits.');
  });
  const running = await accepted(db.database, 'ck-running');
  const ids = [await withPrompt('first'), await withPrompt('second')];
  await submitStep.run(work);
  expect(await Promise.all(ids.map(statusOf))).toEqual(['queued', 'queued']);
  const shown = async () => (await findGeneration(db.database, 'ann', ids[0]!))!.waiting;
  expect(await shown()).toBe('credits');
  const { length } = service.seen;
  await submitStep.run(work);
  expect(service.seen).toHaveLength(length);
  await pollStep.run(work);
  expect(await statusOf(running)).toBe('failed');

  credits = 100;
  await sql(`UPDATE service_account SET submits_paused_until = now()`);
  await submitStep.run(work);
  expect(await Promise.all(ids.map(statusOf))).toEqual(['pending', 'pending']);
  expect(await shown()).toBe(null);
});

test('what holds one back is shown: a key that is refused, a service that asks to wait, a limit of its user', async () => {
  const { work } = await setUp(() => accept());
  await submitStep.run(work);
  const id = await withPrompt('first');
  const shown = async () => (await findGeneration(db.database, 'ann', id))!.waiting;
  expect(await shown()).toBe(null);
  await sql(`UPDATE service_account SET paused_until = now() + interval '1 minute'`);
  expect(await shown()).toBe('service');
  await sql(`UPDATE service_account SET stopped_at = now()`);
  expect(await shown()).toBe('key');
  await sql('UPDATE generation SET held = true');
  expect(await shown()).toBe('limit');
});

test('402 for one request that is too dear: cheaper ones that come later pass it', async () => {
  const seen: string[] = [];
  const { work } = await setUp((url, body) => {
    if (!isSubmit(url)) return { status: 200, body: { tasks: [] } };
    const { prompt } = JSON.parse(body) as { prompt: string };
    seen.push(prompt);
    return prompt === 'dear' ? refusal(402, 'Insufficient credits.') : accept();
  });
  const dear = await withPrompt('dear');
  await submitStep.run(work);
  const later: string[] = [];
  for (let n = 0; n < 12; n += 1) later.push(await withPrompt(`cheap ${n}`, { user: 'bob' }));
  await sql('UPDATE service_account SET submits_paused_until = now()');
  await submitStep.run(work);
  expect(await Promise.all(later.map(statusOf))).toEqual(later.map(() => 'pending'));
  expect(await statusOf(dear)).toBe('queued');
  expect(seen.filter((prompt) => prompt === 'dear').length).toBeGreaterThan(1);
});

test('403 for one request rejects that one alone: the key is confirmed by a read', async () => {
  const { work } = await setUp((url, body) => {
    if (!isSubmit(url)) return { status: 200, body: { tasks: [] } };
    return body.includes('blocked') ? refusal(403, 'Blocked by a gateway.') : accept();
  });
  const [blocked, other] = [await withPrompt('blocked'), await withPrompt('a lighthouse')];
  await submitStep.run(work);
  expect(await row(db.database, blocked)).toMatchObject({
    status: 'rejected',
    error_message: expect.stringContaining('HTTP 403'),
  });
  expect(await statusOf(other)).toBe('pending');
  expect(await work.services[0]!.limiter.isOpen()).toBe(true);
});

test('guarantee 11: a stop that comes right before a claim leaves the queue to other processes (fault 93)', async () => {
  const { service, work } = await setUp(accept);
  const id = await withPrompt('for another process');
  const services = work.services.map((one) => {
    const maySubmit = async () => {
      work.stop();
      return one.limiter.maySubmit();
    };
    return { ...one, limiter: { ...one.limiter, maySubmit } };
  });
  await submitStep.run({ ...work, services });
  expect(await row(db.database, id)).toMatchObject({ status: 'queued', attempts: 0 });
  expect(service.seen).toEqual([]);
});

test.each([401, 403])('%i for the read, too, stops the service, and loses nothing', async (status) => {
  const { work } = await setUp(() => refusal(status, 'Invalid API key.'));
  const id = await withPrompt('a lighthouse');
  await submitStep.run(work);
  expect(await statusOf(id)).toBe('queued');
  expect(
    await sql(
      'SELECT stopped_at IS NOT NULL AS stopped FROM service_account WHERE account = $1',
      accountOf('aivideomaker'),
    ),
  ).toEqual([{ stopped: true }]);
});

test('403 while the key cannot be confirmed holds the service back for a while', async () => {
  const { work } = await setUp((url) =>
    isSubmit(url) ? refusal(403, 'Blocked by a gateway.') : refusal(503, 'Away.'),
  );
  const id = await withPrompt('a lighthouse');
  await submitStep.run(work);
  expect(await statusOf(id)).toBe('queued');
  expect(
    await sql(
      'SELECT stopped_at IS NULL AND paused_until > now() AS paused FROM service_account WHERE account = $1',
      accountOf('aivideomaker'),
    ),
  ).toEqual([{ paused: true }]);
});

test('403 of a service without a list: its newest task is read, and without one the service stops', async () => {
  const { service, work } = await setUp((url) => {
    if (isSubmit(url)) return refusal(403, 'Blocked by a gateway.');
    return { status: 200, body: { code: 200, data: { task_id: 'ad-1', status: 'running' } } };
  });
  await accepted(db.database, 'ad-1', 'ann', 'apidot');
  const id = await created(db.database, {
    provider: 'apidot',
    model: 'gpt-image-2',
    payload: { prompt: 'x' },
  });
  await submitStep.run(work);
  expect(await statusOf(id)).toBe('rejected');
  expect(service.seen).toContain('GET /api/generate/status/ad-1');

  await sql('DELETE FROM generation');
  const alone = await created(db.database, {
    provider: 'apidot',
    model: 'gpt-image-2',
    payload: { prompt: 'x' },
  });
  await submitStep.run(work);
  expect(await statusOf(alone)).toBe('queued');
  expect(await work.services[1]!.limiter.isOpen()).toBe(false);
});

test('credits that are no whole numbers are rounded so that a cost is never below what was charged', async () => {
  const { work } = await setUp((url) => {
    const half = { creditsCharged: 2.5, creditsRefunded: 0.2 };
    if (isSubmit(url))
      return {
        status: 200,
        body: { status: 'SUBMITTED', taskId: 'ck-half', idempotentReplay: false, ...half },
      };
    return { status: 200, body: { tasks: [{ ...task('ck-half', 'FAILED'), ...half }] } };
  });
  const id = await withPrompt('a lighthouse');
  await submitStep.run(work);
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', charged: 3 });
  await pollStep.run(work);
  expect(await row(db.database, id)).toMatchObject({ status: 'failed', charged: 3, refunded: 0, cost: 3 });
});
