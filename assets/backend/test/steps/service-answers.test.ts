import { afterEach, expect, test } from 'vitest';
import { startBackend, type TestBackend } from '../support/backend.ts';
import { acceptance, type FakeService, startFakeService, task } from '../support/fake-service.ts';

const opened: (TestBackend | FakeService)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

type Handler = Parameters<typeof startFakeService>[0];

async function backendOf(handler: Handler, variables: Record<string, string> = {}) {
  const service = await startFakeService(handler);
  opened.push(service);
  const backend = await startBackend({ AIVIDEO_BASE_URL: service.origin, ...variables }, { waits: 'none' });
  opened.push(backend);
  const status = async (id: string) =>
    (await backend.database.query('SELECT status FROM generation WHERE id = $1', [id]))[0]!.status;
  return { service, backend, status };
}

const isSubmit = (url = '') => url.startsWith('/api/v1/generate/');
const isList = (url = '') => url === '/api/v1/tasks';

test('guarantee 1: when the request reaches the service, the row is committed as `submitting` (fault 35)', async () => {
  let seen: unknown;
  let backend: TestBackend | undefined;
  const made = await backendOf(async ({ url }) => {
    if (!isSubmit(url)) return { status: 200, body: { tasks: [task('ck-1', 'PROGRESS')] } };
    [seen] = await backend!.database.query(
      'SELECT status, submit_started_at <= now() AS started FROM generation',
    );
    return acceptance('ck-1');
  });
  backend = made.backend;
  const { id } = await backend.submit('a lighthouse');
  await backend.until(id, 'pending', 'running');
  expect(seen).toEqual({ status: 'submitting', started: true });
});

test('guarantee 2: a lost submit is found in the list by its key, whatever else the list says of it', async () => {
  let key: unknown;
  const { service, backend } = await backendOf(({ url, headers }) => {
    if (isSubmit(url)) {
      key = headers['idempotency-key'];
      return { status: 500, body: { status: 'FAILED', message: 'The answer is lost.' } };
    }
    const found = { ...task('ck-found', 'PROGRESS'), model: 'another', idempotencyKey: key };
    return { status: 200, body: isList(url) ? { tasks: [task('ck-other', 'PROGRESS'), found] } : found };
  });
  const { id } = await backend.submit('a lighthouse');
  expect(await backend.until(id, 'pending', 'running')).toMatchObject({ taskId: 'ck-found' });
  expect(service.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
});

test('guarantee 6: a 401 rejects nothing and holds everything, until an operator resumes the service (fault 91)', async () => {
  let isValid = false;
  const { service, backend, status } = await backendOf(({ url }) => {
    if (!isValid)
      return {
        status: 401,
        body: { status: 'FAILED', errorCode: 'AUTH_FAILED', message: 'Invalid API key.' },
      };
    if (isSubmit(url)) return acceptance(`ck-${service.seen.length}`);
    return { status: 200, body: { tasks: [] } };
  });
  const first = await backend.submit('first');
  // The submit, and the read that confirms that the key is refused.
  await expect.poll(() => service.seen.length, { timeout: 20_000 }).toBe(2);
  await expect.poll(() => status(first.id), { timeout: 20_000 }).toBe('queued');
  const second = await backend.submit('second');
  await expect
    .poll(
      async () =>
        (
          await backend.database.query(
            `SELECT count(*)::int AS n FROM pgboss.job WHERE name = 'submit' AND state = 'completed'`,
          )
        )[0]!.n,
      { timeout: 20_000 },
    )
    .toBeGreaterThan(1);
  const [account] = await backend.database.query(
    `SELECT stopped_at IS NOT NULL AS stopped FROM service_account WHERE provider = 'aivideomaker'`,
  );
  expect([account, service.seen.length, await status(second.id)]).toEqual([{ stopped: true }, 2, 'queued']);

  isValid = true;
  await backend.operator('resume', 'aivideomaker');
  await backend.until(first.id, 'pending');
  await backend.until(second.id, 'pending');
});

test('guarantee 3: a result on a private address is not fetched, and is not given up (faults 89, 98)', async () => {
  const { service, backend, status } = await backendOf(({ url }) => {
    if (isSubmit(url)) return acceptance('ck-private');
    if (isList(url))
      return {
        status: 200,
        body: { tasks: [task('ck-private', 'COMPLETED', 'https://169.254.169.254/latest/meta-data')] },
      };
    return { status: 200, body: task('ck-private', 'COMPLETED', 'https://10.0.0.1/clip.mp4') };
  });
  const { id } = await backend.submit('a lighthouse');
  await expect
    .poll(
      async () =>
        (
          await backend.database.query('SELECT attempts FROM generation WHERE id = $1 AND lease IS NULL', [
            id,
          ])
        )[0]?.attempts ?? 0,
      { timeout: 30_000 },
    )
    .toBeGreaterThan(1);
  expect(await status(id)).toBe('saving');
  expect(backend.lines.join('')).toMatch(/not public|private|not fetched|public address/i);
  expect(service.seen.some((line) => line.startsWith('GET /api/v1/tasks'))).toBe(true);
});

test('guarantee 3: a completed task whose list entry names no file is asked for by itself (fault 28)', async () => {
  const { service, backend } = await backendOf(({ url }) => {
    if (isSubmit(url)) return acceptance('ck-nofile');
    if (isList(url)) return { status: 200, body: { tasks: [task('ck-nofile', 'COMPLETED')] } };
    return { status: 200, body: task('ck-nofile', 'FAILED') };
  });
  const { id } = await backend.submit('a lighthouse');
  await backend.until(id, 'failed');
  expect(service.seen).toContain('GET /api/v1/tasks/ck-nofile');
});

test('guarantee 6: a task that the list leaves out is asked for by itself (fault 81)', async () => {
  const { backend } = await backendOf(({ url }) => {
    if (isSubmit(url)) return acceptance('ck-hidden');
    if (isList(url)) return { status: 200, body: { tasks: [] } };
    return { status: 200, body: task('ck-hidden', 'FAILED') };
  });
  const { id } = await backend.submit('a lighthouse');
  await backend.until(id, 'failed');
});

test('a refused connection is certainly no submit: it waits and is sent when the service is there (fault 1)', async () => {
  const { backend, service } = await backendOf(() => acceptance('ck-x'));
  await service.close();
  const { id } = await backend.submit('a lighthouse');
  await expect
    .poll(
      async () =>
        (
          await backend.database.query(
            `SELECT status, refused_at IS NOT NULL AS refused FROM generation WHERE id = $1`,
            [id],
          )
        )[0],
      { timeout: 20_000 },
    )
    .toEqual({ status: 'queued', refused: true });
});
