import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { claimSubmits, recordLost } from '../../src/generations/submitting.ts';
import { pollStep } from '../../src/queue/poll.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Answer, startFakeService } from '../support/fake-service.ts';
import { ACCOUNT, created, row } from '../support/rows.ts';
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
const CLEAR: Answer = { status: 200, body: { tasks: [] } };

/** A submit that was lost two minutes ago, at a service whose lists answer one after the other, and which rejects submits. */
async function setUp(...lists: (Answer | (() => Answer))[]) {
  const service = await startFakeService(({ method }) => {
    if (method === 'POST')
      return { status: 422, body: { status: 'FAILED', message: 'The content was rejected.' } };
    const list = lists.shift() ?? CLEAR;
    return typeof list === 'function' ? list() : list;
  });
  opened.push(service);
  const work = await workWith(db.database, service.origin);
  opened.push(work);
  const id = await created(db.database, {
    payload: { prompt: 'a lighthouse', aspectRatio: '16:9', duration: '5' },
  });
  const [submit] = await claimSubmits(db.database, ACCOUNT, 1, null);
  await recordLost(db.database, submit!);
  await sql(
    `UPDATE generation SET submit_started_at = now() - interval '2 minutes', lost_at = now() - interval '2 minutes'`,
  );
  const reconcile = async () => {
    await sql('UPDATE generation SET due_at = now() WHERE due_at IS NOT NULL');
    await sql('UPDATE service_account SET listed_at = NULL, paused_until = NULL, permits = 10');
    await pollStep.run(work);
    return row(db.database, id);
  };
  return { id, reconcile, service, stop: () => work.stop() };
}

test('guarantee 2: the rejection of the second submit ends nothing while the list cannot be read', async () => {
  const { reconcile } = await setUp(CLEAR, { status: 503, body: {} });
  expect(await reconcile()).toMatchObject({ status: 'reconciling', resubmitted_at: null });
  expect(await reconcile()).toMatchObject({ status: 'rejected', error_code: 'INVALID_PAYLOAD' });
});

test('guarantee 2: nor where the list has an entry that may be the first one: a person decides', async () => {
  const { reconcile } = await setUp(CLEAR, { status: 200, body: { tasks: [{ unreadable: true }] } });
  const { status, attention } = await reconcile();
  expect(status).toBe('needs_attention');
  expect(attention).toContain('sent once more, and rejected');
});

test('guarantee 2: a lost submit whose input is gone waits for a person, and is not tried for ever', async () => {
  const { reconcile, service } = await setUp();
  await sql(`UPDATE generation SET payload = NULL, payload_key = 'inputs/gone'`);
  const { status, attention } = await reconcile();
  expect(status).toBe('needs_attention');
  expect(attention).toContain('no file is stored as inputs/gone');
  expect(service.seen.filter((line) => line.startsWith('POST'))).toEqual([]);
});

test('guarantee 11: a stop while the list is read sends no second submit: another process does', async () => {
  const { reconcile, service, stop } = await setUp(() => {
    stop();
    return CLEAR;
  });
  expect(await reconcile()).toMatchObject({ status: 'reconciling', resubmitted_at: null, lease: null });
  expect(service.seen.filter((line) => line.startsWith('POST'))).toEqual([]);
});
