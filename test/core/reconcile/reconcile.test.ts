import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../scripts/src/cli/render/envelope.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import type { ProviderRequest } from '../../../scripts/src/providers/provider.ts';
import { Journal } from '../../../scripts/src/stores/file/journal.ts';
import { allIn } from '../../stores/file/support.ts';
import { FakeClock } from '../../support/clock.ts';
import { type Answer, type Reply, serve } from '../../support/server.ts';
import { endOf } from '../rendered.ts';
import { generateClip, journalOf, leave, REQUEST, sessionOnRecord, sessionWith } from '../session.ts';
import {
  ACCEPTED,
  acceptedOf,
  CUT,
  EMPTY,
  expectOneRequest,
  LIST,
  listed,
  logOf,
  rejectionOf,
  type Service,
  START,
  submitFor,
  submitService,
  submitsTo,
  unknownOf,
} from '../submits.ts';

/** Seconds after the loss at which the list is read while it stays clear, in the first minute. */
const READINGS = [0, 1, 3, 7, 15, 30, 45, 60];

interface Setup extends NonNullable<Parameters<typeof sessionWith>[1]> {
  /** Requests are recorded, so that the same command reconciles. */
  isRecorded?: boolean;
}

async function started(submits: Reply[], lists?: (Reply | (() => Reply))[], options: Setup = {}) {
  const { isRecorded = true, clock = new FakeClock(), ...more } = options;
  const server = await submitService(clock, submits, lists);
  const open = isRecorded ? sessionOnRecord : sessionWith;
  return { clock, server, log: logOf(), session: open(server.origin, { ...more, clock }) };
}

describe.each<[string, Reply, number?]>([
  ['fault 2: a reset connection', 'reset'],
  ['fault 4: silence until the time is over', 'silence', 300],
  ['fault 25: a cut answer', CUT],
  ['fault 16: HTTP 500', { status: 500 }],
  ['fault 16: HTTP 502 as a page', { status: 502, body: '<html>Bad Gateway</html>' }],
  ['fault 16: HTTP 408', { status: 408 }],
  ['fault 25: an empty answer', { body: '' }],
  ['fault 8: a page with HTTP 200', { body: '<html>Welcome</html>' }],
  ['fault 26: an answer without id', { body: { status: 'SUBMITTED' } }],
  ['fault 26: a numeric id', { body: { status: 'SUBMITTED', taskId: 7 } }],
])('a submit whose answer is lost (%s)', (_, lost, timeoutMs = 2_000) => {
  it('is found in the list by its key', async () => {
    const list = listed({ idempotencyKey: 'key-0001', input: null, model: 'other' });
    const { server, session, log } = await started([lost], [list], { timeoutMs });
    const { task, by } = acceptedOf(await submitFor(session, undefined, { log }));
    expect(task).toMatchObject({ id: 'ckx9', state: 'PROGRESS' });
    expect(by).toBe('list');
    expect(server.received.map(({ method }) => method)).toEqual(['POST', 'GET']);
    expect(session.told).toEqual(['submitting', 'failed NETWORK_ERROR']);
    expect(log.notes).toEqual(['lost']);
  });

  it('fault 74: is reconciled until the list was clear for 60 seconds, then sent once more with the same key', async () => {
    const { server, session, log } = await started([lost, ACCEPTED], [EMPTY], { timeoutMs });
    const { task, by } = acceptedOf(await submitFor(session, undefined, { log }));
    expect([task.id, by]).toEqual(['ckx1', 'answer']);
    expect(server.readAt).toEqual(READINGS);
    expect(server.received.at(-1)!.method).toBe('POST');
    expect(log.notes).toEqual(['lost', 'resubmitting']);
    expectOneRequest(server, 2);
  });

  it('and lost again is reconciled in the same way, and not sent a third time', async () => {
    const { server, session, log } = await started([lost], [EMPTY], { timeoutMs });
    const failure = unknownOf(await submitFor(session, undefined, { log }));
    expect(server.readAt).toEqual([...READINGS, ...READINGS.map((at) => at + 60)]);
    expect(failure.details.retryAfter).toBeUndefined();
    const steps = failure.details.nextSteps!;
    expect(steps[0]).toBe(
      'Waiting changes nothing: it was submitted once more, that answer was lost too, and the list shows neither task. The same command submits nothing more.',
    );
    expect(steps.filter((step) => /^run /.test(step))).toEqual(['run --action listTasks']);
    expect(steps.slice(-2)).toEqual([
      expect.stringMatching(
        /^The user decides\. If its task is found, this resumes it: run .* --taskId <task_id> /,
      ),
      expect.stringMatching(/^If there is none, and only if the user accepts .*--new$/),
    ]);
    expect(session.told).not.toContain('rejected');
    expect(log.notes).toEqual(['lost', 'resubmitting', 'lost']);
    expectOneRequest(server, 2);
  });

  it('is unknown where the list does not answer, and is not sent again', async () => {
    const down = { status: 503, body: '<html>down</html>' };
    const { server, session } = await started([lost], [down], { timeoutMs });
    expect(unknownOf(await submitFor(session, 100_000)).message).toContain('HTTP 503');
    expect(server.readAt).toEqual([...READINGS, 75, 90, 100]);
    expect(session.told).not.toContain('rejected');
    expectOneRequest(server, 1);
  });
});

describe('the task in the list', () => {
  async function outcome(list: Answer, generation: ProviderRequest = REQUEST, clock = new FakeClock()) {
    const { server, session } = await started(['reset', ACCEPTED], [list], { clock });
    const result = await submitFor(session, 100_000, { generation });
    const submits = server.received.filter(({ method }) => method === 'POST').length;
    return { result: result.kind === 'accepted' ? result.task.id : result.failure.code, submits };
  }

  const FOUND = { result: 'ckx9', submits: 1 };
  const RESUBMITTED = { result: 'ckx1', submits: 2 };
  const UNSURE = { result: 'SUBMIT_OUTCOME_UNKNOWN', submits: 1 };

  it.each<[string, Answer, object]>([
    ['by model, input and time where the service kept no key', listed({ idempotencyKey: null }), FOUND],
    ['where it kept an empty key', listed({ idempotencyKey: '' }), FOUND],
    ['under the longer name of a model', listed({ model: 't2v-h3' }), FOUND],
    [
      'with fields that the service added',
      listed({ input: { ...REQUEST.payload, filterMode: 'strict' } }),
      FOUND,
    ],
    [
      'without the blanks around its text',
      listed({ input: { ...REQUEST.payload, prompt: ' a lighthouse\n' } }),
      FOUND,
    ],
    ['without a model', listed({ model: undefined }), FOUND],
    ['stamped a second before', listed({}, 1_000), FOUND],
    ['stamped a little later by another clock of the service', listed({}, -3_000), FOUND],
    ['made minutes later, as it may have waited in the service', listed({}, -5 * 60_000), FOUND],
    ['not surely when it was made later than that', listed({}, -305_000), UNSURE],
    ['by its key, however late it was made', listed({ idempotencyKey: 'key-0001' }, -3_600_000), FOUND],
    ['not when it is older', listed({}, 10_000), RESUBMITTED],
    ['not when it has the key of another submit', listed({ idempotencyKey: 'key-0002' }), RESUBMITTED],
    ['not when it is of another model of a similar name', listed({ model: 't2v_v3' }), RESUBMITTED],
    ['not when its input differs', listed({ input: { ...REQUEST.payload, prompt: 'a whale' } }), RESUBMITTED],
    ['not when a field is missing', listed({ input: { prompt: 'a lighthouse' } }), RESUBMITTED],
    ['not when a type differs', listed({ input: { ...REQUEST.payload, duration: 5 } }), RESUBMITTED],
    ['not surely when it carries no time', listed({ createdAt: undefined }), UNSURE],
    ['not surely when its time cannot be read', listed({ createdAt: 'just now' }), UNSURE],
    ['not surely when it shows no input', listed({ input: undefined }), UNSURE],
    ['not when it shows no input but is old', listed({ input: undefined }, 60_000), RESUBMITTED],
    ['not surely when its id cannot be read', listed({ id: 77 }), UNSURE],
  ])('is known: %s', async (_, list, expected) => {
    expect(await outcome(list)).toEqual(expected);
  });

  it.each([-600_000, 600_000])(
    'fault 34: without the time of the service none is taken by a clock that is %i ms off',
    async (offset) => {
      const clock = new FakeClock();
      clock.wallOffset += offset;
      expect(await outcome({ headers: { date: 'x' }, ...listed({}, 60_000) }, REQUEST, clock)).toEqual(
        UNSURE,
      );
    },
  );

  it.each<[string, number, number, object]>([
    ['as many newer tasks as a page', 20, 0, UNSURE],
    ['one less', 19, 0, RESUBMITTED],
    ['a page that reaches back beyond the submit', 20, 1, RESUBMITTED],
  ])('fault 81: may be on the next page: a list of %s', async (_, count, older, expected) => {
    const tasks = Array.from({ length: count }, (_, n) =>
      taskOf(listed({ id: `cko${n}`, idempotencyKey: `other-${n}` }, n < older ? 60_000 : -1_000)),
    );
    expect(await outcome({ body: { tasks: tasks.flat() } })).toEqual(expected);
  });

  const taskOf = (list: Answer) => (list.body as { tasks: object[] }).tasks;

  it('is the one that is nearest in time of several alike', async () => {
    const near = taskOf(listed({ id: 'near' }, 200));
    const far = taskOf(listed({ id: 'far' }, -60_000));
    expect((await outcome({ body: { tasks: [...far, ...near] } })).result).toBe('near');
  });

  it('is neither of two that are alike and made at about the same time', async () => {
    const one = taskOf(listed({ id: 'one' }, 200));
    const other = taskOf(listed({ id: 'other' }, -1_500));
    expect(await outcome({ body: { tasks: [...one, ...other] } })).toEqual(UNSURE);
  });

  it.each([-86_400_000, -60_000, 60_000, 86_400_000])(
    'fault 34: is known by a clock of this machine that is %i ms off',
    async (offset) => {
      const clock = new FakeClock();
      clock.wallOffset += offset;
      expect(await outcome(listed(), REQUEST, clock)).toEqual(FOUND);
      const later = new FakeClock();
      later.wallOffset += offset;
      expect(await outcome(listed({}, 30_000), REQUEST, later)).toEqual(RESUBMITTED);
    },
  );

  it.each([-3_600_000, 3_600_000])(
    'fault 32: is known although the wall clock jumped by %i ms meanwhile',
    async (jump) => {
      const clock = new FakeClock();
      const lists = () => {
        clock.wallOffset += jump;
        return listed();
      };
      const { server, session } = await started(['reset', ACCEPTED], [EMPTY, lists], { clock });
      expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx9');
      expect(submitsTo(server)).toHaveLength(1);
    },
  );

  it('is known by an image that the service keeps under an address', async () => {
    const image = 'data:image/png;base64,iVBORw0KGgo=';
    const stored = 'https://static.example.com/1.png';
    const generation = {
      ...REQUEST,
      payload: { prompt: null, image, more: [image, 'https://x.example/2.png'] },
    };
    const input = { image: stored, more: [stored, 'https://x.example/2.png'] };
    expect(await outcome(listed({ input }), generation)).toEqual(FOUND);
    const other = { ...input, more: [stored, 'https://x.example/3.png'] };
    expect((await outcome(listed({ input: other }), generation)).submits).toBe(2);
    expect((await outcome(listed({ input: { ...input, more: [stored] } }), generation)).submits).toBe(2);
    expect((await outcome(listed({ input: { ...input, image: 5 } }), generation)).submits).toBe(2);
  });

  it('is known by a text that the service keeps in the other form of its accents', async () => {
    const generation = { ...REQUEST, payload: { prompt: 'a cafe\u0301' } };
    expect(await outcome(listed({ input: { prompt: 'a caf\u00e9' } }), generation)).toEqual(FOUND);
  });

  it('is not known by a plain address that differs from the image that was sent', async () => {
    const generation = { ...REQUEST, payload: { image: 'https://x.example/1.png' } };
    const { submits } = await outcome(listed({ input: { image: 'https://x.example/2.png' } }), generation);
    expect(submits).toBe(2);
  });

  it('is not one that belongs to another request on record, however alike', async () => {
    const { session, server } = await started(['reset', ACCEPTED], [listed()]);
    await leave((await session.records()) as Journal, {
      account: 'f'.repeat(64),
      phase: 'submitted',
      taskId: 'ckx9',
    });
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx1');
    expectOneRequest(server, 2);
  });
});

describe('reading the list', () => {
  it.each([0.5, 2, 5, 8, 20, 44, 59])(
    'fault 74: finds a task that it shows %i seconds late, whatever the key is worth, with one submit',
    async (late) => {
      const clock = new FakeClock();
      const list = () => (clock.now < late * 1_000 ? EMPTY : listed({ idempotencyKey: null }));
      const { server, session } = await started(['reset', ACCEPTED], [list], { clock });
      const { task, by } = acceptedOf(await submitFor(session));
      expect([task.id, by]).toEqual(['ckx9', 'list']);
      expect(server.readAt).toEqual(READINGS.slice(0, READINGS.findIndex((at) => at >= late) + 1));
      expectOneRequest(server, 1);
    },
  );

  it.each([
    [0, [0, 1, 1.5], 59],
    [1, [0, 1, 1.5], 59],
    [5, [0, 1, 3, 5], 55],
    [45, [0, 1, 3, 7, 15, 30, 45], 15],
    [59.5, [0, 1, 3, 7, 15, 30, 45, 59.5], 1],
  ])('with %s seconds to wait says when the same command will know', async (wait, readings, retryAfter) => {
    const { server, session } = await started(['reset', ACCEPTED]);
    const failure = unknownOf(await submitFor(session, wait * 1_000));
    expect(server.readAt).toEqual(readings);
    expect(failure.details.retryAfter).toBe(retryAfter);
    expect(failure.message).toMatch(/^Whether AIVideoMaker accepted .* is not known yet\. /);
    expect(failure.details.nextSteps!.slice(0, 3)).toEqual([
      `Run this command after ${retryAfter} seconds, without --new. It searches the service's list for the task, and submits nothing while that may charge twice:`,
      'run again',
      'run --action listTasks',
    ]);
    expect(failure.details.nextSteps!.at(-1)).toMatch(/^Or, only if .* charged once more: .*--new/);
    expectOneRequest(server, 1);
  });

  it('without a record, no later command can know: it must not be run again', async () => {
    const { session } = await started(['reset', ACCEPTED], undefined, { isRecorded: false });
    const failure = unknownOf(await submitFor(session, 5_000));
    expect(failure.details.retryAfter).toBeUndefined();
    expect(failure.message).toMatch(/ is not known\. /);
    const steps = failure.details.nextSteps!;
    expect(steps[0]).toBe('Do not submit this again before you know: it may be charged twice.');
    // Nothing that can be run as it stands may submit.
    expect(steps.filter((step) => /^run /.test(step))).toEqual(['run --action listTasks']);
    expect(steps.join()).not.toContain('same command');
  });

  it('a list that cannot be read after the 60 seconds may be read later: that is nothing to decide yet', async () => {
    const { session } = await started(['reset', ACCEPTED], [EMPTY, ...Array(8).fill({ status: 503 })]);
    const { details } = unknownOf(await submitFor(session, 70_000));
    expect(details.retryAfter).toBe(5);
    expect(details.nextSteps![0]).toMatch(/^Run this command after 5 seconds, without --new\./);
  });

  it('keeps the pause that it is asked for', async () => {
    const limited = { status: 429, headers: { 'retry-after': '20' } };
    const { server, session } = await started(['reset', ACCEPTED], [EMPTY, limited, EMPTY]);
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx1');
    expect(server.readAt).toEqual([0, 1, 21, 25, 33, 48, 60]);
  });

  it('asked to pause past the 60 seconds, proves nothing before it has been read again', async () => {
    const limited = { status: 429, headers: { 'retry-after': '100' } };
    const { server, session } = await started(['reset', ACCEPTED], [EMPTY, limited, () => listed()]);
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx9');
    expect(server.readAt).toEqual([0, 1, 101]);
  });

  it.each([
    [10, 100, 100],
    [45, 50, 60],
  ])(
    'asked, with %i seconds to wait, to pause for %i, ends at once and says when the same command will know',
    async (wait, pause, retryAfter) => {
      const limited = { status: 429, headers: { 'retry-after': `${pause}` } };
      const { server, session } = await started(['reset', ACCEPTED], [limited]);
      const failure = unknownOf(await submitFor(session, wait * 1_000));
      expect(server.readAt).toEqual([0]);
      expect(failure.details.retryAfter).toBe(retryAfter);
      expect(failure.message).toContain(`429`);
    },
  );

  it.each([401, 403])('HTTP %i ends it: no reading will be another one', async (status) => {
    const { server, session } = await started(['reset', ACCEPTED], [EMPTY, { status }]);
    const failure = unknownOf(await submitFor(session));
    expect(server.readAt).toEqual([0, 1]);
    expect(failure.details.retryAfter).toBeUndefined();
    expect(failure.message).toContain(`HTTP ${status}`);
    expect(failure.details.nextSteps).toContain('run again');
    expectOneRequest(server, 1);
  });

  it('that fails at 60 seconds proves nothing; the next clear one does', async () => {
    const lists = [...Array(7).fill(EMPTY), { status: 500 }, EMPTY];
    const { server, session } = await started(['reset', ACCEPTED], lists);
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx1');
    expect(server.readAt).toEqual([...READINGS, 75]);
  });

  it('that still shows after 60 seconds what may be the task keeps it from being sent again', async () => {
    const unsure = listed({ createdAt: undefined });
    const { server, session } = await started(['reset', ACCEPTED], [unsure]);
    const { retryAfter, nextSteps } = unknownOf(await submitFor(session, 70_000)).details;
    expect(retryAfter).toBeUndefined();
    expect(String(nextSteps)).toContain('which may be this one or that of another request');
    expect(server.readAt).toEqual(READINGS);
    expectOneRequest(server, 1);
  });

  it('without Date, clear of anything alike, is clear', async () => {
    const list = { headers: { date: 'x' }, ...listed({ model: 'i2v' }) };
    const { server, session } = await started(['reset', ACCEPTED], [list]);
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx1');
    expect(server.readAt).toEqual(READINGS);
  });

  it('fault 32: counts the 60 seconds by a clock that does not jump', async () => {
    const clock = new FakeClock();
    const { server, session } = await started(['reset', ACCEPTED], [EMPTY], { clock });
    clock.onSleep = () => {
      clock.wallOffset += 3_600_000 * (clock.sleeps.length % 2 === 0 ? -2 : 1.5);
    };
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx1');
    expect(server.readAt).toEqual(READINGS);
  });
});

describe('the second submit', () => {
  it.each<[string, Reply]>([
    ['lost as well', 'reset'],
    [
      'told of a conflict over its own key (fault 21)',
      { status: 409, body: { status: 'FAILED', errorCode: 'IDEMPOTENCY_CONFLICT' } },
    ],
    ['rejected for lack of credits that the first one took (fault 19)', { status: 402 }],
    ['rejected as invalid', { status: 400, body: { status: 'FAILED', errorCode: 'INVALID_PAYLOAD' } }],
  ])('%s: the first is found then', async (_, second) => {
    const { server, session } = await started(
      ['reset', second],
      [...Array(READINGS.length).fill(EMPTY), () => listed()],
    );
    const { task, by } = acceptedOf(await submitFor(session));
    expect([task.id, by]).toEqual(['ckx9', 'list']);
    expect(session.told).not.toContain('rejected');
    expectOneRequest(server, 2);
  });

  it.each(['clear', 'of a task that may be the one'])(
    'with a last list, %s, that was asked for before the minute was over: the same command will know',
    async (what) => {
      const clock = new FakeClock();
      const list = what === 'clear' ? EMPTY : listed({ input: undefined });
      const slow = () => {
        if (clock.now === 59_000) clock.now += 1_500;
        return list;
      };
      const { server, session } = await started(['reset'], [slow], { clock });
      expect(unknownOf(await submitFor(session, 59_000)).details.retryAfter).toBe(5);
      expectOneRequest(server, 1);
    },
  );

  it('lost as well: says when the same command will know', async () => {
    const { server, session } = await started(['reset']);
    const failure = unknownOf(await submitFor(session, 70_000));
    expect(server.readAt.slice(READINGS.length)).toEqual([60, 61, 63, 67, 70]);
    expect(failure.details.retryAfter).toBe(50);
    expectOneRequest(server, 2);
  });

  it.each<[number, boolean]>([
    [401, true],
    [402, true],
    [403, true],
    [404, true],
    // The first one may have the key, or another request: sending it again changes nothing.
    [409, false],
  ])(
    'rejected with HTTP %i says nothing of the first one: unknown, with the reason',
    async (status, isRetriable) => {
      const rejection = { status, body: { status: 'FAILED', message: 'by the second' } };
      const { server, session, log } = await started(['reset', rejection]);
      const failure = unknownOf(await submitFor(session, undefined, { log }));
      expect(failure.message).toContain('by the second');
      expect(failure.details.retryAfter).toBeUndefined();
      expect(session.told).not.toContain('rejected');
      expect(log.notes).toEqual(['lost', 'resubmitting', ...(isRetriable ? ['resubmit rejected'] : [])]);
      expectOneRequest(server, 2);
    },
  );

  it.each([400, 413, 422])('rejected with HTTP %i: the first one was rejected, too', async (status) => {
    const { server, session, log } = await started(['reset', { status, body: { status: 'FAILED' } }]);
    expect(rejectionOf(await submitFor(session, undefined, { log })).code).toBe('INVALID_PAYLOAD');
    expect(server.readAt).toEqual([...READINGS, 60]);
    expectOneRequest(server, 2);
  });

  it.each<[string, Answer]>([
    ['cannot be read', { status: 500 }],
    ['shows a task that may be the one', listed({ input: undefined })],
  ])('rejected as invalid while the list %s says nothing about the first one', async (_, list) => {
    const lists = [...Array(READINGS.length).fill(EMPTY), list];
    const { server, session, log } = await started(['reset', { status: 422 }], lists);
    unknownOf(await submitFor(session, undefined, { log }));
    expect(log.notes).toEqual(['lost', 'resubmitting', 'resubmit rejected']);
    expectOneRequest(server, 2);
  });

  it('put off by 429 is repeated, and accepted only once', async () => {
    const { server, session } = await started(['reset', { status: 429 }, ACCEPTED]);
    expect(acceptedOf(await submitFor(session)).task.id).toBe('ckx1');
    expectOneRequest(server, 3);
  });

  it('put off by 429 reads the list before each attempt, and dates each of them', async () => {
    const limited = { status: 429, headers: { 'retry-after': '20' } };
    const lists = [...Array(READINGS.length).fill(EMPTY), () => listed()];
    const { server, session, log } = await started(['reset', limited, ACCEPTED], lists);
    const { task, by } = acceptedOf(await submitFor(session, undefined, { log }));
    expect([task.id, by]).toEqual(['ckx9', 'list']);
    expect(server.readAt.at(-1)).toBeGreaterThanOrEqual(80);
    expect(log.notes).toEqual(['lost', 'resubmitting', 'resubmit rejected']);
    expectOneRequest(server, 2);
  });

  it('held back by the refusal of another request was not sent: the first one stays unknown', async () => {
    const { server, session, log } = await started(['reset', ACCEPTED]);
    let asked = 0;
    const ready = async () => {
      asked += 1;
      if (asked > 1) throw new Failure('INVALID_PAYLOAD', 'Another line has no price.');
    };
    const submits = { ready, pauseFor: () => {}, lost: () => {} };
    const failure = unknownOf(await submitFor({ ...session, submits }, undefined, { log }));
    expect(failure.message).toMatch(/ once more: Another line has no price\.$/);
    expect(log.notes).toEqual(['lost']);
    expectOneRequest(server, 1);
  });

  it('put off by 429 for longer than there is time may be sent by the same command later', async () => {
    const limited = { status: 429, headers: { 'retry-after': '30' } };
    const { server, session, log } = await started(['reset', limited]);
    expect(unknownOf(await submitFor(session, 70_000, { log })).details.retryAfter).toBe(30);
    expect(log.notes).toEqual(['lost', 'resubmitting', 'resubmit rejected']);
    expectOneRequest(server, 2);
  });

  it('rejected while the list is down is unknown', async () => {
    const lists = [...Array(READINGS.length).fill(EMPTY), { status: 500 }];
    const { server, session } = await started(['reset', { status: 402 }], lists);
    unknownOf(await submitFor(session));
    expectOneRequest(server, 2);
  });

  it('is not sent where we reject it ourselves: unknown, with the reason', async () => {
    const tooMuch = () =>
      Promise.reject(new Failure('BUDGET_EXCEEDED', 'It costs too much.', { nothingSubmitted: true }));
    const { server, session } = await started(['reset', ACCEPTED]);
    const log = logOf({ resubmitting: tooMuch });
    const failure = unknownOf(await submitFor(session, undefined, { log }));
    expect(failure.message).toMatch(/ It was not submitted once more: It costs too much\.$/);
    expect(server.readAt).toEqual(READINGS);
    expectOneRequest(server, 1);
  });

  it('replayed by the service is the first task', async () => {
    const replay = { body: { status: 'PROGRESS', taskId: 'ckx1', idempotentReplay: true } };
    const { session } = await started(['reset', replay]);
    expect(acceptedOf(await submitFor(session)).task).toMatchObject({ id: 'ckx1', state: 'PROGRESS' });
  });
});

describe('a service without a list', () => {
  it('what is lost is not sent again, and no later command will know', async () => {
    const { server, session, log } = await started(['reset', ACCEPTED]);
    const { can, says } = session.provider;
    const tasks = 'Ask its support.';
    session.provider = { ...session.provider, can: { ...can, list: false }, says: { ...says, tasks } };
    const failure = unknownOf(await submitFor(session, undefined, { log }), session.provider);
    expect(server.to(LIST)).toHaveLength(0);
    expect(session.clock.sleeps).toEqual([]);
    expect(failure.details.retryAfter).toBeUndefined();
    expect(failure.details.nextSteps![1]).toBe(tasks);
    expect(failure.details.nextSteps).not.toContain('run again');
    expect(log.notes).toEqual(['lost']);
    expectOneRequest(server, 1);
  });
});

describe('the same command after a process that died', () => {
  /** Runs the command as a new process would, with so many seconds to wait for the outcome of the submit. */
  async function command(
    { server, clock, journal }: { server: Service; clock: FakeClock; journal: Journal },
    waitS: number,
    generation: ProviderRequest = REQUEST,
  ) {
    const session = sessionWith(server.origin, {
      clock,
      journal: new Journal(journal.options),
      maxRetries: 0,
    });
    return endOf(generateClip(session, { generation, waitMs: waitS * 1_000 }));
  }

  /** What each run of the command, with nothing to wait, says of the submit. */
  const codeOf = ({ envelope: { taskId, errorCode } }: Outcome) => taskId ?? errorCode;

  async function left(
    more: (now: number) => Partial<RequestRecord>,
    submits: Reply[],
    lists?: (Reply | (() => Reply))[],
  ) {
    const clock = new FakeClock();
    const server = await submitService(clock, submits, lists);
    const journal = journalOf(server.origin, clock);
    const entry = await leave(journal, more(clock.wall()));
    return { clock, server, journal, entry };
  }

  const iso = (time: number) => new Date(time).toISOString();
  const ago = (seconds: number) => (now: number) => {
    const date = iso(now - seconds * 1_000);
    return { created: date, sentAt: date, unsettledSince: date };
  };

  it.each([
    ['submitting', 'faults 35 and 36: killed before it knew the answer'],
    ['unknown', 'fault 2: ended without an answer'],
  ] as const)('%s (%s): reconciles what is left of the 60 seconds', async (phase, _) => {
    const world = await left((now) => ({ ...ago(20)(now), phase }), [ACCEPTED]);
    const first = await command(world, 0);
    expect(first.envelope).toMatchObject({ errorCode: 'SUBMIT_OUTCOME_UNKNOWN', retryAfter: 39 });
    expect(world.server.readAt).toEqual([0, 1, 1.5]);
    world.clock.now += 39_000;
    expect((await command(world, 0)).envelope).toMatchObject({ taskId: 'ckx1', data: { resubmitted: true } });
    expect(world.server.readAt.slice(3)).toEqual([40.5]);
    expectOneRequest(world.server, 1);
  });

  it('fault 35: finds the task of the killed process, and says that it resumes it', async () => {
    const world = await left(ago(20), [ACCEPTED], [listed({ idempotencyKey: 'key-0001' }, 20_000)]);
    const { envelope } = await command(world, 0);
    expect(envelope).toMatchObject({ ok: true, taskId: 'ckx9', data: { resumed: true } });
    expect(envelope.data!.resubmitted).toBeUndefined();
    expectOneRequest(world.server, 0);
    world.entry.refresh();
    expect(world.entry.record).toMatchObject({ phase: 'submitted', taskId: 'ckx9', status: 'PROGRESS' });
  });

  it.each([20, 60, 600, 86_399])('killed %i seconds ago: one reading after the 60th is enough', async (s) => {
    const world = await left(ago(s), [ACCEPTED]);
    expect(codeOf(await command(world, 100))).toBe('ckx1');
    expect(world.server.readAt.at(-1)).toBe(Math.max(0, 60 - s));
    expectOneRequest(world.server, 1);
  });

  it('killed more than a day ago: what a list shows of older tasks is not known, so it is not sent again', async () => {
    const world = await left(ago(86_401), [ACCEPTED]);
    const { envelope } = await command(world, 100);
    expect(envelope).toMatchObject({ errorCode: 'SUBMIT_OUTCOME_UNKNOWN', retryAfter: null });
    expectOneRequest(world.server, 0);
  });

  it('killed at the second submit: never sent again', async () => {
    const world = await left((now) => ({ ...ago(600)(now), resubmitted: true }), [ACCEPTED]);
    for (const wait of [0, 100]) {
      const { envelope } = await command(world, wait);
      expect(envelope).toMatchObject({ errorCode: 'SUBMIT_OUTCOME_UNKNOWN', retryAfter: null });
    }
    expectOneRequest(world.server, 0);
  });

  it('counts from when its request was about to leave, not from when its command began', async () => {
    const clock = new FakeClock();
    const server = await serve(({ path }) => {
      if (!path.includes('/quote/')) return path.includes('/generate/') ? undefined : EMPTY;
      clock.now += 50_000;
      return { body: { model: 't2v', credits: 15, currentBalance: 415, affordable: true } };
    });
    const controller = new AbortController();
    const session = sessionOnRecord(server.origin, { clock, signal: controller.signal });
    const generation = { ...REQUEST, maxCredits: 15 };
    // Stopped in the instant in which its request is on its way.
    session.observer.submitting = () => void setTimeout(() => controller.abort(new Error('stopped')), 50);
    await expect(generateClip(session, { generation, isDetached: true })).rejects.toThrow('stopped');
    const [entry] = allIn(new Journal(session.journal.options));
    expect(entry!.record).toMatchObject({ sentAt: iso(START + 50_000), unsettledSince: iso(START + 50_000) });
  });

  it.each([401, 402, 403])(
    'after HTTP %i to the second submit, certainly not accepted, sends it as soon as it is run again',
    async (status) => {
      const world = await left(ago(60), [{ status, body: { status: 'FAILED' } }, ACCEPTED]);
      expect(codeOf(await command(world, 0))).toBe('SUBMIT_OUTCOME_UNKNOWN');
      const { envelope } = await command(world, 0);
      expect(envelope).toMatchObject({ taskId: 'ckx1', data: { resubmitted: true } });
      expectOneRequest(world.server, 2);
    },
  );

  it('after a rejection of the payload, forgets the request: a corrected service may accept it', async () => {
    const world = await left(ago(60), [{ status: 400, body: { status: 'FAILED' } }, ACCEPTED]);
    expect(codeOf(await command(world, 0))).toBe('INVALID_PAYLOAD');
    expect(allIn(world.journal)).toEqual([]);
    expect((await command(world, 0)).envelope).toMatchObject({ taskId: 'ckx1' });
    expectOneRequest(world.server, 2);
  });

  it('what would cost more than it may is not sent, and the first submit stays unknown', async () => {
    const clock = new FakeClock();
    const quote = { body: { model: 't2v', credits: 80, currentBalance: 415, affordable: true } };
    const server = await serve(({ path }) => (path.includes('/quote/') ? quote : EMPTY));
    const journal = journalOf(server.origin, clock);
    await leave(journal, ago(60)(clock.wall()));
    const { envelope } = await command({ server: Object.assign(server, { readAt: [] }), clock, journal }, 0, {
      ...REQUEST,
      maxCredits: 40,
    });
    expect(envelope.errorCode).toBe('SUBMIT_OUTCOME_UNKNOWN');
    expect(envelope.errorMessage).toMatch(/ once more: This would cost 80 .* --maxCredits allows 40\.$/);
    expectOneRequest(server, 0);
  });

  describe('fault 32: with a clock that was set back meanwhile', () => {
    it('counts the 60 seconds anew, once', async () => {
      const world = await left(ago(-3_600), [ACCEPTED]);
      expect((await command(world, 0)).envelope).toMatchObject({ retryAfter: 59 });
      world.clock.now += 30_000;
      expect((await command(world, 0)).envelope).toMatchObject({ retryAfter: 27 });
      world.clock.now += 27_000;
      expect(codeOf(await command(world, 0))).toBe('ckx1');
      expectOneRequest(world.server, 1);
    });

    it('does not take the task of this request for an older one', async () => {
      // Made a minute ago, by a clock that was an hour ahead; the service keeps no key.
      const world = await left(ago(-3_540), [ACCEPTED], [listed({ idempotencyKey: null }, 60_000)]);
      expect(codeOf(await command(world, 100))).toBe('SUBMIT_OUTCOME_UNKNOWN');
      world.clock.now += 100_000;
      expect(codeOf(await command(world, 100))).toBe('SUBMIT_OUTCOME_UNKNOWN');
      expectOneRequest(world.server, 0);
    });

    it('knows its task by the key', async () => {
      const world = await left(ago(-3_540), [ACCEPTED], [listed({ idempotencyKey: 'key-0001' }, 60_000)]);
      expect(codeOf(await command(world, 0))).toBe('ckx9');
    });
  });
});
