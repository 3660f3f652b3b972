import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { recordCompleted } from '../../src/generations/polling.ts';
import { giveStrangersToPerson } from '../../src/generations/upkeep.ts';
import { dropOldDownloads, saveStep } from '../../src/queue/save.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Answer, picture, startFakeService, task } from '../support/fake-service.ts';
import { accepted, accountOf, row } from '../support/rows.ts';
import { type TestWork, workWith } from '../support/work.ts';

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
const GONE: Answer = { status: 404, body: 'gone' };
const FRESH = '/fresh.png';

/** A service whose task has a fresh link; `file` answers for each link. */
async function setUp(file: (url: string) => Answer, account?: (provider: string) => string) {
  const service = await startFakeService(({ url = '' }) =>
    url.startsWith('/api/')
      ? { status: 200, body: task('ck-1', 'COMPLETED', `${service.origin}${FRESH}`) }
      : file(url),
  );
  opened.push(service);
  const work = await workWith(db.database, service.origin, account);
  opened.push(work);
  const id = await accepted(db.database, 'ck-1');
  await recordCompleted(db.database, id, [`${service.origin}/first.png`], {});
  return { service, work, id };
}

/** The save is due again, `hours` later. */
async function later(id: string, hours = 0): Promise<void> {
  await sql(
    `UPDATE generation_event SET at = at - make_interval(hours => $2) WHERE generation_id = $1`,
    id,
    hours,
  );
  await sql('UPDATE generation SET due_at = now() WHERE id = $1', id);
}

const stop = (account: string) =>
  sql(`UPDATE service_account SET stopped_at = now() WHERE account = $1`, account);

async function stopped(work: TestWork): Promise<void> {
  for (const { limiter } of work.services) await limiter.isOpen();
  await stop(accountOf('aivideomaker'));
}

test('guarantee 3: a result is stored by its link where no worker has the key of its task any more', async () => {
  const { work, id } = await setUp(picture, (provider) => `${provider}:new`);
  await sql(`UPDATE generation SET due_at = now() - interval '1 hour' WHERE id = $1`, id);
  const accounts = work.services.map(({ account }) => account);
  expect(await giveStrangersToPerson(db.database, accounts)).toEqual([]);
  await saveStep.run(work);
  expect(await row(db.database, id)).toMatchObject({ status: 'succeeded' });
  expect([...work.files.kept.keys()]).toEqual([`results/${id}/1`]);
});

test('guarantee 3: a result whose links ended, and whose key no worker has, waits for a person after 20 hours', async () => {
  const { work, id } = await setUp(
    () => GONE,
    (provider) => `${provider}:new`,
  );
  await saveStep.run(work);
  expect((await row(db.database, id)).status).toBe('saving');
  await later(id, 21);
  await saveStep.run(work);
  const { status, attention } = await row(db.database, id);
  expect(status).toBe('needs_attention');
  expect(attention).toContain(`No worker has the API key of its task (${accountOf('aivideomaker')})`);
  for (const command of ['npm run admin -- retry', 'abandon'])
    expect(attention).toContain(`${command} ${id}`);
});

test('guarantee 3: while the service is stopped by a 401, a result is stored by the link that is known', async () => {
  const { service, work, id } = await setUp(picture);
  await stopped(work);
  await sql('UPDATE generation SET attempts = 1 WHERE id = $1', id);
  await saveStep.run(work);
  expect(await row(db.database, id)).toMatchObject({ status: 'succeeded', attempts: 2 });
  expect(service.seen).toEqual(['GET /first.png']);
});

test('guarantee 3: a stopped service does not keep a result from its person after 20 hours', async () => {
  const { work, id } = await setUp(() => GONE);
  await stopped(work);
  await sql('UPDATE generation SET attempts = 1 WHERE id = $1', id);
  await later(id, 21);
  await saveStep.run(work);
  expect((await row(db.database, id)).status).toBe('needs_attention');
});

test('guarantee 11: a stop in the middle of a save is no failed attempt', async () => {
  const { work, id } = await setUp(() => {
    work.stop();
    return { status: 503, body: 'too late' };
  });
  await saveStep.run(work);
  expect(await row(db.database, id)).toMatchObject({
    status: 'saving',
    attempts: 0,
    is_due: true,
    lease: null,
  });
  expect(await work.metrics.text()).not.toContain('outcome="failed"');
});

test('a failed attempt leaves its parts to the next one; a stored result leaves nothing; what others left goes after days', async () => {
  const { work, id } = await setUp((url) => (url === FRESH ? picture() : GONE));
  const folder = join(work.config.dataDir, 'downloads', id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'x.mp4.part'), 'bytes');
  const { put } = work.files;
  work.files.put = () => Promise.reject(new Error('the store is full'));
  await saveStep.run(work);
  expect((await row(db.database, id)).status).toBe('saving');
  expect(existsSync(join(folder, 'x.mp4.part'))).toBe(true);

  work.files.put = put;
  await later(id);
  await saveStep.run(work);
  expect((await row(db.database, id)).status).toBe('succeeded');
  expect(existsSync(folder)).toBe(false);

  await mkdir(folder);
  await dropOldDownloads(work);
  expect(existsSync(folder)).toBe(true);
  const old = new Date(Date.now() - 3 * 24 * 3_600_000);
  await utimes(folder, old, old);
  await dropOldDownloads(work);
  expect(existsSync(folder)).toBe(false);
});
