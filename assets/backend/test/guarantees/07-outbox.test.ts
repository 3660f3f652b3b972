import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  claimNotices,
  recordDelivered,
  recordUndelivered,
  setEndpoint,
} from '../../src/generations/outbox.ts';
import { post, sign } from '../../src/webhook.ts';
import { startBackend, type TestBackend } from '../support/backend.ts';
import { type FakeService, startFakeService } from '../support/fake-service.ts';
import { created } from '../support/rows.ts';

let backend: TestBackend;
let receiver: FakeService;
const received: { headers: Record<string, unknown>; body: string }[] = [];
let answers: number[] = [];

beforeAll(async () => {
  receiver = await startFakeService(({ headers }, body) => {
    received.push({ headers, body });
    return { status: answers.shift() ?? 204, body: {} };
  });
  backend = await startBackend();
});
afterAll(async () => {
  await backend.close();
  await receiver.close();
});

test('guarantee 7: a notice of an end reaches its user at least once, signed as in Standard Webhooks', async () => {
  const secret = (await backend.operator('webhook', 'ann', `${receiver.origin}/hook`)).split(' ')[1]!;
  expect(secret).toMatch(/^whsec_/);
  answers = [500];
  const { id } = await backend.submit('a lighthouse [sandbox:fail]');
  await backend.until(id, 'failed');
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(1);
  // The second attempt is due in seconds; it is made due now.
  await expect
    .poll(
      async () =>
        (
          await backend.database.query(
            `UPDATE outbox SET due_at = now() WHERE attempts = 1 AND lease IS NULL RETURNING id`,
          )
        ).length,
      { timeout: 20_000 },
    )
    .toBe(1);
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);

  const [first, second] = received;
  expect(first!.headers['webhook-id']).toBe(second!.headers['webhook-id']);
  const {
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  } = second!.headers;
  const message = { id: String(messageId), timestamp: Number(timestamp), body: second!.body };
  expect(signature).toBe(sign(message, secret));
  expect(JSON.parse(second!.body)).toMatchObject({
    type: 'generation.failed',
    data: { id, status: 'failed' },
  });
  await expect
    .poll(
      async () =>
        (await backend.database.query('SELECT delivered_at IS NOT NULL AS done, due_at FROM outbox'))[0],
      { timeout: 20_000 },
    )
    .toEqual({ done: true, due_at: null });
});

const END = `UPDATE generation SET status = 'failed', ended_at = now(), due_at = NULL, error_code = 'X' WHERE id = $1`;

/** Returns a running generation of a user who has a webhook. */
async function running(): Promise<string> {
  await backend.operator('webhook', 'ann', `${receiver.origin}/hook`);
  const { id } = await backend.submit('a lighthouse [sandbox:never]');
  await backend.until(id, 'running', 'pending');
  return id;
}

test('guarantee 7: the notice is written in the transaction of the end, and only there', async () => {
  const id = await running();
  const count = async () =>
    (
      await backend.database.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM outbox WHERE generation_id = $1',
        [id],
      )
    )[0]!.n;
  await backend.database
    .transaction(async (tx) => {
      await tx.query(END, [id]);
      throw new Error('rolled back');
    })
    .catch(() => {});
  expect(await count()).toBe(0);
  await backend.database.query(END, [id]);
  expect(await count()).toBe(1);
});

test('a user says where the notices go; the secret is shown once', async () => {
  const put = (url: string) => backend.call('PUT', '/v1/webhook', { url });
  const bob = { authorization: 'Bearer token-of-bob' };
  const made = await put('https://example.com/hook');
  expect(made.status).toBe(200);
  const { secret } = (await made.json()) as { secret: string };
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(await (await backend.call('GET', '/v1/webhook')).json()).toEqual({
    url: 'https://example.com/hook',
  });
  expect((await backend.call('GET', '/v1/webhook', undefined, bob)).status).toBe(404);
  expect(((await (await put('https://example.com/hook')).json()) as { secret: string }).secret).not.toBe(
    secret,
  );

  await backend.database.query(`UPDATE outbox SET due_at = now() + interval '1 hour'`);
  expect((await backend.call('DELETE', '/v1/webhook', undefined, bob)).status).toBe(404);
  expect((await backend.call('DELETE', '/v1/webhook')).status).toBe(204);
  expect((await backend.call('GET', '/v1/webhook')).status).toBe(404);
  // Nothing waits for an address that is gone.
  expect(await backend.database.query('SELECT id FROM outbox WHERE due_at IS NOT NULL')).toEqual([]);
  expect((await put('https://example.com/hook')).status).toBe(200);
});

test.each([
  ...[
    'http://example.com/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://10.0.0.1/',
    'https://2130706433/',
  ],
  ...[
    'https://169.254.169.254/',
    'https://[::1]/',
    'https://[fd00::1]/',
    'https://a:b@example.com/',
    'ftp://x',
    'x',
  ],
])('a user cannot send notices to %s', async (url) => {
  const answer = await backend.call('PUT', '/v1/webhook', { url });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([422, 'invalid_webhook']);
});

test('a notice never goes to a private address', async () => {
  const message = { id: 'm', body: '{}', timestamp: 1 };
  for (const host of ['10.0.0.1', '[fd00::1]', '169.254.169.254'])
    await expect(post(`https://${host}/`, message, 'whsec_AAAA')).rejects.toThrow('not public');
});

test('a notice that is never received is given up after its last attempt', async () => {
  const id = await running();
  await backend.stop();
  await backend.database.query(END, [id]);
  await backend.database.query(
    `UPDATE outbox SET due_at = now(), attempts = 10, delivered_at = NULL, lease = NULL, leased_until = NULL`,
  );
  const [notice] = await claimNotices(backend.database, 1);
  expect(await recordUndelivered(backend.database, notice!, 'gone')).toBe(false);
  expect((await backend.database.query('SELECT due_at FROM outbox WHERE id = $1', [notice!.id]))[0]).toEqual({
    due_at: null,
  });
});

test('one notice of a user at a time: a receiver that is silent keeps no other user waiting', async () => {
  await backend.stop();
  const { database } = backend;
  await database.query('DELETE FROM outbox');
  for (const [user, count] of [
    ['eve', 5],
    ['fay', 1],
  ] as const) {
    await setEndpoint(database, user, `https://${user}.example/`);
    for (let n = 0; n < count; n += 1)
      await database.query('INSERT INTO outbox (generation_id, user_id, status) VALUES ($1, $2, $3)', [
        ...[await created(database, { user }), user, 'failed'],
      ]);
  }
  const claimed = await claimNotices(database, 10);
  expect(claimed.map(({ url }) => url).sort()).toEqual(['https://eve.example/', 'https://fay.example/']);
  expect(await claimNotices(database, 10)).toEqual([]);
  for (const notice of claimed) await recordDelivered(database, notice);
  expect((await claimNotices(database, 10)).map(({ url }) => url)).toEqual(['https://eve.example/']);
});

test('a webhook never goes to plain http elsewhere', async () => {
  expect(await backend.operator('webhook', 'ann', 'http://example.com/hook')).toMatch(
    /^1 A webhook goes to an https address/,
  );
});
