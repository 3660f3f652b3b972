import { describe, expect, it } from 'vitest';
import { listModels } from '../../scripts/src/contracts/contract.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { AIVIDEOMAKER_MODELS } from '../support/models.ts';
import { IMAGE, KEY, open, T2V } from './support.ts';

const PRICED: [string, JsonObject, number][] = [
  ['t2v', T2V, 15],
  ['t2v', { ...T2V, duration: '8' }, 24],
  ['i2v', { image: 'https://example.com/a.png', duration: '5' }, 15],
  ['t2v_v3', { ...T2V, duration: '20' }, 80],
  ['i2v_v3', { image: IMAGE, prompt: null, duration: '5' }, 20],
  ['minimax', { content: 'a lighthouse' }, 15],
  ['minimax', { content: 'a lighthouse', resolution: '1080p', tier: 'base', duration: 10 }, 50],
  ['wan27', { prompt: 'a', duration: '5', resolution: '1080P', ratio: '16:9' }, 75],
  ['happyhorse', { prompt: 'a', duration: 3, resolution: '720P' }, 75],
  ['happyhorse', { prompt: 'a', duration: 3.5, resolution: '720P' }, 100],
  ['seedance20', { prompt: 'a', duration: 4, resolution: 480, ratio: '16:9' }, 41],
  ['seedance20', { prompt: 'a', duration: 5, resolution: 480, ratio: '16:9' }, 51],
  ['seedance20', { prompt: 'a', duration: 5, resolution: 720, ratio: '16:9' }, 110],
  ['lv', { image: IMAGE, prompt: ['one', 'two'] }, 150],
];

describe('authentication', () => {
  it.each([[null], [''], ['ak_invalid'], ['ak_invalid_2']])(
    'refuses the key %j before it checks the path',
    async (key) => {
      const { get, call } = await open();
      for (const answer of [
        await get('account', { key }),
        await get('nonsense', { key }),
        await call('POST', '/api/v1/generate/no-such-model', { key, body: '{' }),
      ]) {
        expect(answer.status).toBe(401);
        expect(answer.body).toEqual({
          status: 'FAILED',
          errorCode: 'AUTH_FAILED',
          message: 'Invalid API key. Please check your API key.',
        });
      }
    },
  );
});

describe('account', () => {
  it('shows the balance and the models as the service listed them', async () => {
    const { get } = await open();
    const LISTED = ['t2v', 'i2v', 'minimax', 't2v_v3', 'i2v_v3', 'seedance20', 'wan27', 'happyhorse'];
    const added = (await listModels('aivideomaker')).filter((id) => !AIVIDEOMAKER_MODELS.includes(id));
    expect((await get('account')).body).toEqual({
      ok: true,
      apiVersion: 'v1',
      skillVersion: '1.0.15',
      currentBalance: 1000,
      // Behind those that the service listed, whatever else has a contract.
      supportedModels: [...LISTED, ...added],
      dailyCreditLimit: -1,
      generationRequestsPerMinute: -1,
      creditWarningAt: -1,
    });
  });
});

describe('quote', () => {
  it.each(PRICED)('%s %j costs %d, by quote and by charge', async (model, body, credits) => {
    const { call, balance } = await open();
    expect((await call('POST', `/api/v1/quote/${model}`, { body })).body).toEqual({
      model,
      credits,
      listPriceUsd: credits / 100,
      usdPerCredit: 0.01,
      currentBalance: 1000,
      affordable: true,
      billable: false,
    });
    expect(await balance()).toBe(1000);
    const created = await call('POST', `/api/v1/generate/${model}`, { body });
    expect(created.body).toMatchObject({ status: 'SUBMITTED', creditsCharged: credits });
    expect(await balance()).toBe(1000 - credits);
  });

  it('says when it cannot be paid', async () => {
    const { call } = await open();
    const body = { prompt: 'a', duration: 15, resolution: '1080P' };
    await call('POST', '/api/v1/generate/happyhorse', { body });
    const { status, body: quote } = await call('POST', '/api/v1/quote/happyhorse', { body });
    expect(status).toBe(200);
    expect(quote).toMatchObject({ credits: 750, currentBalance: 250, affordable: false });
  });
});

describe('create', () => {
  it('answers with the task, the charge and addresses on the host that was called', async () => {
    const { create, origin } = await open();
    const { status, body } = await create();
    const url = `${origin}/api/v1/tasks/${body.taskId}`;
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'SUBMITTED',
      taskId: expect.stringMatching(/^ck[0-9a-z]{23}$/),
      creditsCharged: 15,
      idempotentReplay: false,
      responseUrl: url,
      statusUrl: `${url}/status`,
      cancelUrl: `${url}/cancel`,
    });
  });

  it.each([
    ['no-such-model', {}],
    ['T2V', T2V],
    ['..%2F..%2Fpackage', {}],
    ['%00', {}],
    ['__proto__', {}],
  ])('knows no model %s', async (model, body) => {
    const { call, balance } = await open();
    for (const endpoint of ['generate', 'quote']) {
      const answer = await call('POST', `/api/v1/${endpoint}/${model}`, { body });
      expect(answer).toMatchObject({ status: 400, body: { errorCode: 'INVALID_MODEL' } });
      expect(answer.body.message).toContain('Unsupported model: ');
    }
    expect(await balance()).toBe(1000);
  });

  it.each([
    ['an empty body', '', ['JSON']],
    ['half a body', '{"prompt":', ['JSON']],
    ['an array', '[]', ['JSON object']],
    ['null', 'null', ['JSON object']],
    ['missing fields', '{}', ['prompt', 'aspectRatio', 'duration']],
    ['a number for a string', JSON.stringify({ ...T2V, duration: 5 }), ['duration: expected', '"5"']],
    ['an unknown field', JSON.stringify({ ...T2V, aspect_ratio: '16:9' }), ['aspect_ratio']],
    [
      'a field named __proto__',
      '{"prompt":"a","aspectRatio":"16:9","duration":"5","__proto__":{}}',
      ['__proto__'],
    ],
    ['endless nesting', `{"prompt":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, []],
    ['an unknown marker', JSON.stringify({ ...T2V, prompt: '[sandbox:fial]' }), ['fial', '[sandbox:fail]']],
  ])('refuses %s with hints', async (_, body, hints) => {
    const { call, balance } = await open();
    for (const endpoint of ['generate', 'quote']) {
      const answer = await call('POST', `/api/v1/${endpoint}/t2v`, { body });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ status: 'FAILED', errorCode: 'INVALID_PAYLOAD' });
      for (const hint of hints) expect(answer.body.message).toContain(hint);
    }
    expect(await balance()).toBe(1000);
  });

  it('refuses what the balance does not cover', async () => {
    const { call, balance } = await open();
    const body = { prompt: 'a', duration: 15, resolution: '1080P' };
    await call('POST', '/api/v1/generate/happyhorse', { body });
    const answer = await call('POST', '/api/v1/generate/happyhorse', { body });
    expect(answer.status).toBe(402);
    expect(answer.body).toEqual({
      status: 'FAILED',
      errorCode: 'INSUFFICIENT_CREDITS',
      message: 'Insufficient credits: 750 needed, 250 left.',
    });
    expect(await balance()).toBe(250);
  });

  it('obeys X-Max-Credits', async () => {
    const { create, balance } = await open();
    const above = await create(T2V, { 'x-max-credits': '14' });
    expect([above.status, above.body.errorCode]).toEqual([422, 'BUDGET_EXCEEDED']);
    expect(await balance()).toBe(1000);
    expect((await create(T2V, { 'x-max-credits': '15' })).status).toBe(200);
    for (const value of ['-1', '1.5', 'many', '']) {
      expect((await create(T2V, { 'x-max-credits': value })).body.errorCode).toBe('INVALID_PAYLOAD');
    }
  });
});

describe('Idempotency-Key', () => {
  const guard = { 'idempotency-key': 'request-0001' };

  it('gives the same task for the same request and charges once, also for another order of fields', async () => {
    const { create, balance, get, clock } = await open();
    const first = await create(T2V, guard);
    clock.pass(4);
    const { prompt, ...rest } = T2V;
    const again = await create({ ...rest, prompt }, guard);
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ ...first.body, status: 'PROGRESS', idempotentReplay: true });
    expect(await balance()).toBe(985);
    const { body } = await get('tasks');
    expect(body.tasks).toHaveLength(1);
    expect(body.tasks[0].idempotencyKey).toBe('request-0001');
  });

  it('replays though the balance or the budget would not allow it again', async () => {
    const { call } = await open();
    const body = { prompt: 'a', duration: 15, resolution: '1080P' };
    const path = '/api/v1/generate/happyhorse';
    const { taskId } = (await call('POST', path, { body, headers: guard })).body;
    const replay = await call('POST', path, { body, headers: { ...guard, 'x-max-credits': '1' } });
    expect(replay.body).toMatchObject({ taskId, creditsCharged: 750, idempotentReplay: true });
  });

  it('refuses other data, another model and another image under the same key', async () => {
    const { create, call, balance } = await open();
    await create(T2V, guard);
    const image = { 'idempotency-key': 'request-0002' };
    await call('POST', '/api/v1/generate/i2v', { headers: image, body: { image: IMAGE, duration: '5' } });
    for (const answer of [
      await create({ ...T2V, duration: '8' }, guard),
      await call('POST', '/api/v1/generate/t2v_v3', { headers: guard, body: T2V }),
      await call('POST', '/api/v1/generate/i2v', {
        headers: image,
        body: { image: IMAGE.replace('WjR9', 'WjR8'), duration: '5' },
      }),
    ]) {
      expect([answer.status, answer.body.errorCode]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    }
    expect(await balance()).toBe(970);
  });

  it('is the concern of one API key only', async () => {
    const { create, balance } = await open();
    const mine = await create(T2V, guard);
    const theirs = await create(T2V, guard, 'ak_other');
    expect(theirs.body.idempotentReplay).toBe(false);
    expect(theirs.body.taskId).not.toBe(mine.body.taskId);
    expect(await balance('ak_other')).toBe(985);
  });

  it('makes one task of many requests at once', async () => {
    const { create, balance } = await open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(T2V, guard)));
    expect(new Set(answers.map(({ body }) => body.taskId)).size).toBe(1);
    expect(answers.filter(({ body }) => !body.idempotentReplay)).toHaveLength(1);
    expect(await balance()).toBe(985);
  });

  it('takes 8 to 128 characters', async () => {
    const { create } = await open();
    for (const [length, status] of [
      [7, 400],
      [8, 200],
      [128, 200],
      [129, 400],
    ] as const) {
      expect((await create(T2V, { 'idempotency-key': 'k'.repeat(length) })).status).toBe(status);
    }
  });
});

describe('tasks', () => {
  it('goes through its states in the order and time described', async () => {
    const { make, state, clock } = await open();
    const id = await make();
    const seen = [];
    for (const seconds of [0, 2.999, 0.001, 1.999, 0.001, 20 * 60]) {
      clock.pass(seconds);
      seen.push(await state(id));
    }
    expect(seen).toEqual(['SUBMITTED', 'SUBMITTED', 'PROGRESS', 'PROGRESS', 'COMPLETED', 'COMPLETED']);
  });

  it('keeps real time when asked to', async () => {
    const { make, state, clock } = await open({ speed: 1 });
    const id = await make();
    clock.pass(299);
    expect(await state(id)).toBe('PROGRESS');
    clock.pass(1);
    expect(await state(id)).toBe('COMPLETED');
  });

  it('shows the whole task, finished or not', async () => {
    const { make, get, clock, origin } = await open();
    const id = await make();
    const unfinished = {
      id,
      model: 't2v',
      input: T2V,
      output: null,
      status: 'SUBMITTED',
      createdAt: '2026-11-21T12:00:00.000Z',
      completedAt: null,
      creditsCharged: 15,
      creditsRefunded: 0,
      listValueCents: 15,
      idempotencyKey: null,
    };
    expect((await get(`tasks/${id}`)).body).toEqual(unfinished);
    clock.pass(60);
    expect((await get(`tasks/${id}`)).body).toEqual({
      ...unfinished,
      output: { url: `${origin}/files/${id}.mp4`, msg: expect.stringContaining('24 hours') },
      status: 'COMPLETED',
      completedAt: '2026-11-21T12:00:05.000Z',
    });
  });

  it('is found by its encoded id too', async () => {
    const { make, get } = await open();
    const id = await make();
    expect((await get(`tasks/%63${id.slice(1)}?fresh=1`)).body.id).toBe(id);
  });

  it('answers a status query with the status alone', async () => {
    const { make, get } = await open();
    expect((await get(`tasks/${await make()}/status`)).body).toEqual({ status: 'SUBMITTED' });
  });

  it('lists the newest first, in the shape of the detail', async () => {
    const { make, get, clock } = await open();
    const ids = [await make(), await make()];
    clock.pass(1);
    ids.push(await make());
    const { tasks } = (await get('tasks')).body;
    expect(tasks.map((task: JsonObject) => task.id)).toEqual(ids.reverse());
    expect(tasks[0]).toEqual((await get(`tasks/${ids[0]}`)).body);
  });

  it('belong to the key that made them', async () => {
    const { make, get, put } = await open();
    const id = await make();
    const key = 'ak_other';
    for (const answer of [
      await get(`tasks/${id}`, { key }),
      await get(`tasks/${id}/status`, { key }),
      await put(`tasks/${id}/cancel`, { key }),
      await get('tasks/ckxxxxxxxx'),
      await get('tasks/..%2F..%2Fetc'),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ status: 'FAILED', message: 'Task not found.' });
    }
    expect((await get('tasks', { key })).body).toEqual({ tasks: [] });
  });

  it('show a storage address for each base64 image, and other values as they were sent', async () => {
    const { call, get, origin } = await open();
    const body = {
      prompt: 'a',
      duration: 3,
      resolution: '720P',
      image: [IMAGE, 'https://example.com/a.png'],
    };
    const { taskId } = (await call('POST', '/api/v1/generate/happyhorse', { body })).body;
    const { input } = (await get(`tasks/${taskId}`)).body;
    expect(input).toEqual({
      ...body,
      image: [expect.stringMatching(/\/storage\/[0-9a-f]{32}\.png$/), 'https://example.com/a.png'],
    });
    expect(input.image[0].startsWith(origin)).toBe(true);
    expect((await call('GET', new URL(input.image[0]).pathname, { key: null })).status).toBe(404);
  });

  it('show a very long prompt cut', async () => {
    const { make, get } = await open();
    const id = await make({ ...T2V, prompt: 'x'.repeat(100_000) });
    expect((await get(`tasks/${id}`)).body.input.prompt).toMatch(/^x{32768}… \[cut by the sandbox\]$/);
  });
});

describe('cancel', () => {
  it('refunds a task that is SUBMITTED', async () => {
    const { make, put, get, balance, clock } = await open();
    const id = await make();
    clock.pass(2.9);
    const cancelled = await put(`tasks/${id}/cancel`);
    expect([cancelled.status, cancelled.body]).toEqual([200, { status: 'CANCEL', taskId: id }]);
    expect(await balance()).toBe(1000);
    clock.pass(60);
    expect((await get(`tasks/${id}`)).body).toMatchObject({
      status: 'CANCEL',
      output: null,
      completedAt: null,
      creditsCharged: 15,
      creditsRefunded: 15,
      listValueCents: 0,
    });
  });

  it('comes too late for any other', async () => {
    const { make, put, state, balance, clock } = await open();
    const id = await make();
    for (const [seconds, expected] of [
      [3, 'PROGRESS'],
      [2, 'COMPLETED'],
    ] as const) {
      clock.pass(seconds);
      const late = await put(`tasks/${id}/cancel`);
      expect(late.status).toBe(400);
      expect(late.body).toEqual({ status: 'FAILED', message: expect.stringContaining(expected) });
      expect(await state(id)).toBe(expected);
    }
    expect(await balance()).toBe(985);
    const other = await make();
    await put(`tasks/${other}/cancel`);
    expect((await put(`tasks/${other}/cancel`)).status).toBe(400);
    expect(await balance()).toBe(985);
  });

  it.each(['POST', 'DELETE', 'GET'])('is not done by %s', async (method) => {
    const { make, call, state } = await open();
    const id = await make();
    const answer = await call(method, `/api/v1/tasks/${id}/cancel`);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('PUT');
    expect(await state(id)).toBe('SUBMITTED');
  });
});

describe('the limit of queries', () => {
  it('lets 60 a minute through, over all four kinds, and says when to come back', async () => {
    const { make, get, create, call, clock } = await open();
    const id = await make();
    const paths = ['account', 'tasks', `tasks/${id}`, `tasks/${id}/status`];
    for (let i = 0; i < 60; i++) {
      if (i === 30) clock.pass(20);
      expect((await get(paths[i % 4]!)).status).toBe(200);
    }
    for (const path of paths) {
      const answer = await get(path, { key: 'ak_other' });
      expect(answer.status).toBe(429);
      expect(answer.headers.get('retry-after')).toBe('40');
      expect(answer.body).toMatchObject({ status: 'FAILED', errorCode: 'RATE_LIMITED' });
    }
    expect((await create()).status).toBe(200);
    expect((await call('POST', '/api/v1/quote/t2v', { body: T2V })).status).toBe(200);
    clock.pass(40);
    expect((await get('tasks')).status).toBe(200);
  });

  it('survives a clock that is set back', async () => {
    const { get, clock } = await open();
    for (let i = 0; i < 60; i++) await get('tasks');
    clock.pass(-3_600);
    expect((await get('tasks')).status).toBe(200);
  });
});

describe('wrong methods and paths', () => {
  it.each([
    ['POST', 'account', 'GET'],
    ['DELETE', 'tasks', 'GET'],
    ['PUT', 'tasks/x', 'GET'],
    ['POST', 'tasks/x/status', 'GET'],
    ['GET', 'quote/t2v', 'POST'],
    ['PUT', 'generate/t2v', 'POST'],
  ])('%s %s is a 405 that names %s', async (method, path, allowed) => {
    const { call } = await open();
    const answer = await call(method, `/api/v1/${path}`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
    expect(answer.body.status).toBe('FAILED');
  });

  it.each(['/', '/api', '/api/v1', '/api/v1/', '/api/v1/x', '/api/v1/tasks/a/b', '/api/v10/tasks'])(
    '%s is a 404 in JSON',
    async (path) => {
      const { call } = await open();
      const answer = await call('GET', path, { key: KEY });
      expect([answer.status, answer.body]).toEqual([404, { status: 'FAILED', message: 'Not found.' }]);
    },
  );
});
