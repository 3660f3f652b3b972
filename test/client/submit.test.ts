// What an error of a submit says of the charge: `rejected` only where the service certainly did not accept it.
import { describe, expect, test } from 'vitest';
import {
  AuthenticationError,
  BudgetExceededError,
  ConnectionError,
  IdempotencyConflictError,
  InsufficientCreditsError,
  InvalidRequestError,
  RateLimitError,
} from '../../scripts/src/client/index.ts';
import { CANARY } from '../support/command.ts';
import { type Answer, closedPort, type Reply, serve } from '../support/server.ts';
import { clientOf, errorOf, PROVIDERS, type Provider, REQUESTS, request, SUBMIT, served } from './support.ts';

const ACCEPTED = {
  aivideomaker: { status: 'SUBMITTED', taskId: 'task1', creditsCharged: 15 },
  apidot: { code: 200, data: { task_id: 'task1', status: 'not_started' } },
};

/** A service that gives one answer to every submit. */
const answering = (answer: Reply) => serve(() => answer);

describe.each(PROVIDERS)('%s', (provider: Provider) => {
  test('a submit is one attempt with the key, and returns the task', async () => {
    const server = await answering({ body: ACCEPTED[provider] });
    const task = await clientOf(server.origin, { provider }).submit(request(provider));
    expect(task).toMatchObject({ id: 'task1', state: 'SUBMITTED', idempotencyKey: 'key-0001', quoted: null });
    expect(server.received).toHaveLength(1);
    expect(server.to(SUBMIT[provider])).toHaveLength(1);
    const { headers } = server.received[0]!;
    expect(JSON.stringify(headers)).toContain(CANARY);
    if (provider === 'aivideomaker') expect(headers['idempotency-key']).toBe('key-0001');
  });

  type Row = [name: string, answer: Reply, outcome: 'rejected' | 'unknown', kind: unknown, more?: object];
  const rows: Row[] = [
    ['400', { status: 400, body: { message: 'no' } }, 'rejected', InvalidRequestError],
    ['401', { status: 401, body: { message: 'no' } }, 'rejected', AuthenticationError],
    ['402', { status: 402, body: { message: 'no' } }, 'rejected', InsufficientCreditsError],
    [
      '429 with Retry-After',
      { status: 429, headers: { 'retry-after': '7' }, body: { message: 'slow' } },
      'rejected',
      RateLimitError,
      { retryAfter: 7, transient: true },
    ],
    ['408', { status: 408, body: '' }, 'unknown', ConnectionError],
    ['500', { status: 500, body: '' }, 'unknown', ConnectionError],
    ['200 without a task id', { body: { ok: true } }, 'unknown', ConnectionError],
    ['200 that is no JSON', { body: 'fine' }, 'unknown', ConnectionError],
    ['a connection that is cut after the request', 'closed', 'unknown', ConnectionError],
    ['no answer in time', 'silence', 'unknown', ConnectionError],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://elsewhere.example/' } },
      'rejected',
      ConnectionError,
    ],
  ];
  test.each(rows)('%s', async (_, answer, outcome, kind, more = {}) => {
    const server = await answering(answer);
    const options = { provider, ...(answer === 'silence' && { timeoutMs: 200 }) };
    const error = await errorOf(clientOf(server.origin, options).submit(request(provider)));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ outcome, ...more });
    expect(server.received).toHaveLength(1);
  });

  test('a refused connection never left: rejected', async () => {
    const error = await errorOf(
      clientOf(`http://127.0.0.1:${await closedPort()}`, { provider }).submit(request(provider)),
    );
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ outcome: 'rejected', transient: true, cause: { code: 'ECONNREFUSED' } });
  });

  test('what the contract refuses is not sent', async () => {
    const server = await answering({ body: ACCEPTED[provider] });
    const client = clientOf(server.origin, { provider });
    const { model } = REQUESTS[provider];
    const error = await errorOf(client.submit({ ...request(provider), payload: { promt: 'x' } }));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'rejected' });
    expect(error.issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['prompt', 'promt']));
    const other = await errorOf(client.submit({ ...request(provider), model: `${model}x` }));
    expect(other).toMatchObject({ code: 'INVALID_MODEL', outcome: 'rejected' });
    expect(server.received).toEqual([]);
  });

  test.each([
    ['idempotencyKey', { idempotencyKey: 'short' }],
    ['idempotencyKey', { idempotencyKey: 'line\nbreak-line' }],
    ['maxCredits', { maxCredits: 0 }],
    ['maxCredits', { maxCredits: 1.5 }],
    ['callbackUrl', { callbackUrl: 'http://10.0.0.1/hook' }],
    ['callbackUrl', { callbackUrl: 'not an address' }],
  ])('%s is checked before anything is sent: %j', async (path, wrong) => {
    const server = await answering({ body: ACCEPTED[provider] });
    const error = await errorOf(
      clientOf(server.origin, { provider }).submit({ ...request(provider), ...wrong }),
    );
    expect(error.issues.map((issue) => issue.path)).toEqual([path]);
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'rejected' });
    expect(server.received).toEqual([]);
  });
});

test('a key that stands for another request is a conflict, and rejected', async () => {
  const server = await answering({ status: 409, body: { errorCode: 'IDEMPOTENCY_CONFLICT', message: 'no' } });
  const error = await errorOf(clientOf(server.origin).submit(request('aivideomaker')));
  expect(error).toBeInstanceOf(IdempotencyConflictError);
  expect(error.outcome).toBe('rejected');
});

test('an error answer that names a task: unknown, with the task', async () => {
  const body = { code: 500, error: { message: 'no', type: 'x' }, data: { task_id: 'task9' } };
  const server = await answering({ body });
  const error = await errorOf(clientOf(server.origin, { provider: 'apidot' }).submit(request('apidot')));
  expect(error).toMatchObject({ outcome: 'unknown', taskId: 'task9' });
});

describe('maxCredits', () => {
  const quoting = (credits: number, submit: Answer = { body: ACCEPTED.aivideomaker }) =>
    serve(({ path }) =>
      path.includes('/quote/') ? { body: { credits, currentBalance: 400, affordable: true } } : submit,
    );

  test('the price of the service is asked for, and the limit is sent along', async () => {
    const server = await quoting(15);
    const task = await clientOf(server.origin).submit({ ...request('aivideomaker'), maxCredits: 15 });
    expect(task).toMatchObject({ quoted: 15, charged: 15 });
    expect(server.to(SUBMIT.aivideomaker)[0]!.headers['x-max-credits']).toBe('15');
  });

  test('above it nothing is submitted', async () => {
    const server = await quoting(16);
    const error = await errorOf(
      clientOf(server.origin).submit({ ...request('aivideomaker'), maxCredits: 15 }),
    );
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error.outcome).toBe('rejected');
    expect(server.to('POST /api/v1/generate')).toEqual([]);
  });

  test('a quote that is lost says nothing of a task: rejected', async () => {
    const { server, client } = await served({ quote: 'closed' }, { maxRetries: 1 });
    const error = await errorOf(client.submit({ ...request('aivideomaker'), maxCredits: 15 }));
    expect(error).toMatchObject({ code: 'NETWORK_ERROR', outcome: 'rejected' });
    expect(server.to('POST /api/v1/quote')).toHaveLength(2);
    expect(server.to('POST /api/v1/generate')).toEqual([]);
  });

  test('a service without quotes: the estimate of the contract', async () => {
    const server = await answering({ body: ACCEPTED.apidot });
    const client = clientOf(server.origin, { provider: 'apidot' });
    const error = await errorOf(client.submit({ ...request('apidot'), maxCredits: 1 }));
    expect(error).toMatchObject({ code: 'BUDGET_EXCEEDED', outcome: 'rejected' });
    expect(server.received).toEqual([]);
  });
});

test('a callback address reaches the service in its own form', async () => {
  const server = await answering({ body: ACCEPTED.apidot });
  const callbackUrl = 'https://hooks.example.com/é';
  await clientOf(server.origin, { provider: 'apidot' }).submit({ ...request('apidot'), callbackUrl });
  expect(JSON.parse(server.received[0]!.body).callback_url).toBe('https://hooks.example.com/%C3%A9');
});
