import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createGeneration } from '../../src/generations/create.ts';
import { orphanInputs, spentInputs } from '../../src/generations/upkeep.ts';
import { submitStep } from '../../src/queue/submit.ts';
import { startBackend } from '../support/backend.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { acceptance, startFakeService } from '../support/fake-service.ts';
import { accountOf, created, memoryFiles, request } from '../support/rows.ts';
import { workWith } from '../support/work.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const LARGE = {
  model: 'i2v',
  payload: { prompt: 'a'.repeat(40_000), image: `data:image/png;base64,${PIXEL}`, duration: '5' },
};

test('guarantee 9: a large input is a file until its task is accepted, and never in a row or job', async () => {
  const backend = await startBackend();
  onTestFinished(() => backend.close());
  const body = { provider: 'aivideomaker', ...LARGE };
  const response = await backend.call('POST', '/v1/generations', body, {
    'idempotency-key': crypto.randomUUID(),
  });
  const { id } = (await response.json()) as { id: string };
  expect(response.status).toBe(202);
  await backend.until(id, 'pending', 'running', 'saving', 'succeeded');
  const row = async () =>
    (await backend.database.query('SELECT payload, payload_key FROM generation WHERE id = $1', [id]))[0];
  await expect.poll(row, { timeout: 10_000 }).toEqual({ payload: null, payload_key: null });
});

test('guarantee 9: the step that has a task accepted deletes its input', async () => {
  const service = await startFakeService(() => acceptance('ck-large'));
  onTestFinished(() => service.close());
  const work = await workWith(db.database, service.origin);
  onTestFinished(() => work.close());
  const options = { files: work.files, accountOf, maxCreditsPerUserPerDay: null };
  await createGeneration(db.database, request(LARGE), options);
  expect(work.files.kept.size).toBe(1);
  await submitStep.run(work);
  expect(service.seen).toHaveLength(1);
  expect(work.files.kept.size).toBe(0);
});

test('guarantee 9: inputs are deleted once they are not needed, and where an API process left them', async () => {
  const waiting = await created(db.database, { payload: { prompt: 'a'.repeat(40_000) } });
  const done = await created(db.database, { payload: { prompt: 'a'.repeat(40_000) } });
  await db.database.query(
    `UPDATE generation SET status = 'cancelled', ended_at = now(), due_at = NULL WHERE id = $1`,
    [done],
  );
  expect((await spentInputs(db.database)).map(({ id }) => id)).toEqual([done]);
  const gone = 'inputs/00000000-0000-7000-8000-000000000000';
  expect(await orphanInputs(db.database, [`inputs/${waiting}`, gone])).toEqual([gone]);
});

test('guarantee 9: the input of a row whose commit was not confirmed is kept', async () => {
  const files = memoryFiles();
  const large = request({ payload: { prompt: 'a'.repeat(40_000) } });
  const options = { files, accountOf, maxCreditsPerUserPerDay: null };
  const lost = {
    ...db.database,
    async query(...args: Parameters<typeof db.database.query>) {
      const rows = await db.database.query(...args);
      if (args[0].includes('INSERT INTO generation ')) throw new Error('Connection terminated unexpectedly');
      return rows;
    },
  } as typeof db.database;
  await expect(createGeneration(lost, large, options)).rejects.toThrow('terminated');
  const result = await createGeneration(db.database, large, options);
  expect(result.outcome).toBe('existing');
  const { id } = (result as { generation: { id: string } }).generation;
  expect([...files.kept.keys()]).toEqual([`inputs/${id}`]);

  // What the database itself refuses is certainly no row.
  const wrong = request({ key: 'short', payload: large.payload });
  await expect(createGeneration(db.database, wrong, options)).rejects.toThrow();
  expect(files.kept.size).toBe(1);
});
