import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startBackend, type TestBackend } from '../support/backend.ts';
import { acceptance, type FakeService, startFakeService } from '../support/fake-service.ts';

const opened: (TestBackend | FakeService)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

test('guarantee 11: a stop waits for a submit that is under way, and begins nothing new (fault 93)', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const service = await startFakeService(async ({ url = '' }) => {
    if (!url.startsWith('/api/v1/generate/')) return { status: 200, body: { tasks: [] } };
    arrived();
    await held;
    return acceptance(`ck-held-${service.seen.length}`);
  });
  opened.push(service);
  const backend = await startBackend({ AIVIDEO_BASE_URL: service.origin });
  opened.push(backend);
  const first = await backend.submit('first');
  await arrival;
  const stopped = backend.stop().then(() => 'stopped');
  // A claim that had begun before is carried out; from then on there is none.
  const activeSubmits = async () => {
    const jobs = `SELECT FROM pgboss.job WHERE name = 'submit' AND state = 'active'`;
    return (await backend.database.query(jobs)).length;
  };
  await expect.poll(activeSubmits, { timeout: 30_000 }).toBe(1);
  // Through another API process.
  await backend.database.query(
    `INSERT INTO generation (id, user_id, idempotency_key, body_hash, provider, account, model, payload)
     SELECT gen_random_uuid(), 'bob', 'made-later', body_hash, provider, account, model, payload FROM generation`,
  );
  expect(await Promise.race([stopped, sleep(2_000, 'waiting')])).toBe('waiting');
  release();
  await stopped;
  const [row] = await backend.database.query('SELECT status, task_id FROM generation WHERE id = $1', [
    first.id,
  ]);
  expect(row).toMatchObject({ status: 'pending', task_id: expect.stringContaining('ck-held') });
  const [other] = await backend.database.query(`SELECT status FROM generation WHERE user_id = 'bob'`);
  expect(other).toEqual({ status: 'queued' });
  expect(service.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
});
