import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { retry } from '../../src/generations/attention.ts';
import { giveEndlessToPerson } from '../../src/generations/upkeep.ts';
import { pollStep } from '../../src/queue/poll.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Answer, startFakeService, task } from '../support/fake-service.ts';
import { accepted, row } from '../support/rows.ts';
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

async function setUp(answer: (url: string) => Answer) {
  const service = await startFakeService(({ url = '' }) => answer(url));
  opened.push(service);
  const work = await workWith(db.database, service.origin);
  opened.push(work);
  return {
    service,
    work,
    /** Runs the step when everything is due, and the list may be read. */
    async poll() {
      await sql(`UPDATE generation SET due_at = now() WHERE status IN ('pending', 'running', 'reconciling')`);
      await sql('UPDATE service_account SET listed_at = NULL, permits = 10');
      await pollStep.run(work);
    },
  };
}

/** Lets time pass for a task. */
async function age(id: string, seconds: number): Promise<void> {
  await sql(
    `UPDATE generation SET submitted_at = submitted_at - make_interval(secs => $2),
       missing_since = missing_since - make_interval(secs => $2) WHERE id = $1`,
    id,
    seconds,
  );
  await sql(
    'UPDATE generation_event SET at = at - make_interval(secs => $2) WHERE generation_id = $1',
    id,
    seconds,
  );
}

const apidot = (status: string, more: object = {}): Answer => ({
  status: 200,
  body: { code: 200, data: { task_id: 'ad-1', status, ...more } },
});
const NOT_FOUND: Answer = { status: 404, body: { code: 404, message: 'Task not found.' } };

test('guarantee 3: where the status of finished music names no file, the detail does', async () => {
  const { service, poll } = await setUp((url) =>
    url.startsWith('/api/generate/detail/music')
      ? apidot('finished', { files: [{ file_type: 'audio', audio_url: 'https://files.example/song.mp3' }] })
      : apidot('finished'),
  );
  const id = await accepted(db.database, 'ad-1', 'ann', 'apidot');
  await poll();
  expect((await row(db.database, id)).status).toBe('saving');
  expect(await sql('SELECT source_url FROM generation_file')).toEqual([
    { source_url: 'https://files.example/song.mp3' },
  ]);
  expect(service.seen).toEqual([
    'GET /api/generate/status/ad-1',
    'GET /api/generate/detail/music?task_id=ad-1',
  ]);
});

test.each([
  ['is not found', NOT_FOUND],
  ['is finished without a file', apidot('finished')],
])(
  'guarantee 3: a task that ran for long and then %s gets the same patience as a young one',
  async (_, odd) => {
    let answer = apidot('running');
    const { poll } = await setUp((url) => (url.startsWith('/api/generate/detail') ? NOT_FOUND : answer));
    const id = await accepted(db.database, 'ad-1', 'ann', 'apidot');
    await poll();
    await age(id, 800);
    const { submitted_at } = await row(db.database, id);
    answer = odd;
    await poll();
    expect((await row(db.database, id)).status).toBe('running');
    await age(id, 500);
    await poll();
    expect((await row(db.database, id)).status).toBe('running');

    // A state in between begins it anew.
    answer = apidot('running');
    await poll();
    answer = odd;
    await age(id, 700);
    await poll();
    expect((await row(db.database, id)).status).toBe('running');
    await age(id, 601);
    await poll();
    const { status, attention } = await row(db.database, id);
    expect(status).toBe('needs_attention');
    for (const command of ['npm run admin -- retry', 'abandon'])
      expect(attention).toContain(`${command} ${id}`);

    // A person has it polled again: its submit is as old as before, its patience new.
    const before = (await row(db.database, id)).submitted_at;
    expect(Number(before)).toBeLessThan(Number(submitted_at));
    expect(await retry(db.database, id, false)).toBe('pending');
    await poll();
    expect(await row(db.database, id)).toMatchObject({ status: 'pending', submitted_at: before });
  },
);

test('guarantee 3: an end that cannot be written keeps no other from being written', async () => {
  const list = ['ck-bad', 'ck-good'].map((id) => task(id, 'FAILED'));
  const { work, poll } = await setUp(() => ({ status: 200, body: { tasks: list } }));
  const bad = await accepted(db.database, 'ck-bad');
  const good = await accepted(db.database, 'ck-good');
  await db.database.script(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE OF status ON generation FOR EACH ROW
      WHEN (NEW.task_id = 'ck-bad' AND NEW.status = 'failed') EXECUTE FUNCTION refuse()`);
  try {
    for (let n = 0; n < 3; n += 1) await poll();
    expect((await row(db.database, good)).status).toBe('failed');
    expect((await row(db.database, bad)).status).toBe('pending');
    expect(work.lines.join('')).toContain(bad);
    expect(work.lines.join('')).not.toContain('the list could not be read');
  } finally {
    await db.database.script('DROP TRIGGER refuse ON generation; DROP FUNCTION refuse');
  }
});

test('a task whose state in the list is a word that is not known gets a query of its own', async () => {
  const { service, poll } = await setUp((url) =>
    url === '/api/v1/tasks'
      ? { status: 200, body: { tasks: [task('ck-odd', 'ARCHIVED')] } }
      : { status: 200, body: task('ck-odd', 'FAILED') },
  );
  const id = await accepted(db.database, 'ck-odd');
  await poll();
  expect((await row(db.database, id)).status).toBe('failed');
  expect(service.seen).toEqual(['GET /api/v1/tasks', 'GET /api/v1/tasks/ck-odd']);
});

test('a list that shows a task as running ends what polls of its own had not found', async () => {
  const { poll } = await setUp(() => ({ status: 200, body: { tasks: [task('ck-1', 'PROGRESS')] } }));
  const id = await accepted(db.database, 'ck-1');
  await sql(`UPDATE generation SET status = 'running', missing_since = now() - interval '1 hour'`);
  await poll();
  expect(await row(db.database, id)).toMatchObject({ status: 'running', missing_since: null });
});

test('a task that does not end waits for a person after 20 hours, and for another 20 once it is polled again', async () => {
  const [old, young] = [await accepted(db.database, 'ck-1'), await accepted(db.database, 'ck-2')];
  await sql(`UPDATE generation SET provider_state = 'ARCHIVED'`);
  await age(old, 20 * 3_600 + 1);
  expect(await giveEndlessToPerson(db.database)).toEqual([old]);
  const { attention } = await row(db.database, old);
  expect(attention).toContain('Task ck-1 has not ended in 20 hours');
  expect(attention).toContain('ARCHIVED');
  expect((await row(db.database, young)).status).toBe('pending');
  expect(await retry(db.database, old, false)).toBe('pending');
  expect(await giveEndlessToPerson(db.database)).toEqual([]);
  await age(old, 20 * 3_600 + 1);
  expect(await giveEndlessToPerson(db.database)).toEqual([old]);
});
