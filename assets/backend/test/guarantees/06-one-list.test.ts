import { afterEach, expect, test } from 'vitest';
import { createService } from '../../src/services/service.ts';
import { startBackend, type TestBackend } from '../support/backend.ts';
import { type FakeService, startFakeService, task } from '../support/fake-service.ts';

const RUNNING = 10_000;
const ENDING = 300;

const opened: (TestBackend | FakeService)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

test('guarantee 6: one list query at a time serves 10,000 running tasks within 60 queries a minute, and ends are seen by the next one (fault 80)', async () => {
  const times: number[] = [];
  let refused = 0;
  let isEnded = false;
  const service = await startFakeService(({ url }) => {
    const now = performance.now();
    if (times.filter((at) => at > now - 60_000).length >= 60) {
      refused += 1;
      return {
        status: 429,
        body: { status: 'FAILED', errorCode: 'RATE_LIMITED' },
        headers: { 'retry-after': '30' },
      };
    }
    times.push(now);
    if (url !== '/api/v1/tasks') return { status: 200, body: task('ck-1', 'PROGRESS') };
    const tasks = Array.from({ length: RUNNING }, (_, n) =>
      task(`ck-${n}`, isEnded && n < ENDING ? 'FAILED' : 'PROGRESS'),
    );
    return { status: 200, body: { tasks } };
  });
  opened.push(service);
  const backend = await startBackend({ AIVIDEO_BASE_URL: service.origin });
  opened.push(backend);
  const key = backend.env.AIVIDEO_API_KEY!;
  const { account } = createService({ provider: 'aivideomaker', key, baseUrl: service.origin }, null);
  await backend.database.query(
    `INSERT INTO generation (id, user_id, idempotency_key, body_hash, provider, account, model, status, task_id, submit_started_at, submitted_at, due_at)
     SELECT gen_random_uuid(), 'ann', 'key-of-' || n, 'x', 'aivideomaker', $1, 't2v', 'pending', 'ck-' || n, now(), now(), now()
     FROM generate_series(0, ${RUNNING - 1}) n`,
    [account],
  );
  const count = async (status: string) =>
    (
      await backend.database.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM generation WHERE status = $1',
        [status],
      )
    )[0]!.n;
  await expect.poll(() => count('running'), { timeout: 40_000, interval: 500 }).toBe(RUNNING);

  isEnded = true;
  const lists = () => service.seen.filter((line) => line === 'GET /api/v1/tasks').length;
  const before = lists();
  await expect.poll(() => count('failed'), { timeout: 40_000, interval: 200 }).toBe(ENDING);
  // One that was on its way, and the next one.
  expect(lists() - before).toBeLessThanOrEqual(2);
  expect(refused).toBe(0);
  expect(service.seen.filter((line) => line !== 'GET /api/v1/tasks')).toEqual([]);
});
