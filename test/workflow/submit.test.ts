import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../scripts/src/http/message.ts';
import type { Intent } from '../../scripts/src/providers/provider.ts';
import { Failure } from '../../scripts/src/types/failure.ts';
import { settleEarlier, submit } from '../../scripts/src/workflow/submit.ts';
import { FakeClock } from '../support/clock.ts';
import { type Answer, serve, type TestServer } from '../support/server.ts';
import { failureOf, INTENT, sessionWith } from './session.ts';

const GENERATE = 'POST /api/v1/generate/t2v';
const LIST = 'GET /api/v1/tasks';
const TAKEN = { body: { status: 'SUBMITTED', taskId: 'ckx1' } };
const LATER = 600_000;

type Reply = Answer | 'reset' | 'silence' | 'cut';

/** A service whose submits and lists are answered in turn from these; the last answer of each stays. */
async function service(submits: Reply[], lists: (Reply | (() => Reply))[] = [{ body: { tasks: [] } }]) {
  return serve(({ method, path }, { res, count }) => {
    const script = `${method} ${path}` === LIST ? lists : submits;
    const entry = script[Math.min(count, script.length - 1)]!;
    const reply = typeof entry === 'function' ? entry() : entry;
    if (reply === 'silence') return undefined;
    if (reply === 'reset') return void res.socket?.resetAndDestroy();
    if (reply === 'cut') {
      res.writeHead(200, { 'content-length': '60' });
      res.write('{"status":"SUBMITTED","tas');
      setTimeout(() => res.destroy(), 5);
      return undefined;
    }
    return reply;
  });
}

/** A task as the list shows it, made so many milliseconds ago by the clock of the server. */
function listed(more: object = {}, agoMs = 0): Answer {
  const createdAt = new Date(Date.now() - agoMs).toISOString();
  return {
    body: {
      tasks: [{ id: 'ckx9', model: 't2v', status: 'PROGRESS', input: INTENT.payload, createdAt, ...more }],
    },
  };
}

const postsTo = (server: TestServer) => server.to(GENERATE);

/** All submits carried one and the same key and body. */
function expectOneIntent(server: TestServer): void {
  const sent = postsTo(server).map(({ headers, body }) => [headers['idempotency-key'], body]);
  expect(new Set(sent.map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify(['key-0001', JSON.stringify(INTENT.payload)])]),
  );
}

function expectUnknown(failure: Failure): void {
  expect(failure.code).toBe('SUBMIT_OUTCOME_UNKNOWN');
  expect(failure.details).toMatchObject({
    status: 'UNKNOWN',
    unclear: true,
    data: { idempotencyKey: 'key-0001', model: 't2v' },
  });
  const steps = failure.details.nextSteps!;
  expect(steps[0]).toBe('Do not submit this again before you know: it may be charged twice.');
  expect(steps).toContain('run --action listTasks');
  for (const step of steps) {
    // Nothing that can be run as it stands may submit; the one sentence that speaks of it names its condition and key.
    if (/^run /.test(step)) expect(step).toBe('run --action listTasks');
    if (step.includes('same command'))
      expect(step).toMatch(/^If the list answers and does not show it, .*key-0001/);
  }
}

describe('a submit that is answered', () => {
  it('is sent once, on a connection of its own, and its id is told at once', async () => {
    const server = await service([TAKEN]);
    const session = sessionWith(server.origin);
    const fresh: (boolean | undefined)[] = [];
    const { transport } = session;
    const send = transport.send.bind(transport);
    transport.send = (request: HttpRequest, options) => {
      fresh.push(options.fresh);
      return send(request, options);
    };
    const task = await submit(session, INTENT, LATER);
    expect(task).toMatchObject({ id: 'ckx1', state: 'SUBMITTED', model: 't2v', idempotencyKey: 'key-0001' });
    expect(session.told).toEqual(['submitting']);
    expect(server.received).toHaveLength(1);
    expect(fresh).toEqual([true]);
    expectOneIntent(server);
  });

  it.each([
    [400, 'INVALID_PAYLOAD'],
    [401, 'AUTH_FAILED'],
    [402, 'INSUFFICIENT_CREDITS'],
    [403, 'AUTH_FAILED'],
    [404, 'UNKNOWN_ERROR'],
    [409, 'IDEMPOTENCY_CONFLICT'],
    [413, 'INVALID_PAYLOAD'],
    [422, 'INVALID_PAYLOAD'],
  ])('faults 17 to 19, 21 and 22: HTTP %i is final: %s', async (status, code) => {
    const server = await service([{ status, body: { status: 'FAILED', message: 'no' } }]);
    const session = sessionWith(server.origin);
    expect((await failureOf(submit(session, INTENT, LATER))).code).toBe(code);
    expect(server.received).toHaveLength(1);
    expect(session.told).toEqual(['submitting', 'refused']);
    expect(session.clock.sleeps).toEqual([]);
  });

  it('fault 23: a refusal within HTTP 200 is final too', async () => {
    const server = await service([{ body: { status: 'FAILED', message: 'Insufficient credits' } }]);
    const session = sessionWith(server.origin);
    expect((await failureOf(submit(session, INTENT, LATER))).code).toBe('INSUFFICIENT_CREDITS');
    expect(server.received).toHaveLength(1);
  });
});

describe('a submit that was certainly not taken', () => {
  it('fault 15: after 429 it is repeated with the same key, no sooner than asked', async () => {
    const server = await service([{ status: 429, headers: { 'retry-after': '7' } }, { status: 429 }, TAKEN]);
    const session = sessionWith(server.origin);
    expect((await submit(session, INTENT, LATER)).id).toBe('ckx1');
    expect(postsTo(server)).toHaveLength(3);
    expect(server.to(LIST)).toHaveLength(0);
    expect(session.clock.sleeps[0]).toBeGreaterThanOrEqual(7_000);
    expectOneIntent(server);
  });

  it('fault 14: asked to wait for longer than there is time, it says so at once', async () => {
    const server = await service([{ status: 429, headers: { 'retry-after': '601' } }]);
    const session = sessionWith(server.origin);
    const failure = await failureOf(submit(session, INTENT, LATER));
    expect(failure.code).toBe('RATE_LIMITED');
    expect(failure.details.retryAfter).toBe(601);
    expect(session.clock.sleeps).toEqual([]);
    expect(session.told).toEqual(['submitting', 'refused']);
  });

  it('fault 1: a refused connection is repeated until the service is there', async () => {
    const server = await service([TAKEN]);
    const refused = await service([TAKEN]);
    await refused.close();
    const clock = new FakeClock();
    const session = sessionWith(refused.origin, { clock });
    const provider = sessionWith(server.origin, { clock }).provider;
    const first = session.provider;
    // The service comes up while the second pause is slept through.
    session.provider = {
      ...first,
      submit: (intent) => (clock.sleeps.length < 2 ? first : provider).submit(intent),
    };
    expect((await submit(session, INTENT, LATER)).id).toBe('ckx1');
    expect(clock.sleeps).toHaveLength(2);
    expect(postsTo(server)).toHaveLength(1);
  });

  it('fault 1: a connection refused for good submits nothing, and needs no look at the list', async () => {
    const server = await service([TAKEN]);
    await server.close();
    const session = sessionWith(server.origin);
    const failure = await failureOf(submit(session, INTENT, LATER));
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(failure.details.unclear).toBe(false);
    // Refused before each pause: nothing is under way then, and an interruption must not cause another attempt.
    expect(session.told).toEqual(Array.from({ length: 4 }, () => ['submitting', 'refused']).flat());
    expect(session.clock.sleeps).toHaveLength(3);
  });

  it('is not repeated with maxRetries 0', async () => {
    const server = await service([{ status: 429 }]);
    const session = sessionWith(server.origin, { maxRetries: 0 });
    expect((await failureOf(submit(session, INTENT, LATER))).code).toBe('RATE_LIMITED');
    expect(postsTo(server)).toHaveLength(1);
  });
});

describe.each<[string, Reply, number?]>([
  ['fault 2: a reset connection', 'reset'],
  ['fault 4: silence until the time is over', 'silence', 120],
  ['fault 25: a cut answer', 'cut'],
  ['fault 16: HTTP 500', { status: 500 }],
  ['fault 16: HTTP 502 as a page', { status: 502, body: '<html>Bad Gateway</html>' }],
  ['fault 16: HTTP 408', { status: 408 }],
  ['fault 25: an empty answer', { body: '' }],
  ['fault 8: a page with HTTP 200', { body: '<html>Welcome</html>' }],
  ['fault 26: an answer without id', { body: { status: 'SUBMITTED' } }],
  ['fault 26: a numeric id', { body: { status: 'SUBMITTED', taskId: 7 } }],
])('a submit whose answer is lost (%s)', (_, lost, timeoutMs = 2_000) => {
  it('is found in the list by its key, and adopted', async () => {
    const server = await service(
      [lost],
      [listed({ idempotencyKey: 'key-0001', input: null, model: 'other' })],
    );
    const session = sessionWith(server.origin, { timeoutMs });
    expect(await submit(session, INTENT, LATER)).toMatchObject({ id: 'ckx9', state: 'PROGRESS' });
    expect(postsTo(server)).toHaveLength(1);
    expect(server.to(LIST)).toHaveLength(1);
    expect(session.told).toEqual(['submitting', 'trouble NETWORK_ERROR']);
  });

  it('is looked for twice, then sent once more with the same key', async () => {
    const server = await service([lost, TAKEN]);
    const session = sessionWith(server.origin, { timeoutMs });
    expect((await submit(session, INTENT, LATER)).id).toBe('ckx1');
    expect(server.received.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST']);
    expect(session.clock.sleeps).toEqual([1_000]);
    expectOneIntent(server);
  });

  it('and lost again is not sent a third time', async () => {
    const server = await service([lost]);
    const session = sessionWith(server.origin, { timeoutMs });
    expectUnknown(await failureOf(submit(session, INTENT, LATER)));
    expect(server.received.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST', 'GET']);
    expect(session.told).not.toContain('refused');
    expectOneIntent(server);
  });

  it('is unknown where the list does not answer', async () => {
    const server = await service([lost], [{ status: 503, body: '<html>down</html>' }]);
    const session = sessionWith(server.origin, { timeoutMs, maxRetries: 1 });
    const failure = await failureOf(submit(session, INTENT, LATER));
    expectUnknown(failure);
    expect(failure.message).toContain('HTTP 503');
    expect(postsTo(server)).toHaveLength(1);
    expect(server.to(LIST)).toHaveLength(2);
    expect(session.told).not.toContain('refused');
  });
});

describe('the look at the list', () => {
  const LOST: Reply[] = ['reset', TAKEN];

  async function outcome(list: Answer, intent: Intent = INTENT, clock = new FakeClock()) {
    const server = await service(LOST, [list]);
    const session = sessionWith(server.origin, { clock });
    const result = await submit(session, intent, LATER).then(
      ({ id }) => id,
      (error: Failure) => error.code,
    );
    return { result, posts: server.received.filter(({ method }) => method === 'POST').length };
  }

  const ADOPTED = { result: 'ckx9', posts: 1 };
  const RESENT = { result: 'ckx1', posts: 2 };
  const UNSURE = { result: 'SUBMIT_OUTCOME_UNKNOWN', posts: 1 };

  it.each<[string, Answer, object]>([
    ['by model, input and time where the service kept no key', listed({ idempotencyKey: null }), ADOPTED],
    ['where it kept an empty key', listed({ idempotencyKey: '' }), ADOPTED],
    ['under the longer name of a model', listed({ model: 't2v-h3' }), ADOPTED],
    [
      'with fields that the service added',
      listed({ input: { ...INTENT.payload, filterMode: 'strict' } }),
      ADOPTED,
    ],
    ['without a model', listed({ model: undefined }), ADOPTED],
    ['stamped a second before', listed({}, 1_000), ADOPTED],
    ['stamped a little later by another clock of the service', listed({}, -3_000), ADOPTED],
    ['not when it is older', listed({}, 10_000), RESENT],
    ['not when it has the key of another submit', listed({ idempotencyKey: 'key-0002' }), RESENT],
    ['not when it is of another model of a similar name', listed({ model: 't2v_v3' }), RESENT],
    ['not when its input differs', listed({ input: { ...INTENT.payload, prompt: 'a whale' } }), RESENT],
    ['not when a field is missing', listed({ input: { prompt: 'a lighthouse' } }), RESENT],
    ['not when a type differs', listed({ input: { ...INTENT.payload, duration: 5 } }), RESENT],
    ['not surely when it carries no time', listed({ createdAt: undefined }), UNSURE],
    ['not surely when its time cannot be read', listed({ createdAt: 'just now' }), UNSURE],
    ['not surely when it shows no input', listed({ input: undefined }), UNSURE],
    ['not when it shows no input but is old', listed({ input: undefined }, 60_000), RESENT],
    ['not surely when its id cannot be read', listed({ id: 77 }), UNSURE],
  ])('finds the task: %s', async (_, list, expected) => {
    expect(await outcome(list)).toEqual(expected);
  });

  it.each([-600_000, 600_000])(
    'fault 34: without the time of the service takes none by a clock that is %i ms off',
    async (offset) => {
      const clock = new FakeClock();
      clock.wallOffset = Date.now() + offset;
      expect(await outcome({ headers: { date: 'x' }, ...listed({}, 60_000) }, INTENT, clock)).toEqual(UNSURE);
    },
  );

  it('takes the one that is nearest in time of several alike', async () => {
    const near = (listed({ id: 'near' }, 200).body as { tasks: object[] }).tasks;
    const far = (listed({ id: 'far' }, -60_000).body as { tasks: object[] }).tasks;
    expect((await outcome({ body: { tasks: [...far, ...near] } })).result).toBe('near');
  });

  it('takes neither of two that are alike and made at about the same time', async () => {
    const one = (listed({ id: 'one' }, 200).body as { tasks: object[] }).tasks;
    const other = (listed({ id: 'other' }, -1_500).body as { tasks: object[] }).tasks;
    expect((await outcome({ body: { tasks: [...one, ...other] } })).result).toBe('SUBMIT_OUTCOME_UNKNOWN');
  });

  it.each([-86_400_000, -60_000, 60_000, 86_400_000])(
    'fault 34: is not misled by a clock of this machine that is %i ms off',
    async (offset) => {
      const clock = new FakeClock();
      clock.wallOffset = Date.now() + offset;
      expect(await outcome(listed(), INTENT, clock)).toEqual(ADOPTED);
      expect(await outcome(listed({}, 30_000), INTENT, clock)).toEqual(RESENT);
    },
  );

  it.each([-3_600_000, 3_600_000])(
    'fault 32: does not send again a task that was made because the wall clock jumped by %i ms meanwhile',
    async (jump) => {
      const clock = new FakeClock();
      const server = await service(LOST, [
        () => {
          clock.wallOffset += jump;
          return listed();
        },
      ]);
      const task = await submit(sessionWith(server.origin, { clock }), INTENT, LATER);
      expect(task.id).toBe('ckx9');
      expect(postsTo(server)).toHaveLength(1);
    },
  );

  it('knows an image again that the service keeps under an address', async () => {
    const image = 'data:image/png;base64,iVBORw0KGgo=';
    const stored = 'https://static.example.com/1.png';
    const intent = { ...INTENT, payload: { prompt: null, image, more: [image, 'https://x.example/2.png'] } };
    const input = { image: stored, more: [stored, 'https://x.example/2.png'] };
    expect(await outcome(listed({ input }), intent)).toEqual(ADOPTED);
    const other = { ...input, more: [stored, 'https://x.example/3.png'] };
    expect((await outcome(listed({ input: other }), intent)).posts).toBe(2);
    expect((await outcome(listed({ input: { ...input, more: [stored] } }), intent)).posts).toBe(2);
    expect((await outcome(listed({ input: { ...input, image: 5 } }), intent)).posts).toBe(2);
  });

  it('does not take a plain address that differs for the image that was sent', async () => {
    const intent = { ...INTENT, payload: { image: 'https://x.example/1.png' } };
    expect((await outcome(listed({ input: { image: 'https://x.example/2.png' } }), intent)).posts).toBe(2);
  });

  it('finds what the service lists a moment later, without sending again', async () => {
    const server = await service(['reset', TAKEN], [{ body: { tasks: [] } }, () => listed()]);
    expect((await submit(sessionWith(server.origin), INTENT, LATER)).id).toBe('ckx9');
    expect(postsTo(server)).toHaveLength(1);
  });

  it('is repeated itself when it is told to wait', async () => {
    const server = await service(
      ['reset'],
      [{ status: 429, headers: { 'retry-after': '3' } }, () => listed()],
    );
    expect((await submit(sessionWith(server.origin), INTENT, LATER)).id).toBe('ckx9');
  });
});

describe('the second sending', () => {
  it.each<[string, Reply]>([
    ['lost as well', 'reset'],
    [
      'told of a conflict over its own key (fault 21)',
      { status: 409, body: { status: 'FAILED', errorCode: 'IDEMPOTENCY_CONFLICT' } },
    ],
    ['refused for lack of credits that the first one took (fault 19)', { status: 402 }],
  ])('%s: the first is found then, and adopted', async (_, second) => {
    const empty = { body: { tasks: [] } };
    const server = await service(['reset', second], [empty, empty, () => listed()]);
    const session = sessionWith(server.origin);
    expect((await submit(session, INTENT, LATER)).id).toBe('ckx9');
    expect(postsTo(server)).toHaveLength(2);
    expect(session.told).not.toContain('refused');
  });

  it('fault 21: a conflict without a task in the list is unknown', async () => {
    const server = await service(['reset', { status: 409 }]);
    expectUnknown(await failureOf(submit(sessionWith(server.origin), INTENT, LATER)));
    expect(postsTo(server)).toHaveLength(2);
  });

  it('refused at once says nothing of the first one: unknown, with the reason', async () => {
    const refusal = {
      status: 402,
      body: { status: 'FAILED', errorCode: 'INSUFFICIENT_CREDITS', message: 'low' },
    };
    const server = await service(['reset', refusal]);
    const session = sessionWith(server.origin);
    const failure = await failureOf(submit(session, INTENT, LATER));
    expectUnknown(failure);
    expect(failure.message).toContain('low');
    expect(session.told).not.toContain('refused');
  });

  it('refused a while later, when the list would show the first one, is a refusal', async () => {
    const refusal = { status: 400, body: { status: 'FAILED', errorCode: 'INVALID_PAYLOAD' } };
    const server = await service([refusal]);
    const session = sessionWith(server.origin);
    const earlier = { sentAt: session.clock.wall() - 120_000, deadline: LATER, beforeResend: async () => {} };
    const failure = await failureOf(settleEarlier(session, INTENT, earlier));
    expect(failure.code).toBe('INVALID_PAYLOAD');
    expect(postsTo(server)).toHaveLength(1);
  });

  it('may be refused by us, for example because it costs too much', async () => {
    const server = await service([TAKEN]);
    const session = sessionWith(server.origin);
    const beforeResend = () => Promise.reject(new Failure('BUDGET_EXCEEDED', 'too much'));
    const earlier = { sentAt: session.clock.wall() - 120_000, deadline: LATER, beforeResend };
    expect((await failureOf(settleEarlier(session, INTENT, earlier))).code).toBe('BUDGET_EXCEEDED');
    expect(postsTo(server)).toHaveLength(0);
  });

  it('put off by 429 is still only taken once', async () => {
    const server = await service(['reset', { status: 429 }, TAKEN]);
    expect((await submit(sessionWith(server.origin), INTENT, LATER)).id).toBe('ckx1');
    expect(postsTo(server)).toHaveLength(3);
    expectOneIntent(server);
  });

  it('refused and with the list gone is unknown', async () => {
    const empty = { body: { tasks: [] } };
    const server = await service(['reset', { status: 402 }], [empty, empty, { status: 500 }]);
    expectUnknown(await failureOf(submit(sessionWith(server.origin, { maxRetries: 0 }), INTENT, LATER)));
  });

  it('replayed by the service is the first task', async () => {
    const server = await service([
      'reset',
      { body: { status: 'PROGRESS', taskId: 'ckx1', idempotentReplay: true } },
    ]);
    const task = await submit(sessionWith(server.origin), INTENT, LATER);
    expect(task).toMatchObject({ id: 'ckx1', state: 'PROGRESS' });
  });
});

describe('a service that can do less', () => {
  it.each([
    ['has no list', { list: false }, 1, 'Look for the task'],
    ['does not replay keys', { replay: false }, 1, 'run --action listTasks'],
  ])('%s: what is lost is not sent again', async (_, can, posts, step) => {
    const server = await service(['reset', TAKEN]);
    const session = sessionWith(server.origin);
    session.provider = { ...session.provider, can: { ...session.provider.can, ...can } };
    const failure = await failureOf(submit(session, INTENT, LATER));
    expect(failure.code).toBe('SUBMIT_OUTCOME_UNKNOWN');
    expect(postsTo(server)).toHaveLength(posts);
    expect(failure.details.nextSteps!.some((line) => line.startsWith(step))).toBe(true);
  });
});

it('never has more than two requests out that may have been taken, whatever the service answers', async () => {
  const replies: Reply[] = ['reset', { status: 429 }, { body: {} }, { status: 409 }, { status: 400 }, TAKEN];
  const mayBeTaken = (reply: Reply) => typeof reply === 'string' || [200, 500].includes(reply.status ?? 200);
  for (const a of replies) {
    for (const b of replies) {
      for (const c of replies) {
        const server = await service([a, b, c, 'reset']);
        const session = sessionWith(server.origin);
        await submit(session, INTENT, LATER).catch(() => {});
        const sent = postsTo(server).length;
        const taken = [a, b, c, 'reset' as const].slice(0, sent).filter(mayBeTaken).length;
        expect(taken).toBeLessThanOrEqual(2);
        await session.transport.close();
        await server.close();
      }
    }
  }
});

describe('told to stop', () => {
  it.each(['while the answer is awaited', 'while it waits to repeat'])(
    '%s, it ends with the reason',
    async (when) => {
      const server = await service([when.includes('answer') ? 'silence' : { status: 429 }]);
      const controller = new AbortController();
      const session = sessionWith(server.origin, { signal: controller.signal });
      session.clock.onSleep = () => controller.abort(new Error('stopped'));
      if (when.includes('answer')) setTimeout(() => controller.abort(new Error('stopped')), 50);
      await expect(submit(session, INTENT, LATER)).rejects.toThrow('stopped');
      // While the answer is awaited nobody knows whether it was taken; after a 429 it certainly was not.
      expect(session.told).toEqual(when.includes('answer') ? ['submitting'] : ['submitting', 'refused']);
    },
  );
});
