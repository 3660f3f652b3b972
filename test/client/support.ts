import { onTestFinished } from 'vitest';
import {
  type CallOptions,
  type Client,
  ClientError,
  type ClientOptions,
  createClient,
} from '../../scripts/src/client/index.ts';
import { startSandbox } from '../../scripts/src/sandbox/server.ts';
import { FakeClock } from '../support/clock.ts';
import { CANARY, T2V, tempFolder } from '../support/command.ts';
import type { Service } from '../support/scripted.ts';
import { type Script, service } from '../support/service.ts';

export const PROVIDERS = ['aivideomaker', 'apidot'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** A request that each service takes. */
export const REQUESTS = {
  aivideomaker: { model: 't2v', payload: { ...T2V } },
  apidot: { model: 'gpt-image-2', payload: { prompt: 'a lighthouse at dawn', size: '3:2' } },
};

/** Where each service takes a submit. */
export const SUBMIT = { aivideomaker: 'POST /api/v1/generate/t2v', apidot: 'POST /api/generate/submit' };

export const request = (provider: Provider) => ({ ...REQUESTS[provider], idempotencyKey: 'key-0001' });

/** A client with the canary as its key and a clock that moves only while it sleeps; closed when the test ends. */
export function clientOf(
  baseUrl: string,
  options: Partial<ClientOptions> = {},
): Client & { clock: FakeClock } {
  const clock = new FakeClock();
  const client = createClient({
    ...{ provider: 'aivideomaker', key: CANARY, baseUrl, clock, timeoutMs: 5_000 },
    ...options,
  });
  onTestFinished(() => client.close());
  return { ...client, clock };
}

/** The service, and a client of it. */
export async function served(
  script: Script = {},
  options: Partial<ClientOptions> = {},
): Promise<{ server: Service; client: ReturnType<typeof clientOf> }> {
  const server = await service(script);
  return { server, client: clientOf(server.origin, options) };
}

/** The origin of a sandbox that ends a task in a fraction of a second. */
export async function sandboxOrigin(speed = 2_000): Promise<string> {
  const sandbox = await startSandbox({ folder: null, speed });
  onTestFinished(() => sandbox.close());
  return sandbox.origin;
}

/** Every call that takes a signal, with what its error says of a submit once the request has left. */
export const CALLS: [
  name: string,
  call: (client: Client, options: CallOptions, provider?: Provider) => Promise<unknown>,
  outcome: string | null,
][] = [
  [
    'submit',
    (client, options, provider = 'aivideomaker') => client.submit(request(provider), options),
    'unknown',
  ],
  [
    'reconcile',
    (client, options, provider = 'aivideomaker') =>
      client.reconcile({ ...request(provider), submittedAt: 0 }, options),
    'unknown',
  ],
  ['status', (client, options) => client.status('task1', options), null],
  ['task', (client, options) => client.task('task1', options), null],
  ['list', (client, options) => client.list(options), null],
  ['cancel', (client, options) => client.cancel('task1', options), null],
  ['quote', (client, options, provider = 'aivideomaker') => client.quote(REQUESTS[provider], options), null],
  ['account', (client, options) => client.account(options), null],
  ['wait', (client, options) => client.wait('task1', options), null],
  ['download', (client, options) => client.download('task1', { ...options, to: tempFolder() }), null],
];

/** The public error that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<ClientError> {
  const error = await promise.then(
    (value) => new Error(`did not fail: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof ClientError) return error;
  throw error;
}

/** A signal that is aborted with this reason once `abort` is called. */
export function abortable(): { signal: AbortSignal; abort(): void; reason: Error } {
  const controller = new AbortController();
  const reason = new Error('the user left');
  return { signal: controller.signal, abort: () => controller.abort(reason), reason };
}
