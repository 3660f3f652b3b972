import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../src/observability/log.ts';
import { type Jobs, openJobs } from '../../src/queue/boss.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let jobs: Jobs;
beforeAll(async () => {
  db = await createTestDatabase();
  jobs = await openJobs(db.database, createLogger({ level: 'silent', secrets: [] }), false);
});
afterAll(async () => {
  await jobs.stop();
  await db.close();
});

test('what is due soon does not wait for a job that was planned for later, and no job is planned twice', async () => {
  for (const seconds of [600, 600, 1, 1]) await jobs.wakeLater('poll', seconds);
  const planned = await db.database.query(
    `SELECT start_after < now() + interval '5 minutes' AS soon FROM pgboss.job WHERE name = 'poll' ORDER BY start_after`,
  );
  expect(planned).toEqual([{ soon: true }, { soon: false }]);
});
