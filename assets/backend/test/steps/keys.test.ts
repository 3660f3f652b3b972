import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin } from '../../src/admin.ts';
import { readConfig } from '../../src/config.ts';
import { readFigures } from '../../src/generations/figures.ts';
import { claimSubmits, recordAccepted, recordLost } from '../../src/generations/submitting.ts';
import { pollStep } from '../../src/queue/poll.ts';
import { submitStep } from '../../src/queue/submit.ts';
import { createClock } from '../../src/services/clock.ts';
import { openServices, type Services } from '../../src/services/index.ts';
import { createLimiter } from '../../src/services/limiter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { acceptance, type FakeService, startFakeService, task } from '../support/fake-service.ts';
import { created, row } from '../support/rows.ts';
import { type TestWork, workWith } from '../support/work.ts';

const [OLD, NEW] = ['ak_old_key_of_a_test', 'ak_new_key_of_a_test'];
const SUBMITTED = { payload: { prompt: 'a lighthouse', aspectRatio: '16:9', duration: '5' } };

let db: TestDatabase;
let service: FakeService;
let services: Services;
let work: TestWork;
/** The key of each request, with what it asked for. */
const asked: string[] = [];
let env: Record<string, string>;
/** The account of the old key, and that of the new one. */
let accounts: [string, string];
const sql = (text: string, ...values: unknown[]) => db.database.query(text, values);

beforeEach(async () => {
  db = await createTestDatabase();
  asked.length = 0;
  service = await startFakeService(({ method, url = '', headers }) => {
    asked.push(`${headers.key} ${method}`);
    if (method === 'POST') return acceptance('ck-new');
    const found = headers.key === OLD ? [task('ck-old', 'FAILED')] : [];
    return {
      status: 200,
      body: url === '/api/v1/tasks' ? { tasks: found } : task('ck-dashboard', 'PROGRESS'),
    };
  });
  env = {
    DATABASE_URL: db.url,
    AIVIDEO_API_KEY: NEW,
    AIVIDEO_API_KEY_PREVIOUS: OLD,
    AIVIDEO_BASE_URL: service.origin,
    APIDOT_API_KEY: 'sk_of_a_test',
    APIDOT_BASE_URL: service.origin,
  };
  services = await openServices(readConfig(env), createClock(db.database));
  const all = services.withPrevious.map((one) => ({
    ...one,
    limiter: createLimiter(db.database, one, one.bucket),
  }));
  work = { ...(await workWith(db.database, service.origin)), services: all };
  const of = (isPrevious: boolean) =>
    all.find((one) => one.provider === 'aivideomaker' && one.isPrevious === isPrevious)!.account;
  accounts = [of(true), of(false)];
});
afterEach(async () => {
  await work.close();
  await services.close();
  await service.close();
  await db.close();
});

/** A generation that was submitted with the old key. */
async function submitted() {
  const id = await created(db.database, SUBMITTED);
  const [submit] = await claimSubmits(db.database, accounts[0], 1, null);
  return { id, submit: submit! };
}

test('a key that was replaced reads what it made; the new one submits', async () => {
  const { id } = await submitted();
  await recordAccepted(db.database, id, { id: 'ck-old' }, 0);
  const fresh = await created(db.database, SUBMITTED);
  await submitStep.run(work);
  expect(await row(db.database, fresh)).toMatchObject({ status: 'pending', account: accounts[1] });
  await pollStep.run(work);
  expect((await row(db.database, id)).status).toBe('failed');
  expect(asked.filter((line) => line.endsWith('POST'))).toEqual([`${NEW} POST`]);
  expect(asked).toContain(`${OLD} GET`);
});

test('a lost submit of a key that was replaced is searched for with it, and never sent with it again', async () => {
  const { id, submit } = await submitted();
  await recordLost(db.database, submit);
  await sql(
    `UPDATE generation SET submit_started_at = now() - interval '2 minutes', lost_at = now() - interval '2 minutes'`,
  );
  await pollStep.run(work);
  const { status, attention } = await row(db.database, id);
  expect(status).toBe('needs_attention');
  expect(attention).toContain('API key that was replaced');
  expect(asked).toEqual([`${OLD} GET`]);
});

test('an operator gives a lost submit the task of its own key alone', async () => {
  const { id, submit } = await submitted();
  await recordLost(db.database, submit);
  await sql(`UPDATE generation SET status = 'needs_attention', due_at = NULL, attention = 'lost'`);
  const adopt = async (variables: Record<string, string>) => {
    const printed: string[] = [];
    const code = await admin(['adopt', id, 'ck-dashboard'], variables, (line) => printed.push(line));
    return `${code} ${printed.join('\n')}`;
  };
  const { AIVIDEO_API_KEY_PREVIOUS, ...withoutOld } = env;
  expect(AIVIDEO_API_KEY_PREVIOUS).toBe(OLD);
  expect(await adopt(withoutOld)).toMatch(/^1 .*submitted with an API key .* that is not configured/);
  expect(asked).toEqual([]);
  expect(await adopt(env)).toMatch(/^0 .*has task/);
  expect(asked).toEqual([`${OLD} GET`]);
  expect(await row(db.database, id)).toMatchObject({ status: 'pending', account: accounts[0] });
});

test('the figures of limits are those of the configured keys, each by its account', async () => {
  for (const { limiter } of work.services) await limiter.stop('401');
  await createLimiter(db.database, { provider: 'aivideomaker', account: 'aivideomaker:gone' }, null).stop(
    '401',
  );
  const { limiters } = await readFigures(db.database, accounts);
  expect(limiters.map(({ account, isStopped }) => [account, isStopped]).sort()).toEqual(
    accounts.map((account) => [account, true]).sort(),
  );
});
