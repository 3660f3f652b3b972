import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EFFECTS, readMarks, type ScenarioName } from '../../scripts/src/sandbox/scenarios.ts';
import { open, prompting, T2V } from './support.ts';

const GUARD = { 'idempotency-key': 'request-0001' };

/** Typed by the table: a scenario without a test does not compile. */
const TESTS: Record<ScenarioName, () => Promise<void>> = {
  async fail() {
    const { make, get, balance, clock } = await open();
    const id = await make(prompting('fail'));
    expect(await balance()).toBe(985);
    clock.pass(5);
    expect((await get(`tasks/${id}`)).body).toMatchObject({
      status: 'FAILED',
      output: { error: expect.any(String) },
      completedAt: null,
      creditsRefunded: 15,
      listValueCents: 0,
    });
    expect((await get(`tasks/${id}/status`)).body).toEqual({ status: 'FAILED' });
    expect(await balance()).toBe(1000);
  },

  async 'no-credits'() {
    const { create, call, balance, get } = await open();
    const { status, body } = await create(prompting('no-credits'));
    expect([status, body.errorCode]).toEqual([402, 'INSUFFICIENT_CREDITS']);
    expect(body.message).toMatch(/^Insufficient credits/);
    const quote = await call('POST', '/api/v1/quote/t2v', { body: prompting('no-credits') });
    expect(quote.body).toMatchObject({ credits: 15, currentBalance: 0, affordable: false });
    expect(await balance()).toBe(1000);
    expect((await get('tasks')).body.tasks).toEqual([]);
  },

  async reject() {
    const { create, get } = await open();
    const { status, body } = await create(prompting('reject'));
    expect([status, body]).toEqual([422, { status: 'FAILED', message: expect.any(String) }]);
    expect((await get('tasks')).body.tasks).toEqual([]);
  },

  async slow() {
    const { make, state, clock } = await open();
    const id = await make(prompting('slow'));
    clock.pass(29.9);
    expect(await state(id)).toBe('SUBMITTED');
    clock.pass(0.1);
    expect(await state(id)).toBe('PROGRESS');
    clock.pass(59.9);
    expect(await state(id)).toBe('PROGRESS');
    clock.pass(0.1);
    expect(await state(id)).toBe('COMPLETED');
  },

  async never() {
    const { make, state, clock } = await open();
    const id = await make(prompting('never'));
    clock.pass(47 * 60);
    expect(await state(id)).toBe('PROGRESS');
  },

  async 'rate-limit'() {
    const { create, balance } = await open();
    const first = await create(prompting('rate-limit'), GUARD);
    expect([first.status, first.body.errorCode]).toEqual([429, 'RATE_LIMITED']);
    expect(first.headers.get('retry-after')).toBe('1');
    expect(await balance()).toBe(1000);
    const second = await create(prompting('rate-limit'), GUARD);
    expect([second.status, second.body.idempotentReplay]).toEqual([200, false]);
  },

  async 'lost-answer'() {
    const { create, balance, get } = await open();
    await expect(create(prompting('lost-answer'), GUARD)).rejects.toThrow();
    expect(await balance()).toBe(985);
    const { tasks } = (await get('tasks')).body;
    expect(tasks).toMatchObject([{ status: 'SUBMITTED', idempotencyKey: 'request-0001' }]);
    const replay = await create(prompting('lost-answer'), GUARD);
    expect(replay.body).toMatchObject({ taskId: tasks[0].id, idempotentReplay: true });
    expect(await balance()).toBe(985);
  },

  async 'not-delivered'() {
    const { create, balance, get } = await open();
    await expect(create(prompting('not-delivered'), GUARD)).rejects.toThrow();
    expect(await balance()).toBe(1000);
    expect((await get('tasks')).body.tasks).toEqual([]);
    const second = await create(prompting('not-delivered'), GUARD);
    expect(second.body).toMatchObject({ status: 'SUBMITTED', idempotentReplay: false });
  },

  async 'server-error'() {
    const { create, balance } = await open();
    const first = await create(prompting('server-error'));
    expect([first.status, first.body.status]).toEqual([500, 'FAILED']);
    expect(await balance()).toBe(1000);
    expect((await create(prompting('server-error'))).status).toBe(200);
    expect((await create(prompting('server-error'))).status).toBe(500);
  },

  async flaky() {
    const { make, get } = await open();
    const id = await make(prompting('flaky'));
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await get(`tasks/${id}/status`)).status);
    expect(statuses).toEqual([200, 503, 200, 503]);
    expect((await get(`tasks/${id}`)).status).toBe(200);
  },

  async 'expired-link'() {
    const { make, get, clock } = await open();
    const id = await make(prompting('expired-link'));
    await get(`tasks/${id}`);
    clock.pass(5);
    const listed = (await get('tasks')).body.tasks[0].output.url;
    const first = (await get(`tasks/${id}`)).body.output.url;
    const second = (await get(`tasks/${id}`)).body.output.url;
    expect(listed).toBe(first);
    expect((await fetch(first)).status).toBe(410);
    expect((await fetch(second)).status).toBe(200);
    expect((await get(`tasks/${id}`)).body.output.url).toBe(second);
  },

  async 'cut-download'() {
    const { make, get, clock } = await open();
    const id = await make(prompting('cut-download'));
    clock.pass(5);
    const { url } = (await get(`tasks/${id}`)).body.output;
    const head = await fetch(url, { method: 'HEAD' });
    const length = Number(head.headers.get('content-length'));

    const first = await fetch(url);
    expect(first.status).toBe(200);
    expect(Number(first.headers.get('content-length'))).toBe(length);
    const half: Uint8Array[] = [];
    await expect(
      (async () => {
        for await (const chunk of first.body!) half.push(chunk as Uint8Array);
      })(),
    ).rejects.toThrow();
    const start = Buffer.concat(half);
    expect(start.length).toBe(Math.floor(length / 2));

    const rest = await fetch(url, {
      headers: { range: `bytes=${start.length}-`, 'if-range': first.headers.get('etag')! },
    });
    expect(rest.status).toBe(206);
    const whole = Buffer.concat([start, Buffer.from(await rest.arrayBuffer())]);
    expect(whole).toEqual(readFileSync(new URL('../../scripts/lib/sandbox-clip.mp4', import.meta.url)));
  },

  async 'odd-state'() {
    const { make, put, state, clock } = await open();
    const id = await make(prompting('odd-state'));
    const seen = [await state(id)];
    clock.pass(3);
    seen.push(await state(id));
    expect((await put(`tasks/${id}/cancel`)).status).toBe(400);
    for (const seconds of [1, 1]) {
      clock.pass(seconds);
      seen.push(await state(id));
    }
    expect(seen).toEqual(['SUBMITTED', 'QUEUED', 'PROGRESS', 'COMPLETED']);
  },

  async 'http200-failure'() {
    const { create, balance, get } = await open();
    const { status, body } = await create(prompting('http200-failure'));
    expect([status, body]).toEqual([200, { status: 'FAILED', message: expect.any(String) }]);
    expect(await balance()).toBe(1000);
    expect((await get('tasks')).body.tasks).toEqual([]);
  },

  files: () => isUnknown('files'),
  'no-files': () => isUnknown('no-files'),
};

/** What only APIDot has is tried in apidot.test.ts; here it would be a request that has no effect. */
async function isUnknown(name: ScenarioName): Promise<void> {
  const { create } = await open();
  const { status, body } = await create(prompting(name));
  expect([status, body.errorCode]).toEqual([400, 'INVALID_PAYLOAD']);
  expect(body.message).toContain(`knows no marker [sandbox:${name}]`);
}

describe('a scenario', () => {
  it.each(Object.entries(TESTS))('[sandbox:%s]', (_, test) => test());

  it('comes together when asked for together', async () => {
    const { create, get, clock, balance } = await open();
    const payload = { ...T2V, prompt: '[sandbox:slow] and then [SANDBOX:Fail]' };
    const { taskId } = (await create(payload)).body;
    clock.pass(89);
    expect((await get(`tasks/${taskId}`)).body.status).toBe('PROGRESS');
    clock.pass(1);
    expect((await get(`tasks/${taskId}`)).body.status).toBe('FAILED');
    expect(await balance()).toBe(1000);
  });

  it('happens anew for each request', async () => {
    const { create } = await open();
    await create(prompting('rate-limit'), { 'idempotency-key': 'request-0001' });
    expect((await create(prompting('rate-limit'), { 'idempotency-key': 'request-0002' })).status).toBe(429);
  });

  it.each(['[sandbox: fail]', '[sandbox fail]', '[ sandbox:fail]', '[sandbox:fail', '[Sandbox : slow ]'])(
    'that is not written as it should be is no part of the prompt: %s',
    (text) => {
      const { scenarios, complaint } = readMarks({ prompt: `a lighthouse ${text}` }, 'aivideomaker');
      expect(scenarios).toEqual([]);
      expect(complaint).toContain(`knows no marker ${text}; it knows [sandbox:fail]`);
    },
  );

  it('is not found in words that only look alike', () => {
    for (const prompt of ['[sandbox for children]', 'sandbox:fail', '[sandboxes: three]']) {
      expect(readMarks({ prompt }, 'aivideomaker')).toEqual({ scenarios: [], complaint: null });
    }
  });

  it('is found in any text, lists included, and not in an image', () => {
    const payload = {
      content: 'x',
      prompt: ['a', 'b [sandbox:slow]'],
      image: 'data:image/png;base64,[sandbox:fail]',
    };
    expect(readMarks(payload, 'aivideomaker')).toEqual({ scenarios: ['slow'], complaint: null });
    expect(readMarks({ prompt: '[sandbox:slwo][sandbox:]' }, 'apidot')).toEqual({
      scenarios: [],
      complaint: expect.stringMatching(/knows no marker \[sandbox:slwo\]; it knows \[sandbox:fail\]/),
    });
  });
});

describe('references/sandbox.md', () => {
  it('lists exactly the markers of the table, with their effects', () => {
    const text = readFileSync(new URL('../../references/sandbox.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `\[sandbox:([^\]]+)\]` \| (.+) \|$/gm)].map(([, name, effect]) => ({
      name,
      effect,
    }));
    expect(rows).toEqual(Object.entries(EFFECTS).map(([name, effect]) => ({ name, effect })));
    expect(text.split('\n').length).toBeLessThan(200);
  });
});
