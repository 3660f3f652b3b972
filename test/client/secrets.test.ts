// The key goes to the service in one header; no error and no result shows it, whatever the service says.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CallOptions, ClientError } from '../../scripts/src/client/index.ts';
import { serveRaw } from '../http/raw.ts';
import { CANARY } from '../support/command.ts';
import { closedPort, serve } from '../support/server.ts';
import { CALLS, clientOf, errorOf, PROVIDERS, request } from './support.ts';

/** Everything that a log, a report or a debugger may show of an error. */
function shownOf(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at !== undefined && depth < 10; depth += 1) {
    parts.push(inspect(at, { depth: 10, showHidden: true }), JSON.stringify(at) ?? '', String(at));
    if (!(at instanceof Error)) break;
    const names = Object.getOwnPropertyNames(at) as (keyof Error)[];
    parts.push(
      at.stack ?? '',
      JSON.stringify(at, names),
      ...names.map((name) => inspect(at, { depth: 0 }) + name),
    );
    at = at.cause;
  }
  return parts.join('\n').toLowerCase();
}

const said = `your key ${CANARY} is bad, ${CANARY.toUpperCase()}`;
const ANSWERS = [
  {
    status: 400,
    body: { message: said, errorCode: 'INVALID_PAYLOAD', error: { message: said, type: said } },
  },
  { status: 401, body: { message: said, code: 401, error: { message: said } } },
  { status: 429, headers: { 'retry-after': '1' }, body: { error: said, message: said } },
  { status: 500, body: said },
  { status: 200, body: said },
  { status: 200, body: { status: said, id: said, task_id: CANARY, data: { task_id: CANARY, status: said } } },
];

describe.each(PROVIDERS)('%s', (provider) => {
  test.each(ANSWERS.map((answer) => [answer.status, answer] as const))(
    'a service that repeats the key: %s',
    async (_, answer) => {
      const server = await serve(() => answer);
      const client = clientOf(server.origin, { provider, maxRetries: 0 });
      const errors = await Promise.all(
        CALLS.map(([name, call]) =>
          call(client, (name === 'wait' ? { until: 0 } : {}) as CallOptions, provider).then(
            (value) => value,
            (error: ClientError) => error,
          ),
        ),
      );
      // A status with an odd word is an answer; the others are errors.
      const thrown = errors.filter((one) => one instanceof Error);
      expect(thrown.length).toBeGreaterThan(4);
      for (const error of thrown) expect(shownOf(error)).not.toContain(CANARY);
    },
  );

  test('errors of the network', async () => {
    const cut = await serveRaw((socket) => socket.destroy());
    const noise = await serveRaw((socket) => socket.end(`${CANARY} is no HTTP\r\n\r\n`));
    const origins = [cut.origin, noise.origin, `http://127.0.0.1:${await closedPort()}`];
    for (const origin of origins) {
      const client = clientOf(origin, { provider, maxRetries: 0 });
      const error = await errorOf(client.submit(request(provider)));
      expect(error.code).toBe('NETWORK_ERROR');
      expect(shownOf(error)).not.toContain(CANARY);
    }
  });

  test('the reason of a failed task', async () => {
    const server = await serve({
      body: {
        ...{ id: 'task1', status: 'FAILED', output: { error: said }, code: 200 },
        data: { task_id: 'task1', status: 'failed', error_message: said },
      },
    });
    const { error } = await clientOf(server.origin, { provider }).task('task1');
    expect(error).toMatch(/^your key \[redacted\] is bad/);
  });
});

test('a client shows its key to nobody who prints it', () => {
  const client = clientOf('http://127.0.0.1:9');
  expect(inspect(client, { depth: 10, showHidden: true }) + JSON.stringify(client)).not.toContain(CANARY);
});

test('an error names itself and has no body of a request', async () => {
  const server = await serve({ status: 400, body: { message: 'no' } });
  const error = await errorOf(clientOf(server.origin).submit(request('aivideomaker')));
  expect(error.name).toBe('InvalidRequestError');
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'rejected' });
  expect(shownOf(error)).not.toContain('lighthouse');
});
