import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refuseUnsupported } from '../../scripts/src/cli/command-line/unsupported.ts';
import type { Call } from '../../scripts/src/http/api.ts';
import type { Task } from '../../scripts/src/model/task.ts';
import { apidot } from '../../scripts/src/providers/apidot/api.ts';
import type { Provider, ProviderRequest, TaskStatus } from '../../scripts/src/providers/provider.ts';
import { profileOf } from '../../scripts/src/providers/registry.ts';
import { thrownBy } from '../support/failures.ts';
import { anyJson } from '../support/json.ts';
import { expectQuoted, failure, NO_IDS, reading, submitLeaves, surviveAnything } from './support.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const KEY = 'sk-provider-canary';
const ID = 'task-unified-1757165031-uyujaw3d';
const GENERATION: ProviderRequest = {
  model: 'gpt-image-2',
  payload: { prompt: 'a lighthouse', size: '16:9' },
  idempotencyKey: 'key-0001',
};
const PROFILE = profileOf('apidot')!;

const providerAt = (base: string): Provider => apidot({ baseUrl: new URL(base), key: KEY, now: () => NOW });
const provider = providerAt('https://api.apidot.ai');

const CALLS: [string, Call<unknown>, string][] = [
  ['submit', provider.submit(GENERATION), 'POST /api/generate/submit'],
  ['status', provider.status(ID), `GET /api/generate/status/${ID}`],
  ['task', provider.task(ID), `GET /api/generate/status/${ID}`],
  ['detail', provider.detail!(ID), `GET /api/generate/detail/music?task_id=${ID}`],
];

describe('the profile', () => {
  it('claims nothing that is not documented', () => {
    expect(Object.values(PROFILE.can)).toEqual(Array(5).fill(false));
    expect(PROFILE).toMatchObject({
      title: 'APIDot',
      url: 'https://api.apidot.ai',
      keyVariable: 'APIDOT_API_KEY',
      urlVariable: 'APIDOT_BASE_URL',
      keyPage: 'https://apidot.ai/dashboard/api-key',
    });
    for (const sentence of [PROFILE.says.credits, PROFILE.says.retention, PROFILE.says.refund])
      expect(sentence).toMatch(/APIDot .*2026/);
    expect(PROFILE.says.retention).toContain('3 days');
  });

  it('is loaded by its id', async () => {
    const loaded = await PROFILE.create({ baseUrl: new URL(PROFILE.url), key: KEY, now: () => NOW });
    expect(loaded.id).toBe('apidot');
    expect(loaded.status(ID).request.url.href).toBe(`https://api.apidot.ai/api/generate/status/${ID}`);
  });
});

describe('requests', () => {
  it.each(CALLS)(
    '%s: method, path, and the key in the authorization header alone',
    (_, { request }, route) => {
      expect(`${request.method} ${request.url.pathname}${request.url.search}`).toBe(route);
      const keys = Object.entries(request.headers).filter(([, value]) => value.includes(KEY));
      expect(keys).toEqual([['authorization', `Bearer ${KEY}`]]);
      expect(request.url.href).not.toContain(KEY);
      expect((request.body && Buffer.concat([...request.body]).toString()) ?? '').not.toContain(KEY);
    },
  );

  it('a submit has the payload as the input, and nothing of what is not documented', () => {
    const { request } = provider.submit({ ...GENERATION, maxCredits: 5 });
    expect(JSON.parse(Buffer.concat([...request.body!]).toString())).toEqual({
      model: 'gpt-image-2',
      input: GENERATION.payload,
    });
    expect(Object.keys(request.headers).sort()).toEqual([
      'accept',
      'authorization',
      'content-type',
      'user-agent',
    ]);
  });

  it('the address for callbacks goes into the body', () => {
    const { request } = provider.submit({ ...GENERATION, webhookUrl: 'https://hooks.example.com/x' });
    expect(JSON.parse(Buffer.concat([...request.body!]).toString())).toEqual({
      model: 'gpt-image-2',
      input: GENERATION.payload,
      callback_url: 'https://hooks.example.com/x',
    });
  });

  it.each([
    ['https://api.apidot.ai/', 'https://api.apidot.ai/api/generate/status/x1'],
    ['https://gateway.example.com/dot//', 'https://gateway.example.com/dot/api/generate/status/x1'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787/api/generate/status/x1'],
  ])('with the base URL %s', (base, url) => {
    expect(providerAt(base).task('x1').request.url.href).toBe(url);
  });

  it.each(['../submit', 'a/b', 'a?b=c', 'a#b', 'a&b=c', '%2e%2e', 'a b', 'é', 'a%2Fb'])(
    'fault 56: the id %s stays one part of the address',
    (id) => {
      const { url } = provider.status(id).request;
      expect(`${url.origin}${url.search}${url.hash}`).toBe('https://api.apidot.ai');
      expect(decodeURIComponent(url.pathname.split('/')[4]!)).toBe(id);
      expect(url.pathname.split('/')).toHaveLength(5);
      const detail = provider.detail!(id).request.url;
      expect(detail.pathname).toBe('/api/generate/detail/music');
      expect([...detail.searchParams]).toEqual([['task_id', id]]);
    },
  );
});

const AUTH = 'AUTH_FAILED';
const CREDITS = 'INSUFFICIENT_CREDITS';
const PAYLOAD = 'INVALID_PAYLOAD';
const WITHIN = 'HTTP 200 with';
/** A refusal as it is documented. */
const refusal = (code: number, message: string, type: string) => ({ code, error: { message, type } });

describe('submit', () => {
  const submit = provider.submit(GENERATION);
  const data = { task_id: ID, status: 'not_started', created_time: '2026-04-19T21:19:42' };

  it.each<[string, object, object]>([
    ['the documented sample', { code: 200, data }, {}],
    ['no status, and a message', { code: 200, message: 'ok', data: { task_id: ID } }, {}],
    ['a status of null', { code: 200, data: { task_id: ID, status: null } }, {}],
    ['the code 0', { code: 0, data }, {}],
    ['no code', { data }, {}],
    [
      'the id of an example',
      { code: 200, data: { task_id: 'PERRRQ2XC34JRFII' } },
      { id: 'PERRRQ2XC34JRFII' },
    ],
    ['a task that runs already', { code: 200, data: { ...data, status: 'running' } }, { state: 'PROGRESS' }],
    [
      'a task that failed at once',
      { code: 200, data: { ...data, status: 'failed', error_message: 'why' } },
      { state: 'FAILED', error: 'why' },
    ],
    [
      'a new word',
      { code: 200, data: { ...data, status: 'queued' } },
      { state: 'UNKNOWN', unknownState: 'queued' },
    ],
  ])('takes %s', (_, body, expected) => {
    const task = reading(submit, 200, body) as Task;
    expect(task).toMatchObject({
      id: ID,
      state: 'SUBMITTED',
      model: 'gpt-image-2',
      idempotencyKey: 'key-0001',
      urls: [],
      record: body,
      ...expected,
    });
    // No sample names a time zone.
    expect(task.createdAt).toBeUndefined();
    expect(task.charged).toBeUndefined();
  });

  it('takes a time of creation that names its zone', () => {
    const body = { code: 200, data: { ...data, created_time: '2026-04-19T21:19:42+08:00' } };
    expect(reading(submit, 200, body)).toMatchObject({ createdAt: Date.UTC(2026, 3, 19, 13, 19, 42) });
  });

  submitLeaves(
    submit,
    [
      ['nothing', {}],
      ['a success without a task', { code: 200, message: 'ok' }],
      ['data of null', { code: 200, data: null }],
      ['data in a list', { code: 200, data: [data] }],
      ['the id at the root', { code: 200, task_id: ID }],
      ...NO_IDS.map(([what, task_id]): [string, object] => [what, { code: 200, data: { task_id } }]),
      ['lyrics at once', { code: 200, data: { aligned_words: [], is_streamed: false } }],
      ['an array', [{ data }]],
    ],
    {
      later: [
        ['429', 429, refusal(429, 'slow down', 'rate_limited')],
        ['the number within 200', 200, { code: 429, message: 'slow down' }],
        ['the name within 200', 200, { error: { message: 'slow down', type: 'rate_limited' } }],
      ],
      open: [
        ['500', 500, refusal(500, 'oops', 'server_error')],
        ['500 with a body of success', 500, { code: 200, data: {} }],
        ['500 with a body that refuses', 500, refusal(400, 'x', 'invalid_request_error')],
        ['the number within 200', 200, { code: 503, message: 'busy' }],
        ['the number within 400', 400, { code: 500, message: 'busy' }],
      ],
    },
  );

  it.each<[string, number, unknown, string, string?]>([
    ['400 as documented', 400, refusal(400, 'no images', 'invalid_request_error'), PAYLOAD, 'no images'],
    ['401 as documented', 401, refusal(401, 'Unauthorized', 'authentication_error'), AUTH, 'Unauthorized'],
    ['402 as documented', 402, refusal(402, 'pay', 'insufficient_credits'), CREDITS, 'pay'],
    [
      '{code, message} within 200',
      200,
      { code: 402, message: 'pay' },
      CREDITS,
      `${WITHIN} the code 402 in its body: "pay"`,
    ],
    ['{code, error} within 200', 200, { code: 400, error: { message: 'bad' } }, PAYLOAD, 'bad'],
    ['only a code within 200', 200, { code: 401 }, AUTH],
    ['a code and data of null', 200, { code: 401, data: null }, AUTH],
    ['{detail}', 401, { detail: 'no key' }, AUTH, 'no key'],
    ['{message}', 400, { message: 'bad' }, PAYLOAD, 'bad'],
    ['{error: {message}}', 400, { error: { message: 'bad' } }, PAYLOAD, 'bad'],
    ['a text as the error', 400, { error: 'bad' }, PAYLOAD, 'bad'],
    ['a name that says more than the status', 400, { error: { type: 'insufficient_credits' } }, CREDITS],
    ['a name without any number, within 200', 200, { error: { type: 'authentication_error' } }, AUTH],
    ['a number that says more than the status', 400, { code: 402, message: 'x' }, CREDITS],
    ['403', 403, '<html>', AUTH],
    ['404', 404, '', 'UNKNOWN_ERROR'],
    ['405', 405, '', 'UNKNOWN_ERROR'],
    ['409, which nothing documents', 409, {}, 'UNKNOWN_ERROR'],
    ['413', 413, '<html>too large</html>', PAYLOAD],
    ['422', 422, { detail: [{ loc: ['input'] }] }, PAYLOAD],
    ['a code of 409 within 200', 200, { code: 409, message: 'x' }, 'UNKNOWN_ERROR'],
  ])('faults 17 to 19, 21 to 23: %s is a refusal, and final', (_, status, body, code, said = '') => {
    const thrown = failure(submit, status, body);
    expect(thrown.code).toBe(code);
    expect(thrown.message).toContain(said);
    expect(thrown.details.unclear).toBeUndefined();
    expect(thrown.details.transient).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ['a code of its own', { code: 1001, message: 'no' }, 'code 1001: no'],
    ['a code below zero', { code: -1 }, 'code -1'],
    ['another success', { code: 201 }, 'code 201'],
    ['a fraction', { code: 0.5 }, 'code 0.5'],
    ['an error of no known type', { error: { message: 'no', type: 'odd' } }, 'no'],
    ['an empty error', { code: 200, error: {} }, 'HTTP 200'],
    ['a detail', { detail: 'no' }, 'no'],
  ])('%s within 200 is an error that says neither yes nor no', (_, body, said) => {
    const thrown = failure(submit, 200, body);
    expect(thrown.code).toBe('UNKNOWN_ERROR');
    expect(thrown.message).toContain(said);
    expect(thrown.details).toMatchObject({ unclear: true, transient: false });
  });

  it.each([
    [200, { code: 400, data }],
    [200, { code: 201, data }],
    [400, { code: 200, data }],
    [500, { code: 200, data }],
    [402, { code: 402, data }],
  ])('HTTP %i with %j names a task and refuses it at once: it may be there', (status, body) => {
    expect(failure(submit, status, body).details).toMatchObject({ unclear: true, taskId: ID });
  });

  it.each([
    { code: '400', data },
    { code: null, data },
    { code: true, data },
    { code: [400], data },
  ])('a code that is no number says nothing: %j', (body) => {
    expect(reading(submit, 200, body)).toMatchObject({ id: ID, state: 'SUBMITTED' });
  });
});

const FILE = 'https://storage.apidot.ai/a.mp4';
const OTHER = 'https://storage.apidot.ai/b.png';
const GLB = 'https://storage.apidot.ai/a.glb';
const FIRST = { file_url: FILE };
const DONE = { created_time: '2026-04-19T21:19:42', progress: 100 };

describe.each([
  ['status', provider.status(ID)],
  ['task', provider.task(ID)],
])('%s', (_, call) => {
  const see = (data: unknown) => reading(call, 200, { code: 200, data }) as Task & TaskStatus;

  it.each<[string, object, object]>([
    ['S1', { output: { files: [{ ...FIRST, file_type: 'video' }] }, error_message: null }, {}],
    ['S1b', { output: { files: [{ ...FIRST, file_type: 'audio' }] } }, {}],
    ['S2', { files: [{ ...FIRST, file_type: 'image' }], ...DONE, error_message: null }, { progress: 100 }],
    [
      'S3',
      { files: [{ ...FIRST, file_type: 'video', watermark_url: OTHER }], ...DONE, credits_amount: 12 },
      { progress: 100 },
    ],
    ['S5 with files', { files: [FIRST], credits_amount: 12, finished_time: '2026-04-19T21:20:42' }, {}],
    ['S5 with an output', { output: { files: [FIRST] } }, {}],
    [
      'files of 3D',
      {
        output: {
          files: [
            { file_url: GLB, file_type: 'model' },
            { file_url: OTHER, file_type: 'image' },
          ],
        },
      },
      { urls: [GLB, OTHER] },
    ],
  ])('reads shape %s', (__, more, expected) => {
    const data = { task_id: ID, status: 'finished', ...more };
    const record = { code: 200, data };
    // Exactly these: no charge is made of credits_amount, no time of one without a zone.
    expect(see(data)).toEqual({ id: ID, state: 'COMPLETED', record, urls: [FILE], ...expected });
  });

  it.each<[string, object, string[]]>([
    ['both places, the same', { output: { files: [FIRST] }, files: [FIRST] }, [FILE]],
    [
      'both places, under two addresses: once is enough',
      { output: { files: [FIRST] }, files: [{ file_url: OTHER }] },
      [FILE],
    ],
    ['both places, the first empty', { output: { files: [] }, files: [FIRST] }, [FILE]],
    ['an output of null', { output: null, files: [FIRST] }, [FILE]],
    ['files of null', { output: { files: [FIRST] }, files: null }, [FILE]],
    ['audio_url in files', { files: [{ audio_url: FILE }] }, [FILE]],
    ['audio_url in the output', { output: { files: [{ audio_url: FILE }] } }, [FILE]],
    ['one file twice', { files: [FIRST, FIRST] }, [FILE]],
    ['no place', {}, []],
    ['files that are no list', { output: { files: FIRST }, files: 'x' }, []],
    ['files of texts', { files: [FILE] }, []],
    ['an address that is no text', { files: [{ file_url: 5 }, null, { file_url: [FILE] }] }, []],
    ['an address of another scheme', { files: [{ file_url: 'ftp://x/y' }, { file_url: 'file:///etc' }] }, []],
    ['no address', { files: [{ file_url: 'https://' }, { file_url: '' }] }, []],
  ])('fault 28: files in %s', (__, more, urls) => {
    expect(see({ task_id: ID, status: 'finished', ...more })).toMatchObject({ state: 'COMPLETED', urls });
  });

  it.each([
    ['not_started', 'SUBMITTED'],
    ['running', 'PROGRESS'],
    ['processing', 'PROGRESS'],
    ['finished', 'COMPLETED'],
    ['failed', 'FAILED'],
    [' Finished ', 'COMPLETED'],
  ])('fault 27: %s is %s', (word, state) => {
    expect(see({ task_id: ID, status: word })).toEqual({
      id: ID,
      state,
      urls: [],
      record: { code: 200, data: { task_id: ID, status: word } },
    });
  });

  it.each(['queued', 'pending', 'success', 'cancelled', 'completed', 'constructor', '__proto__'])(
    'fault 27: the word "%s" is none that is documented, and no end',
    (word) => {
      const seen = see({ task_id: ID, status: word, files: [FIRST] });
      expect(seen).toMatchObject({ state: 'UNKNOWN', unknownState: word, urls: [] });
    },
  );

  it.each([
    [0, 0],
    [42.5, 42.5],
    [100, 100],
    [101, undefined],
    [-1, undefined],
    ['50', undefined],
    [null, undefined],
  ])('takes the progress %j for %j', (progress, expected) => {
    expect(see({ status: 'running', progress }).progress).toBe(expected);
  });

  it.each([
    [{ error_message: 'a\u001b[2Jb\r\nc' }, 'a [2Jb c'],
    [{ error_message: null }, undefined],
    [{ error_message: '' }, undefined],
    [{ error_message: { text: 'x' } }, undefined],
    [{}, undefined],
  ])('fault 23: a failed task is an ordinary answer; %j', (more, error) => {
    const seen = see({ task_id: ID, status: 'failed', ...more, files: [FIRST] });
    expect(seen).toMatchObject({ state: 'FAILED', urls: [] });
    expect(seen.error).toBe(error);
    expect(seen).not.toHaveProperty('possibleError');
  });

  it('fault 26: a record whose id is missing or odd is still the one asked for', () => {
    for (const task_id of [undefined, 42, '', null])
      expect(see({ task_id, status: 'running' })).toMatchObject({ id: ID, state: 'PROGRESS' });
  });

  it('fault 26: the record of another task is no answer, and is retried', () => {
    for (const task_id of ['x;rm', `${ID}0`]) {
      const thrown = failure(provider.status(ID), 200, { code: 200, data: { task_id, status: 'finished' } });
      expect(thrown).toMatchObject({ code: 'NETWORK_ERROR', details: { transient: true } });
      expect(thrown.message).toContain('is about another task');
    }
  });

  it('fault 28: a result without a state is not lost, and is no end either', () => {
    expect(see({ files: [FIRST] })).toMatchObject({ state: 'UNKNOWN', urls: [FILE] });
  });

  it.each<[string, unknown]>([
    ['no data', { code: 200 }],
    ['no status', { code: 200, data: { task_id: ID } }],
    ['a numeric status', { code: 200, data: { status: 3 } }],
    ['the status at the root', { code: 200, status: 'finished' }],
    ['data in a list', { code: 200, data: [{ status: 'finished' }] }],
    ['a message', { code: 200, message: 'ok' }],
    ['an array', ['finished']],
    ['nothing', ''],
    ['a cut body', '{"code":200,"data":{"status":"fini'],
    ['a page', '<html>'],
  ])('fault 25: %s is a transient error', (__, body) => {
    const thrown = failure(call, 200, body);
    expect(thrown.code).toBe('NETWORK_ERROR');
    expect(thrown.details).toMatchObject({ transient: true, unclear: false });
  });

  it.each<[string, number, unknown, string, boolean]>([
    ['401', 401, { code: 401, error: { message: 'x', type: 'authentication_error' } }, AUTH, false],
    ['401 within 200', 200, { code: 401, message: 'x' }, AUTH, false],
    ['403', 403, '', AUTH, false],
    ['404', 404, '', 'TASK_NOT_FOUND', false],
    ['404 within 200', 200, { code: 404, data: null }, 'TASK_NOT_FOUND', false],
    ['429', 429, '', 'RATE_LIMITED', true],
    ['429 within 200', 200, { code: 429 }, 'RATE_LIMITED', true],
    ['408', 408, '', 'NETWORK_ERROR', true],
    ['500 with a finished task in it', 500, { data: { status: 'finished' } }, 'NETWORK_ERROR', true],
    [
      '500 within 200 beside a finished task',
      200,
      { code: 500, data: { status: 'finished' } },
      'NETWORK_ERROR',
      true,
    ],
    ['1001 within 200', 200, { code: 1001, data: { status: 'finished' } }, 'UNKNOWN_ERROR', false],
    ['an error within 200', 200, { error: { message: 'boom' } }, 'UNKNOWN_ERROR', false],
    ['400 within 200', 200, refusal(400, 'no', 'invalid_request'), 'UNKNOWN_ERROR', false],
    ['418', 418, '', 'UNKNOWN_ERROR', false],
  ])('%s is an error', (__, status, body, code, transient) => {
    const thrown = failure(call, status, body);
    expect(thrown).toMatchObject({ code, details: { transient } });
    expect(thrown.details.unclear).toBeUndefined();
  });

  it('fault 14: heeds Retry-After, which nothing documents', () => {
    expect(failure(call, 503, '', { 'retry-after': '30' }).details.retryAfter).toBe(30);
  });
});

describe('music detail', () => {
  const detail = provider.detail!(ID);
  const at = (name: string) => `https://storage.apidot.ai/${name}`;

  it('takes the sample of the playground', () => {
    const body = {
      code: 200,
      message: 'success',
      data: {
        task_id: ID,
        status: 'finished',
        files: [
          {
            ...{ audio_id: 'x', audio_url: at('a.mp3'), image_url: at('a.png'), title: 'Dawn' },
            ...{ duration: 122, prompt: 'x', style: 'calm', lyrics: 'la' },
          },
        ],
        created_time: '2026-04-24T10:00:00',
        progress: 100,
        error_message: null,
      },
    };
    expect(reading(detail, 200, body)).toEqual({
      id: ID,
      state: 'COMPLETED',
      progress: 100,
      urls: [at('a.mp3'), at('a.png')],
      record: body,
    });
  });

  it('names every file, the sound of all of them first', () => {
    const file = (name: string) => ({
      midi_url: at(`${name}.mid`),
      instrumental_url: at(`${name}-i.mp3`),
      vocals_url: at(`${name}-v.mp3`),
      image_url: at('cover.png'),
      video_url: at(`${name}.mp4`),
      wav_url: at(`${name}.wav`),
      audio_url: at(`${name}.mp3`),
    });
    const body = { code: 200, data: { status: 'finished', files: [file('a'), file('b')] } };
    expect((reading(detail, 200, body) as Task).urls.map((url) => url.slice(at('').length))).toEqual([
      ...['a.mp3', 'b.mp3', 'a.wav', 'b.wav', 'a.mp4', 'b.mp4', 'cover.png'],
      ...['a-v.mp3', 'b-v.mp3', 'a-i.mp3', 'b-i.mp3', 'a.mid', 'b.mid'],
    ]);
    const wavOnly = { code: 200, data: { status: 'finished', files: [{ wav_url: at('a.wav') }] } };
    expect(reading(detail, 200, wavOnly)).toMatchObject({ urls: [at('a.wav')] });
  });

  it.each(['not_started', 'running', 'failed'])('names none while %s', (status) => {
    const body = { code: 200, data: { status, files: [{ audio_url: at('a.mp3') }] } };
    expect(reading(detail, 200, body)).toMatchObject({ urls: [] });
  });

  it('says what it cannot read', () => {
    expect(failure(detail, 200, { code: 200, data: null }).code).toBe('NETWORK_ERROR');
    expect(failure(detail, 200, { code: 400, message: 'not a music task' }).code).toBe('UNKNOWN_ERROR');
  });
});

describe('what is not documented', () => {
  it.each<[string, () => unknown]>([
    ['cancelTask', () => provider.cancel(ID)],
    ['listTasks', () => provider.list()],
    ['quote', () => provider.quote('gpt-image-2', {})],
    ['account', () => provider.account()],
  ])('%s is refused before anything is sent', (action, ask) => {
    for (const refuse of [ask, () => refuseUnsupported(PROFILE, action)]) {
      const { code, message, details } = thrownBy(refuse);
      expect(code).toBe(PAYLOAD);
      expect(message).toMatch(/^APIDot documents no .* so nothing was sent\.$/);
      expect(details.unclear).toBeUndefined();
      if (refuse === ask) {
        expect(details.reason).toEqual({ kind: 'unsupportedAction', action });
        continue;
      }
      expect(details.issues).toEqual([
        {
          path: '--action',
          expected: 'an action that APIDot documents a request for',
          received: `"${action}"`,
          hint: expect.stringMatching(/\S/),
        },
      ]);
      expect(details.nextSteps).toHaveLength(1);
    }
  });

  it('lets pass what there is', () => {
    for (const action of ['generate', 'getStatus', 'waitTask', 'listModels', 'toString'])
      expect(() => refuseUnsupported(PROFILE, action)).not.toThrow();
    for (const action of ['cancelTask', 'listTasks', 'quote', 'account'])
      expect(() => refuseUnsupported(profileOf('aivideomaker')!, action)).not.toThrow();
  });
});

describe('messages', () => {
  it('fault 30: quote the service shortly, in one line, without what a terminal would obey', () => {
    const body = (message: string) => ({ code: 400, error: { message } });
    expectQuoted(provider.status(ID), 200, body, '200 with the code 400 in its body');
  });

  it('fault 8: show the beginning of what is not JSON', () => {
    const portal = failure(provider.status(ID), 200, `<html>\n<title>Wi-Fi</title>${'x'.repeat(9_000)}`);
    expect(portal.message).toMatch(
      /^The answer of https:\/\/api\.apidot\.ai \(HTTP 200\) is not a JSON object: "<html> <title>Wi-Fi/,
    );
    expect(portal.message.length).toBeLessThan(350);
  });
});

describe('any JSON at all', () => {
  const json = anyJson(
    [
      ...['code', 'message', 'data', 'task_id', 'status', 'output', 'files', 'file_url', 'audio_url'],
      ...['error', 'type', 'detail', 'error_message', 'progress', 'created_time', 'credits_amount'],
    ],
    ['not_started', 'running', 'processing', 'finished', 'failed', FILE, 'rate_limited', ID],
  );
  const data = (of: unknown) => ({ entries: [['code', 200] as const, ['data', of] as const] });
  const answers = fc.oneof(json, json.map(data)) as typeof json;

  surviveAnything(
    CALLS,
    answers,
    'throws nothing but a Failure, and sees no end that it was not told',
    (result, text) => {
      const { status: told } = JSON.parse(text).data;
      const word = typeof told === 'string' ? told.trim().toLowerCase() : '';
      const { state, urls } = result as Task;
      expect(state === 'COMPLETED').toBe(word === 'finished');
      expect(state === 'FAILED').toBe(word === 'failed');
      for (const url of urls) expect(url).toMatch(/^https?:\/\//i);
    },
  );

  it('fault 31: a body nested a hundred thousand deep is read like any other', () => {
    const deep = `{"data":{"status":"finished","output":{"files":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}`;
    expect(reading(provider.task(ID), 200, deep)).toMatchObject({ state: 'COMPLETED', urls: [] });
  });
});
