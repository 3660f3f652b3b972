import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend, type TestBackend } from '../support/backend.ts';

let backend: TestBackend;
beforeAll(async () => {
  // A task can be cancelled for 30 seconds.
  backend = await startBackend({ MAX_RUNNING_PER_USER: '1' }, { speed: 60 });
});
afterAll(() => backend.close());

test('before the submit a cancel always works; afterwards the service does it, and gives the credits back', async () => {
  const running = await backend.submit('a lighthouse [sandbox:slow]');
  await backend.until(running.id, 'pending');
  const waiting = await backend.submit('a lighthouse that waits [sandbox:slow]');

  const early = await backend.call('POST', `/v1/generations/${waiting.id}/cancel`);
  expect(early.status).toBe(202);
  expect(await backend.until(waiting.id, 'cancelled')).toMatchObject({ taskId: null });

  expect((await backend.call('POST', `/v1/generations/${running.id}/cancel`)).status).toBe(202);
  expect(await backend.until(running.id, 'cancelled')).toMatchObject({
    credits: { charged: 15, refunded: 15 },
  });
  expect(backend.requests.filter((line) => line.startsWith('POST /api/v1/generate'))).toHaveLength(1);
});
