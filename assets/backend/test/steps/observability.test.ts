import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFigures } from '../../src/generations/figures.ts';
import { recordCompleted, recordFailed } from '../../src/generations/polling.ts';
import { createLogger } from '../../src/observability/log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createLimiter } from '../../src/services/limiter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ACCOUNT, accepted, accountOf, created } from '../support/rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const sql = (text: string, ...values: unknown[]) => db.database.query(text, values);
const metricsOf = () => createMetrics(() => readFigures(db.database, [ACCOUNT, accountOf('apidot')]));

test('every measure that README alerts on is there', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const named = new Set(readme.match(/\b(?:media|http)_\w+/g));
  expect(named.size).toBeGreaterThan(12);
  const text = await metricsOf().text();
  for (const name of named) expect(text).toContain(`# TYPE ${name.replace(/_bucket$/, '')} `);
});

test('each measure says what the database holds', async () => {
  const late = await accepted(db.database);
  await sql(`UPDATE generation SET due_at = now() - interval '200 seconds' WHERE id = $1`, late);
  const finished = await accepted(db.database);
  await recordCompleted(db.database, finished, ['https://files.example/1.mp4'], {});
  await sql(`UPDATE generation_file SET linked_at = now() - interval '4000 seconds'`);
  await sql(`INSERT INTO webhook_endpoint VALUES ('ann', 'https://example.com/hook', 'whsec_AAAA')`);
  const end = { status: 'failed', code: 'FAILED', message: 'no reason' } as const;
  await recordFailed(db.database, await accepted(db.database), end);
  const queued = await created(db.database);
  await sql(`UPDATE generation SET created_at = now() - interval '400 seconds' WHERE id = $1`, queued);
  await sql(`UPDATE outbox SET created_at = now() - interval '5000 seconds'`);
  const limiter = (provider: string) =>
    createLimiter(db.database, { provider, account: accountOf(provider) }, null);
  await limiter('aivideomaker').pause(60);
  await limiter('aivideomaker').pauseSubmits(300);
  await limiter('apidot').stop('401');

  const text = await metricsOf().text();
  const figure = (name: string, labels = '') => {
    const [, number] = text.split(`\n${name}${labels} `);
    return Number(number?.split('\n', 1)[0]);
  };
  const around = (seconds: number) => [seconds - 30, seconds + 60];
  for (const [name, labels, [least, most]] of [
    ['media_generations_oldest_seconds', '{status="queued"}', around(400)],
    ['media_poll_lag_seconds', '', around(200)],
    ['media_files_unsaved_oldest_seconds', '', around(4_000)],
    ['media_outbox_oldest_seconds', '', around(5_000)],
    ['media_limiter_paused_seconds', `{provider="aivideomaker",account="${ACCOUNT}"}`, [1, 60]],
    ['media_submits_paused_seconds', `{provider="aivideomaker",account="${ACCOUNT}"}`, [200, 300]],
  ] as [string, string, [number, number]][]) {
    expect(figure(name, labels), name).toBeGreaterThanOrEqual(least);
    expect(figure(name, labels), name).toBeLessThanOrEqual(most);
  }
  expect(figure('media_generations_open', '{status="queued"}')).toBe(1);
  expect(figure('media_files_unsaved')).toBe(1);
  expect(figure('media_outbox_waiting')).toBe(1);
  expect(figure('media_limiter_stopped', `{provider="apidot",account="${accountOf('apidot')}"}`)).toBe(1);
});

/** Returns what a line says of an error. */
function said(err: unknown): string {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLogger({ level: 'info', secrets: [], destination }).warn({ err }, 'met an error');
  expect(lines.join('')).not.toContain('[object');
  return (JSON.parse(lines[0]!) as { err: { message: string } }).err.message;
}

test('an error that is no Error is said by its name, code and message, never as [object Object]', () => {
  expect(said(new Error('away'))).toBe('away');
  expect(said({ code: '57P01', message: 'terminating connection', detail: 'private' })).toBe(
    '57P01 terminating connection',
  );
  expect(said({ name: 'ErrnoError', errno: 51 })).toBe('ErrnoError 51');
  expect(said({ message: { text: 'nested' } })).toBe('no Error, but an object with message');
  expect(said({})).toBe('no Error, but an object with nothing in it');
  expect(said('at https://user@example.com/secret?x=1')).toBe('at https://user@example.com/...');
});
