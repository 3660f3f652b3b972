import { describe, expect, it } from 'vitest';
import type { Call } from '../../scripts/src/http/api.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { Task } from '../../scripts/src/model/task.ts';
import { aivideomaker } from '../../scripts/src/providers/aivideomaker/api.ts';
import type { Provider, ProviderRequest, TaskList } from '../../scripts/src/providers/provider.ts';
import { anyJson } from '../support/json.ts';
import { expectQuoted, failure, NO_IDS, reading, submitLeaves, surviveAnything } from './support.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const KEY = 'ak_provider_canary';
const GENERATION: ProviderRequest = {
  model: 't2v',
  payload: { prompt: 'a lighthouse', duration: '5' },
  idempotencyKey: 'key-0001',
};

const providerAt = (base: string): Provider =>
  aivideomaker({ baseUrl: new URL(base), key: KEY, now: () => NOW });
const provider = providerAt('https://aivideomaker.ai');

const CALLS: [string, Call<unknown>, string][] = [
  ['account', provider.account(), 'GET /api/v1/account'],
  ['quote', provider.quote('t2v', GENERATION.payload), 'POST /api/v1/quote/t2v'],
  ['submit', provider.submit(GENERATION), 'POST /api/v1/generate/t2v'],
  ['list', provider.list(), 'GET /api/v1/tasks'],
  ['task', provider.task('ckx1'), 'GET /api/v1/tasks/ckx1'],
  ['status', provider.status('ckx1'), 'GET /api/v1/tasks/ckx1/status'],
  ['cancel', provider.cancel('ckx1'), 'PUT /api/v1/tasks/ckx1/cancel'],
];

describe('requests', () => {
  it.each(CALLS)('%s: method, path, and the key in one header', (name, { request }, route) => {
    expect(`${request.method} ${request.url.pathname}`).toBe(route);
    expect(request.url.search).toBe('');
    const keys = Object.entries(request.headers).filter(([, value]) => value.includes(KEY));
    expect(keys).toEqual([['key', KEY]]);
    expect(request.url.href).not.toContain(KEY);
    const text = request.body && Buffer.concat([...request.body]).toString();
    const hasBody = name === 'quote' || name === 'submit';
    expect(text).toBe(hasBody ? JSON.stringify(GENERATION.payload) : undefined);
    expect(request.headers['content-type']).toBe(hasBody ? 'application/json' : undefined);
  });

  it('a submit carries its idempotency key, and the other headers only where they are wanted', () => {
    const plain = provider.submit(GENERATION).request.headers;
    expect(plain).toMatchObject({ 'idempotency-key': 'key-0001' });
    expect(Object.keys(plain)).not.toContain('x-max-credits');
    expect(Object.keys(plain)).not.toContain('webhookUrl');
    const full = provider.submit({ ...GENERATION, maxCredits: 0, webhookUrl: 'https://hooks.example.com/x' });
    expect(full.request.headers).toMatchObject({
      'x-max-credits': '0',
      webhookUrl: 'https://hooks.example.com/x',
    });
  });

  it.each([
    ['https://aivideomaker.ai', 'https://aivideomaker.ai/api/v1/tasks/ckx1'],
    ['https://aivideomaker.ai/', 'https://aivideomaker.ai/api/v1/tasks/ckx1'],
    ['https://gateway.example.com/ai/video//', 'https://gateway.example.com/ai/video/api/v1/tasks/ckx1'],
    ['https://aivideomaker.ai/api/v1', 'https://aivideomaker.ai/api/v1/tasks/ckx1'],
    ['https://aivideomaker.ai/api/v1/', 'https://aivideomaker.ai/api/v1/tasks/ckx1'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787/api/v1/tasks/ckx1'],
    ['http://[::1]:8787/x', 'http://[::1]:8787/x/api/v1/tasks/ckx1'],
  ])('with the base URL %s', (base, url) => {
    expect(providerAt(base).task('ckx1').request.url.href).toBe(url);
  });

  it.each(['../account', 'a/b', 'a?b=c', 'a#b', '%2e%2e', 'a b', 'é', 'a%2Fb'])(
    'fault 56: the id %s stays one part of the path',
    (id) => {
      for (const call of [provider.task(id), provider.status(id), provider.cancel(id)]) {
        const { pathname, search, hash, origin } = call.request.url;
        expect(origin).toBe('https://aivideomaker.ai');
        expect(`${search}${hash}`).toBe('');
        expect(decodeURIComponent(pathname.split('/')[4]!)).toBe(id);
        expect(pathname.startsWith('/api/v1/tasks/')).toBe(true);
      }
    },
  );
});

const AUTH = 'AUTH_FAILED';
const CREDITS = 'INSUFFICIENT_CREDITS';
const PAYLOAD = 'INVALID_PAYLOAD';

describe('submit', () => {
  const submit = provider.submit(GENERATION);

  it.each<[string, unknown, object]>([
    ['the March sample', { status: 'SUBMITTED', taskId: 'ckx1', responseUrl: 'https://evil.example/' }, {}],
    [
      'with what it cost',
      { status: 'SUBMITTED', taskId: 'ckx1', creditsCharged: 15, idempotentReplay: true },
      {},
    ],
    ['the id under its other name', { status: 'SUBMITTED', id: 'ckx1' }, {}],
    ['no state', { taskId: 'ckx1' }, {}],
    ['changed case', { status: 'submitted', taskId: 'ckx1' }, {}],
    ['a replay of a task that has begun', { status: 'PROGRESS', taskId: 'ckx1' }, { state: 'PROGRESS' }],
    [
      'a task that failed at once',
      { status: 'FAILED', taskId: 'ckx1', message: 'why' },
      { state: 'FAILED', error: 'why' },
    ],
    ['a new word', { status: 'QUEUED', taskId: 'ckx1' }, { state: 'UNKNOWN', unknownState: 'QUEUED' }],
  ])('takes %s', (_, body, expected) => {
    expect(reading(submit, 200, body)).toMatchObject({
      id: 'ckx1',
      state: 'SUBMITTED',
      model: 't2v',
      idempotencyKey: 'key-0001',
      record: body,
      urls: [],
      ...expected,
    });
  });

  submitLeaves(
    submit,
    [
      ['nothing', {}],
      ...NO_IDS.map(([what, taskId]): [string, object] => [what, { status: 'SUBMITTED', taskId }]),
      ['a greeting', { status: 'SUBMITTED', message: 'hello' }],
      ['a code of success', { code: 200, message: 'ok' }],
      ['an array', [{ taskId: 'ckx1' }]],
    ],
    {
      later: [
        ['429 by the book', 429, { status: 'FAILED', errorCode: 'RATE_LIMITED' }],
        ['the code within 200', 200, { status: 'FAILED', errorCode: 'RATE_LIMITED' }],
        ['the number within 200', 200, { code: 429 }],
      ],
      open: [
        ['500', 500, { status: 'FAILED', message: 'oops' }],
        ['the number within 200', 200, { status: 'FAILED', code: 503 }],
      ],
    },
  );

  const status = 'FAILED';
  it.each<[string, number, unknown, string]>([
    ['402 by the book', 402, { status, errorCode: CREDITS, message: 'x' }, CREDITS],
    ['200 with the code', 200, { status, errorCode: CREDITS }, CREDITS],
    ['200 in March', 200, { status, message: 'Insufficient credits' }, CREDITS],
    ['400 with the sentence', 400, { status, message: 'insufficient CREDITS left' }, CREDITS],
    ['200 with only a number', 200, { code: 402, message: 'pay' }, CREDITS],
    ['200 with only a code', 200, { errorCode: CREDITS }, CREDITS],
    ['200 with a code elsewhere', 200, { error: 'INVALID_MODEL' }, 'INVALID_MODEL'],
    ['200 with a number and no words', 200, { code: 401 }, AUTH],
    ['200 with a bare refusal', 200, { status }, 'UNKNOWN_ERROR'],
    ['200 with a refusal in another case', 200, { status: 'failed', errorCode: PAYLOAD }, PAYLOAD],
    ['200 with an unknown code', 200, { status, errorCode: 'CONTENT_REJECTED' }, 'UNKNOWN_ERROR'],
    ['401', 401, { status, errorCode: AUTH, message: 'Invalid API key.' }, AUTH],
    ['401 without a body', 401, '', AUTH],
    ['403', 403, '<html>', AUTH],
    ['400 bad model', 400, { status, errorCode: 'INVALID_MODEL' }, 'INVALID_MODEL'],
    ['400 bad field', 400, { status, errorCode: PAYLOAD }, PAYLOAD],
    ['400 without a code', 400, { status, message: 'bad' }, PAYLOAD],
    ['413', 413, '<html>too large</html>', PAYLOAD],
    ['422 content', 422, { status, message: 'content rejected' }, PAYLOAD],
    ['422 budget', 422, { status, errorCode: 'BUDGET_EXCEEDED' }, 'BUDGET_EXCEEDED'],
    ['409', 409, { status, errorCode: 'IDEMPOTENCY_CONFLICT' }, 'IDEMPOTENCY_CONFLICT'],
    ['409 without a code', 409, {}, 'IDEMPOTENCY_CONFLICT'],
    ['404', 404, { status }, 'UNKNOWN_ERROR'],
    ['405', 405, '', 'UNKNOWN_ERROR'],
  ])('faults 17 to 19, 21 to 23: %s is a refusal, and final', (_, http, body, code) => {
    const thrown = failure(submit, http, body);
    expect(thrown.code).toBe(code);
    expect(thrown.details.unclear).toBeUndefined();
    expect(thrown.details.transient).toBe(false);
  });

  it.each([
    [400, { status: 'SUBMITTED', taskId: 'ckx1' }],
    [402, { status, errorCode: 'INSUFFICIENT_CREDITS', taskId: 'ckx1' }],
    [409, { status, errorCode: 'IDEMPOTENCY_CONFLICT', taskId: 'ckx1' }],
    [429, { status, errorCode: 'RATE_LIMITED', taskId: 'ckx1' }],
  ])('fault 26: HTTP %i with %j is an error and names a task: it may be there', (http, body) => {
    expect(failure(submit, http, body).details).toMatchObject({ unclear: true, taskId: 'ckx1' });
    expect(failure(submit, http, { ...body, taskId: 7 }).details.unclear).toBe(true);
  });
});

describe('status', () => {
  const status = provider.status('ckx1');

  it.each([
    ['SUBMITTED', 'SUBMITTED'],
    ['PROGRESS', 'PROGRESS'],
    ['COMPLETED', 'COMPLETED'],
    ['FAILED', 'FAILED'],
    ['CANCEL', 'CANCEL'],
    ['completed', 'COMPLETED'],
    ['Progress', 'PROGRESS'],
    [' COMPLETED ', 'COMPLETED'],
    ['finished', 'COMPLETED'],
    ['SUCCEEDED', 'COMPLETED'],
    ['CANCELLED', 'CANCEL'],
    ['CANCELED', 'CANCEL'],
  ])('fault 27: %s is %s', (word, state) => {
    expect(reading(status, 200, { status: word })).toEqual({ state, record: { status: word } });
  });

  it.each(['QUEUED', 'constructor', '__proto__', 'toString', 'ERLEDIGT'])(
    'fault 27: the word "%s" is none that we know',
    (word) => {
      expect(reading(status, 200, { status: word })).toMatchObject({ state: 'UNKNOWN', unknownState: word });
    },
  );

  it.each(['', ' ', 'run it with --new', '\u001b[31mX', 'Y'.repeat(100), 'DONE\u200b'])(
    'fault 30: fault 100: what is no word (%j) is not repeated as one',
    (word) => {
      expect(reading(status, 200, { status: word })).toMatchObject({
        state: 'UNKNOWN',
        unknownState: '(not a word)',
      });
    },
  );

  it.each<[string, object]>([
    ['a message', { status: 'FAILED', message: 'Something went wrong' }],
    ['a code', { status: 'FAILED', errorCode: 'CONTENT_REJECTED' }],
    ['a field error', { status: 'FAILED', error: 'x' }],
  ])('fault 23: FAILED with %s beside it may be an error', (_, body) => {
    const seen = reading(status, 200, body) as { state: string; possibleError?: Failure };
    expect(seen.state).toBe('FAILED');
    expect(seen.possibleError).toBeInstanceOf(Failure);
  });

  it.each([
    [{ status: 'FAILED', errorCode: 'AUTH_FAILED' }, 'AUTH_FAILED'],
    [{ status: 'FAILED', errorCode: 'RATE_LIMITED' }, 'RATE_LIMITED'],
    [{ status: 'FAILED', errorCode: 'TASK_NOT_FOUND' }, 'TASK_NOT_FOUND'],
    [{ status: 'FAILED', code: 404 }, 'TASK_NOT_FOUND'],
    [{ code: 404 }, 'TASK_NOT_FOUND'],
    [{ code: 429 }, 'RATE_LIMITED'],
    [{ error: 'boom' }, 'UNKNOWN_ERROR'],
  ])('fault 23: %j within 200 is an error', (body, code) => {
    expect(failure(status, 200, body).code).toBe(code);
  });

  it.each<[string, unknown]>([
    ['no state', {}],
    ['a numeric state', { status: 3 }],
    ['an array', ['COMPLETED']],
    ['nothing', ''],
    ['a page', '<html>'],
  ])('fault 25: %s is a transient error', (_, body) => {
    const thrown = failure(status, 200, body);
    expect(thrown.code).toBe('NETWORK_ERROR');
    expect(thrown.details).toMatchObject({ transient: true, unclear: false });
  });

  it.each([
    [404, 'TASK_NOT_FOUND', false],
    [401, 'AUTH_FAILED', false],
    [403, 'AUTH_FAILED', false],
    [429, 'RATE_LIMITED', true],
    [400, 'UNKNOWN_ERROR', false],
    [408, 'NETWORK_ERROR', true],
    [425, 'NETWORK_ERROR', true],
    [500, 'NETWORK_ERROR', true],
    [503, 'NETWORK_ERROR', true],
    [418, 'UNKNOWN_ERROR', false],
  ])('HTTP %i is %s (again later: %s)', (http, code, transient) => {
    const thrown = failure(status, http, '');
    expect(thrown).toMatchObject({ code, details: { transient } });
    expect(thrown.details.unclear).toBeUndefined();
  });

  it('fault 14: reads Retry-After as a date too, but only where waiting helps', () => {
    const headers = { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' };
    expect(failure(status, 503, '', headers).details.retryAfter).toBe(30);
    expect(failure(status, 404, '', headers).details.retryAfter).toBeUndefined();
  });
});

describe('task', () => {
  const task = provider.task('ckx1');
  const URL1 = 'https://static.img2video.ai/a.mp4';
  const record = { id: 'ckx1', model: 't2v', input: { prompt: 'x' }, status: 'COMPLETED' };

  it('takes the whole record of September 2026', () => {
    const body = {
      ...record,
      output: { url: URL1, msg: 'kept for 24 hours' },
      createdAt: '2026-09-10T12:00:00.123Z',
      completedAt: '2026-09-10T12:06:30.000Z',
      creditsCharged: 15,
      idempotencyKey: 'key-0001',
    };
    expect(reading(task, 200, body)).toEqual({
      id: 'ckx1',
      state: 'COMPLETED',
      charged: 15,
      model: 't2v',
      input: { prompt: 'x' },
      createdAt: Date.UTC(2026, 8, 10, 12, 0, 0, 123),
      completedAt: Date.UTC(2026, 8, 10, 12, 6, 30),
      idempotencyKey: 'key-0001',
      urls: [URL1],
      record: body,
    });
  });

  it.each<[string, unknown, string[]]>([
    ['url', { url: URL1 }, [URL1]],
    ['url and a message', { url: URL1, msg: 'x', error: null }, [URL1]],
    ['videoUrl', { videoUrl: URL1 }, [URL1]],
    ['video_url', { video_url: URL1 }, [URL1]],
    ['video as an object', { video: { url: URL1 } }, [URL1]],
    ['a string', URL1, [URL1]],
    ['a list', [URL1, `${URL1}?2`], [URL1, `${URL1}?2`]],
    ['files', { files: [{ url: URL1 }, { url: URL1 }] }, [URL1]],
    ['videos of strings', { videos: [URL1] }, [URL1]],
    ['null', null, []],
    ['an empty object', {}, []],
    ['an empty address', { url: '' }, []],
    ['an address of another scheme', { url: 'ftp://x/y' }, []],
    ['a local file', { url: 'file:///etc/passwd' }, []],
    ['no address', { url: 'https://' }, []],
    ['script', { url: 'javascript:alert(1)' }, []],
    ['a number', { url: 5 }, []],
  ])('fault 28: output with %s', (_, output, urls) => {
    expect(reading(task, 200, { ...record, output })).toMatchObject({ state: 'COMPLETED', urls });
  });

  it('fault 28: finds a result beside the other fields, and never in the input', () => {
    expect(reading(task, 200, { ...record, videoUrl: URL1 })).toMatchObject({ urls: [URL1] });
    expect(reading(task, 200, { ...record, files: [{ url: URL1 }] })).toMatchObject({ urls: [URL1] });
    expect(reading(task, 200, { ...record, input: { image: URL1, url: URL1 } })).toMatchObject({ urls: [] });
  });

  it.each(['SUBMITTED', 'PROGRESS', 'FAILED', 'CANCEL', 'QUEUED'])('names no result while %s', (status) => {
    expect(reading(task, 200, { ...record, status, output: { url: URL1 } })).toMatchObject({ urls: [] });
  });

  it('fault 28: a record without state does not count as a young task, and its result is not lost', () => {
    const { status: _, ...rest } = record;
    expect(reading(task, 200, { ...rest, output: { url: URL1 } })).toMatchObject({
      state: 'UNKNOWN',
      urls: [URL1],
    });
    expect(reading(task, 200, rest)).toMatchObject({ state: 'UNKNOWN', urls: [] });
  });

  it.each<[string, object]>([
    ['its id missing', { status: 'COMPLETED', output: { url: URL1 } }],
    ['its id a number', { id: 42, status: 'COMPLETED', output: { url: URL1 } }],
    ['its id named as in the other answers', { taskId: 'ckx1', status: 'COMPLETED', output: { url: URL1 } }],
  ])('fault 26: a record with %s is still the one asked for', (_, body) => {
    expect(reading(task, 200, body)).toMatchObject({ id: 'ckx1', urls: [URL1] });
  });

  it('fault 26: the record of another task is no answer, and is retried', () => {
    for (const body of [
      { id: 'other', status: 'COMPLETED', output: { url: URL1 } },
      { taskId: 'other', status: 'COMPLETED', output: { url: URL1 } },
      { id: 'CKX1', status: 'FAILED', output: null },
    ]) {
      const thrown = failure(task, 200, body);
      expect(thrown).toMatchObject({ code: 'NETWORK_ERROR', details: { transient: true } });
      expect(thrown.message).toContain('is about another task');
    }
    for (const call of [provider.status('ckx1'), provider.cancel('ckx1')]) {
      expect(failure(call, 200, { status: 'CANCEL', taskId: 'other' }).code).toBe('NETWORK_ERROR');
      expect(reading(call, 200, { status: 'CANCEL', taskId: 'ckx1' })).toMatchObject({ state: 'CANCEL' });
    }
  });

  it.each<[string, object, string | undefined]>([
    ['in the output', { output: { error: 'bad content', msg: 'm' } }, 'bad content'],
    ['as the message of the output', { output: { msg: 'bad content' } }, 'bad content'],
    ['beside', { error: 'bad content' }, 'bad content'],
    ['as a message', { message: 'bad content' }, 'bad content'],
    ['as a code', { errorCode: 'CONTENT_REJECTED' }, 'CONTENT_REJECTED'],
    ['nowhere', {}, undefined],
    ['as an object', { error: { a: 1 } }, undefined],
    ['with control characters', { error: 'a\u001b[2Jb\r\nc' }, 'a [2Jb c'],
  ])('fault 23: a record that says FAILED is a failed task; the reason is %s', (_, more, error) => {
    const seen = reading(task, 200, { ...record, status: 'FAILED', ...more }) as {
      state: string;
      error?: string;
    };
    expect(seen.state).toBe('FAILED');
    expect(seen.error).toBe(error);
  });

  it.each([
    [{ status: 'FAILED' }, 'UNKNOWN_ERROR'],
    [{ status: 'FAILED', message: 'Task not found' }, 'UNKNOWN_ERROR'],
    [{ status: 'FAILED', errorCode: 'AUTH_FAILED', taskId: 'ckx1' }, 'AUTH_FAILED'],
    [{ status: 'FAILED', errorCode: 'RATE_LIMITED' }, 'RATE_LIMITED'],
    [{ code: 404 }, 'TASK_NOT_FOUND'],
    [{ status: 'COMPLETED' }, 'NETWORK_ERROR'],
    [{}, 'NETWORK_ERROR'],
  ])('fault 23: %j is no record', (body, code) => {
    expect(failure(task, 200, body).code).toBe(code);
  });

  it.each(['', 'yesterday', 5, null])('ignores the time of creation %j', (createdAt) => {
    expect((reading(task, 200, { ...record, createdAt }) as Task).createdAt).toBeUndefined();
  });

  it.each(['', null, 5])('ignores the idempotency key %j', (idempotencyKey) => {
    expect((reading(task, 200, { ...record, idempotencyKey }) as Task).idempotencyKey).toBeUndefined();
  });
});

describe('cancel', () => {
  const cancel = provider.cancel('ckx1');

  it.each([
    [{ status: 'CANCEL', taskId: 'ckx1' }, 'CANCEL'],
    [{ status: 'CANCELLED' }, 'CANCEL'],
    [{ status: 'PROGRESS', taskId: 'ckx1' }, 'PROGRESS'],
    [{ status: 'FAILED', taskId: 'ckx1' }, 'FAILED'],
  ])('%j is %s', (body, state) => {
    expect(reading(cancel, 200, body)).toMatchObject({ state });
  });

  it.each<[number, unknown, string, boolean]>([
    [405, '', 'UNKNOWN_ERROR', false],
    [404, '', 'TASK_NOT_FOUND', false],
    [409, { status: 'FAILED', message: 'already running' }, 'UNKNOWN_ERROR', false],
    [200, { status: 'FAILED', message: 'cannot be cancelled' }, 'UNKNOWN_ERROR', false],
    [200, {}, 'NETWORK_ERROR', true],
    [503, '', 'NETWORK_ERROR', true],
  ])('fault 24: HTTP %i with %j is %s (again later: %s)', (status, body, code, transient) => {
    const thrown = failure(cancel, status, body);
    expect(thrown).toMatchObject({ code, details: { transient } });
  });
});

describe('list', () => {
  const list = provider.list();

  it('keeps the order, counts what it could not read, and has the time of the service', () => {
    const tasks = [
      { id: 'b', status: 'PROGRESS' },
      { id: 'a', status: 'COMPLETED', output: { url: 'https://x.example/a' } },
      { id: 7, status: 'PROGRESS' },
      { status: 'PROGRESS' },
      'nonsense',
      null,
    ];
    const headers = { date: 'Sat, 21 Nov 2026 12:00:30 GMT' };
    const seen = reading(list, 200, { tasks }, headers) as TaskList;
    expect(seen.tasks.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(seen).toMatchObject({ unread: 4, serverTime: NOW + 30_000 });
  });

  it.each([{}, { date: 'soon' }])('has no time with the headers %j', (headers) => {
    expect(reading(list, 200, { tasks: [] }, headers)).toMatchObject({
      tasks: [],
      unread: 0,
      serverTime: null,
    });
  });

  it.each<[unknown, string]>([
    [{}, 'NETWORK_ERROR'],
    [{ tasks: {} }, 'NETWORK_ERROR'],
    [[], 'NETWORK_ERROR'],
    [{ status: 'FAILED', errorCode: 'AUTH_FAILED' }, 'AUTH_FAILED'],
    [{ code: 429 }, 'RATE_LIMITED'],
  ])('%j is no list', (body, code) => {
    expect(failure(list, 200, body).code).toBe(code);
  });
});

describe('quote', () => {
  const quote = provider.quote('t2v', GENERATION.payload);

  it.each<[object, object]>([
    [
      { model: 't2v', credits: 15, currentBalance: 415, affordable: true },
      { credits: 15, balance: 415, affordable: true },
    ],
    [{ credits: 0 }, { credits: 0, balance: null, affordable: null }],
    [
      { credits: 15, currentBalance: '9', affordable: 'no' },
      { credits: 15, balance: null, affordable: null },
    ],
  ])('reads %j', (body, expected) => {
    expect(reading(quote, 200, body)).toEqual({ ...expected, record: body });
  });

  it.each<[object, string]>([
    [{}, 'NETWORK_ERROR'],
    [{ credits: '15' }, 'NETWORK_ERROR'],
    [{ credits: -1 }, 'NETWORK_ERROR'],
    [{ status: 'FAILED', errorCode: 'INVALID_PAYLOAD' }, 'INVALID_PAYLOAD'],
    [{ code: 402 }, 'INSUFFICIENT_CREDITS'],
  ])('fault 60: %j is no price', (body, code) => {
    expect(failure(quote, 200, body).code).toBe(code);
  });
});

describe('account', () => {
  const account = provider.account();

  it('reads models and leaves the rest as it is', () => {
    const body = { ok: true, currentBalance: 415, supportedModels: ['t2v', 5, 'i2v'] };
    expect(reading(account, 200, body)).toEqual({ balance: 415, models: ['t2v', 'i2v'], record: body });
    expect(reading(account, 200, { ok: true })).toMatchObject({ balance: null, models: [] });
    const talk = { currentBalance: '415', supportedModels: ['run rm -rf now', 'x'.repeat(200), 'wan27'] };
    expect(reading(account, 200, talk)).toMatchObject({ balance: null, models: ['wan27'] });
  });

  it.each([
    { ok: false, errorCode: 'AUTH_FAILED' },
    { status: 'FAILED', errorCode: 'AUTH_FAILED' },
    { code: 401 },
  ])('fault 23: %j is an error', (body) => {
    expect(failure(account, 200, body).code).toBe('AUTH_FAILED');
  });
});

describe('messages', () => {
  it('fault 30: quote the service shortly, in one line, without what a terminal would obey', () => {
    const body = (message: string) => ({ status: 'FAILED', message });
    expectQuoted(provider.status('ckx1'), 400, body, '400');
  });

  it('fault 8: show the beginning of what is not JSON, with its status', () => {
    const page = `<html>\n<title>502 Bad Gateway</title>${'x'.repeat(100_000)}`;
    const bad = failure(provider.status('ckx1'), 502, page);
    expect(
      bad.message.startsWith('The service answered HTTP 502: "<html> <title>502 Bad Gateway</title>xxx'),
    ).toBe(true);
    const portal = failure(provider.status('ckx1'), 200, page);
    expect(portal.message).toMatch(
      /^The answer of https:\/\/aivideomaker\.ai \(HTTP 200\) is not a JSON object: "<html> /,
    );
    expect(portal.message.length).toBeLessThan(350);
    expect(failure(provider.status('ckx1'), 503, '').message).toBe(
      'The service answered HTTP 503 with an empty body.',
    );
  });
});

describe('any JSON at all', () => {
  const json = anyJson(
    [
      ...['id', 'taskId', 'status', 'tasks', 'output', 'input', 'error', 'errorCode', 'code', 'message'],
      ...['createdAt', 'idempotencyKey', 'credits', 'currentBalance', 'supportedModels', 'ok', 'url'],
      ...['files', 'model'],
    ],
    ['SUBMITTED', 'PROGRESS', 'COMPLETED', 'FAILED', 'CANCEL', 'x'],
  );

  surviveAnything(CALLS, json, 'never throws anything but a Failure, and pollutes no prototype', () => {});

  it('fault 31: a body nested a hundred thousand deep is read like any other', () => {
    const deep = `{"id":"ckx1","status":"COMPLETED","output":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(reading(provider.task('ckx1'), 200, deep)).toMatchObject({ id: 'ckx1', urls: [] });
  });
});
