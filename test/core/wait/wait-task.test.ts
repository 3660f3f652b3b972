import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import type { Session } from '../../../scripts/src/core/session.ts';
import { failureOf } from '../../support/failures.ts';
import { type Answer, type Reply, replyOf, serve } from '../../support/server.ts';
import { refusal } from '../../support/service.ts';
import { account, cancelTask, getStatus, getTask, listTasks, waitTask } from '../rendered.ts';
import { KEY, leave, sessionOnRecord, sessionWith, stepsOf, waiting } from '../session.ts';

const STATUS = 'GET /api/v1/tasks/ckx1/status';
const TASK = 'GET /api/v1/tasks/ckx1';
const CANCEL = 'PUT /api/v1/tasks/ckx1/cancel';
const LINK = 'https://static.example.com/a.mp4';
const RESUME = 'run --action waitTask --taskId ckx1';

type Script = Record<string, Reply[]>;

/** A service that answers each route with these, in order, and a session of it; the last answer of each stays. */
async function place(script: Script) {
  const server = await serve((request, context) =>
    replyOf(script[`${request.method} ${request.path}`] ?? refusal(404), request, context),
  );
  return { server, session: sessionWith(server.origin) };
}

/** The same with records. */
async function placeOnRecord(script: Script) {
  const { server } = await place(script);
  return { server, session: sessionOnRecord(server.origin) };
}

const wait = (session: Session, waitMs = 60_000) => waitTask(session, 'ckx1', waiting(waitMs));

const state = (status: string): Answer => ({ body: { status } });
const record = (status: string, more: object = {}): Answer => ({
  body: { id: 'ckx1', model: 't2v', input: {}, status, output: null, ...more },
});
const finished = record('COMPLETED', { output: { url: LINK } });
const busy: Answer = { status: 503 };

describe('getStatus', () => {
  it.each(['SUBMITTED', 'PROGRESS'])('returns %s, and the command that resumes the task', async (status) => {
    const { server, session } = await place({ [STATUS]: [state(status)] });
    const { envelope, exitCode } = await getStatus(session, 'ckx1');
    expect(envelope).toMatchObject({ ok: true, status, taskId: 'ckx1', errorCode: null });
    expect(stepsOf(envelope)[0]).toBe(`${RESUME} --wait 45`);
    expect(exitCode).toBe(EXIT.done);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]!.headers.key).toBe(KEY);
  });

  it('fault 16: is repeated like every read', async () => {
    const { session } = await place({ [STATUS]: [busy, busy, state('PROGRESS')] });
    expect((await getStatus(session, 'ckx1')).envelope.status).toBe('PROGRESS');
  });

  it.each<[string, Answer[], object]>([
    [
      'FAILED with a message, and a record that says so: a failed task',
      [record('FAILED', { output: { error: 'bad content' } })],
      { ok: false, status: 'FAILED', errorCode: 'GENERATION_FAILED' },
    ],
    [
      'FAILED with a message, and a record that runs: no failed task',
      [record('PROGRESS')],
      { ok: true, status: 'PROGRESS' },
    ],
    [
      '… after a record that was not to be had at once',
      [busy, record('PROGRESS')],
      { ok: true, status: 'PROGRESS' },
    ],
  ])('fault 23: %s', async (_, records, expected) => {
    const { session } = await place({
      [STATUS]: [{ body: { status: 'FAILED', message: 'hm' } }],
      [TASK]: records,
    });
    const { envelope } = await getStatus(session, 'ckx1');
    expect(envelope).toMatchObject(expected);
    if (!envelope.ok) expect(envelope.errorMessage).toContain('bad content');
  });

  it.each<[string, Answer, string, boolean]>([
    ['is an error too', { body: { status: 'FAILED', message: 'hm' } }, 'UNKNOWN_ERROR', false],
    ['is not found', { status: 404 }, 'TASK_NOT_FOUND', false],
    ['cannot be had now', busy, 'NETWORK_ERROR', true],
  ])(
    'fault 23: FAILED with a message is no failed task where the record %s',
    async (_, answer, code, transient) => {
      const { session } = await place({
        [STATUS]: [{ body: { status: 'FAILED', message: 'hm' } }],
        [TASK]: [answer],
      });
      const failure = await failureOf(getStatus(session, 'ckx1'));
      expect(failure).toMatchObject({ code, details: { transient } });
      expect(failure.details.status).not.toBe('FAILED');
    },
  );

  it.each([record('FAILED'), record('PROGRESS'), refusal(404)])(
    'a bare FAILED is the state of the task, whatever its record says of a result that is not there',
    async (shown) => {
      const { session } = await place({ [STATUS]: [state('FAILED')], [TASK]: [shown] });
      const { envelope, exitCode } = await getStatus(session, 'ckx1');
      expect(envelope).toMatchObject({ ok: false, status: 'FAILED', errorCode: 'GENERATION_FAILED' });
      expect(exitCode).toBe(EXIT.taskEnded);
    },
  );

  it('fault 27: tells an unknown word beside UNKNOWN', async () => {
    const { session } = await place({ [STATUS]: [state('QUEUED')] });
    const { envelope } = await getStatus(session, 'ckx1');
    expect(envelope).toMatchObject({ ok: true, status: 'UNKNOWN', data: { unknownState: 'QUEUED' } });
  });
});

describe('waitTask', () => {
  it('waits for the end and returns the record', async () => {
    const { session } = await place({
      [STATUS]: [state('SUBMITTED'), state('PROGRESS'), state('COMPLETED')],
      [TASK]: [finished],
    });
    const { envelope, exitCode } = await wait(session);
    expect(envelope).toMatchObject({
      ok: true,
      status: 'COMPLETED',
      data: { resultUrls: [LINK], upstream: { id: 'ckx1' } },
    });
    expect(exitCode).toBe(EXIT.done);
    expect(session.told).toEqual(['task ckx1 SUBMITTED', 'polled PROGRESS', 'polled COMPLETED']);
    expect(stepsOf(envelope)[0]).toBe(`${RESUME} --wait 45 --download out`);
  });

  it.each(['FAILED', 'CANCEL'])('fault 28: a record with the result outweighs a bare %s', async (end) => {
    const { session } = await placeOnRecord({
      [STATUS]: [state('PROGRESS'), state(end)],
      [TASK]: [finished],
    });
    await leave(session.journal, { phase: 'submitted', taskId: 'ckx1', status: 'SUBMITTED' });
    const { envelope, exitCode } = await wait(session);
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', data: { resultUrls: [LINK] } });
    expect(exitCode).toBe(EXIT.done);
    expect((await session.journal.byTask('ckx1'))?.record.status).toBe('COMPLETED');
  });

  it.each([
    ['PROGRESS', 1],
    ['COMPLETED', 0],
  ])('records how long the task took only where it was seen to run before (%s)', async (first, known) => {
    const { session } = await placeOnRecord({
      [STATUS]: [state(first), state('PROGRESS'), state('COMPLETED')].slice(first === 'COMPLETED' ? 2 : 0),
      [TASK]: [finished],
    });
    const { journal, clock } = session;
    await leave(journal, { phase: 'submitted', taskId: 'ckx1', status: 'SUBMITTED' });
    clock.now += 30_000;
    await wait(session);
    const durations = await journal.durationsOf('t2v');
    expect(durations).toHaveLength(known);
    for (const seconds of durations) expect(seconds).toBeGreaterThan(30);
    for (const seconds of durations) expect(seconds).toBeLessThanOrEqual(Math.ceil(clock.now / 1000));
  });

  it('ends with the healthy task when the time is over', async () => {
    const { session } = await place({ [STATUS]: [state('PROGRESS')] });
    const { envelope, exitCode } = await waitTask(
      session,
      'ckx1',
      waiting(30_000, { resumeFlags: { download: 'out' } }),
    );
    expect(envelope).toMatchObject({ ok: true, status: 'PROGRESS', errorCode: null });
    expect(stepsOf(envelope)[0]).toBe(`${RESUME} --download out`);
    expect(exitCode).toBe(EXIT.stillRunning);
    expect(session.clock.now).toBe(30_000);
  });

  it.each([
    ['PROGRESS', EXIT.stillRunning, 1],
    ['COMPLETED', EXIT.done, 2],
  ])('with waitMs 0 sends one query and does not pause: %s', async (status, code, requests) => {
    const { server, session } = await place({ [STATUS]: [state(status)], [TASK]: [finished] });
    const { envelope, exitCode } = await wait(session, 0);
    expect(envelope.status).toBe(status);
    expect(exitCode).toBe(code);
    expect(server.received).toHaveLength(requests);
    expect(session.clock.sleeps).toEqual([]);
  });

  it('fault 16: with waitMs 0 its query is still retried like every read', async () => {
    const { session } = await place({ [STATUS]: [busy, state('PROGRESS')] });
    expect((await wait(session, 0)).envelope.status).toBe('PROGRESS');
  });

  it('fault 12: a first query that fails in a transient way does not end it', async () => {
    const { session } = await place({
      [STATUS]: [...Array(6).fill(busy), state('COMPLETED')],
      [TASK]: [finished],
    });
    const { envelope } = await wait(session, 600_000);
    expect(envelope.status).toBe('COMPLETED');
  });

  it('fault 12: without one successful query the failure is reported, with the state UNKNOWN', async () => {
    const { session } = await place({ [STATUS]: [busy] });
    const failure = await failureOf(wait(session, 30_000));
    expect(failure).toMatchObject({ code: 'NETWORK_ERROR', details: { status: 'UNKNOWN', taskId: 'ckx1' } });
    expect(failure.message).toContain('HTTP 503');
  });

  it('fault 14: a Retry-After beyond its time is told at once', async () => {
    const { server, session } = await place({
      [STATUS]: [{ status: 429, headers: { 'retry-after': '120' } }],
    });
    const failure = await failureOf(wait(session));
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 120, status: 'UNKNOWN' } });
    expect(server.received).toHaveLength(1);
    expect(session.clock.sleeps).toEqual([]);
  });

  it('fault 14: a limit in the middle is told beside the healthy task', async () => {
    const { session } = await place({
      [STATUS]: [state('PROGRESS'), { status: 429, headers: { 'retry-after': '900' } }],
    });
    const { envelope, exitCode } = await wait(session, 600_000);
    expect(envelope).toMatchObject({
      ok: true,
      status: 'PROGRESS',
      retryAfter: 900,
      data: { lastPollError: { errorCode: 'RATE_LIMITED' } },
    });
    expect(exitCode).toBe(EXIT.stillRunning);
    expect(session.clock.now).toBeLessThan(10_000);
  });

  it.each([
    [404, 'TASK_NOT_FOUND'],
    [401, 'AUTH_FAILED'],
  ])('faults 18 and 20: HTTP %i ends it at once: %s', async (status, code) => {
    const { server, session } = await place({ [STATUS]: [{ status }] });
    expect((await failureOf(wait(session))).code).toBe(code);
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['10 minutes ago', 600_000, 3, false],
    ['5 seconds ago', 5_000, 3, true],
  ])(
    'fault 20: a task that was submitted %s and is not found after a failed query',
    async (_, ageMs, misses, isFound) => {
      const missing = Array(misses).fill({ status: 404 });
      const { server, session } = await placeOnRecord({
        [STATUS]: [busy, ...missing, state('COMPLETED')],
        [TASK]: [finished],
      });
      await leave(session.journal, { phase: 'submitted', taskId: 'ckx1', status: 'SUBMITTED' });
      session.clock.now += ageMs;
      const ended = wait(session);
      if (isFound) expect((await ended).envelope.status).toBe('COMPLETED');
      else expect((await failureOf(ended)).code).toBe('TASK_NOT_FOUND');
      expect(server.received.filter(({ path }) => path.endsWith('/status'))).toHaveLength(isFound ? 5 : 2);
    },
  );

  it('fault 29: COMPLETED stays, when a replica that lags behind shows the record as running', async () => {
    const { session } = await place({
      [STATUS]: [state('COMPLETED')],
      [TASK]: [record('PROGRESS'), record('COMPLETED'), finished],
    });
    const { envelope } = await wait(session);
    expect(envelope).toMatchObject({ ok: true, status: 'COMPLETED', data: { resultUrls: [LINK] } });
  });

  it('faults 28 and 29: a record that never names a file is told as such, and the task stays COMPLETED', async () => {
    const { session } = await place({ [STATUS]: [state('COMPLETED')], [TASK]: [record('PROGRESS')] });
    const { envelope } = await wait(session);
    expect(envelope).toMatchObject({
      ok: false,
      status: 'COMPLETED',
      taskId: 'ckx1',
      errorCode: 'UNKNOWN_ERROR',
    });
    expect(envelope.data?.nextSteps).toContain(RESUME);
    expect(JSON.stringify(envelope.data?.nextSteps)).toContain('charges nothing');
    expect(session.clock.now).toBeLessThan(60_000);
  });

  it('fault 28: so is a record that cannot be had', async () => {
    const { session } = await place({ [STATUS]: [state('COMPLETED')], [TASK]: [busy] });
    const { envelope, exitCode } = await wait(session);
    expect(envelope).toMatchObject({ ok: false, status: 'COMPLETED', errorCode: 'NETWORK_ERROR' });
    expect(exitCode).toBe(EXIT.temporary);
  });

  it.each<[string, Answer, string, string]>([
    ['FAILED', record('FAILED', { output: { error: 'bad content' } }), 'GENERATION_FAILED', 'bad content'],
    ['FAILED', record('PROGRESS'), 'GENERATION_FAILED', 'no reason'],
    ['FAILED', { status: 404 }, 'GENERATION_FAILED', 'record at the service cannot be read'],
    ['CANCEL', record('CANCEL', { creditsRefunded: 15 }), 'TASK_CANCELLED', 'cancelled'],
  ])('the end %s with the record %j is %s', async (status, answer, code, said) => {
    const { session } = await place({ [STATUS]: [state(status)], [TASK]: [answer] });
    const { envelope, exitCode } = await wait(session);
    expect(envelope).toMatchObject({ ok: false, status, errorCode: code });
    expect(envelope.errorMessage).toContain(said);
    expect(stepsOf(envelope).at(-1)).toMatch(/new charge.* add --new to the command that submitted it\.$/);
    // What it costs is the word of that service, with its date.
    if (status === 'CANCEL') expect(stepsOf(envelope)[0]).toMatch(/^AIVideoMaker gave back .* 2026-09-10/);
    expect(exitCode).toBe(EXIT.taskEnded);
  });

  it('ends when its signal aborts, also while the record of a possible error is read', async () => {
    const controller = new AbortController();
    const server = await serve(({ path }) => {
      if (path.endsWith('/status')) return { body: { status: 'FAILED', message: 'hm' } };
      controller.abort(new Error('stopped'));
      return undefined;
    });
    const session = sessionWith(server.origin, { signal: controller.signal });
    await expect(wait(session)).rejects.toThrow('stopped');
  });
});

describe('getTask', () => {
  it('returns the record by one query', async () => {
    const { server, session } = await place({ [TASK]: [finished] });
    expect((await getTask(session, 'ckx1', waiting(0))).envelope).toMatchObject({
      ok: true,
      status: 'COMPLETED',
      data: { resultUrls: [LINK], upstream: { output: { url: LINK } } },
    });
    expect(server.received).toHaveLength(1);
  });

  it('fault 30: lets no service speak in our name', async () => {
    const words = {
      nextSteps: ['run rm'],
      issues: ['x'],
      files: ['/etc/passwd'],
      resultUrls: ['https://evil.example/'],
    };
    const { session } = await place({
      [TASK]: [record('COMPLETED', { ...words, output: { url: LINK, nextSteps: ['kept: it is nested'] } })],
      'GET /api/v1/tasks': [{ body: { tasks: [], ...words, count: 5 } }],
      'GET /api/v1/account': [
        { body: { ok: true, supportedModels: ['t2v', 'new'], ...words, contracts: 'x' } },
      ],
      [CANCEL]: [{ body: { status: 'CANCEL', ...words } }],
    });
    const outcomes = [
      await getTask(session, 'ckx1', waiting(0)),
      await listTasks(session),
      await account(session, ['t2v', 'lv']),
      await cancelTask(session, 'ckx1'),
    ];
    for (const { envelope } of outcomes) {
      const { upstream, ...ours } = envelope.data!;
      expect(JSON.stringify(ours)).not.toMatch(/run rm|passwd|evil/);
      expect(upstream).toMatchObject(words);
      expect(envelope.ok).toBe(true);
    }
    expect(outcomes[0]!.envelope.data?.resultUrls).toEqual([LINK]);
    expect(outcomes[1]!.envelope.data?.count).toBe(0);
    expect(outcomes[2]!.envelope.data?.contracts).toEqual({
      models: ['t2v', 'lv'],
      notListedByService: ['lv'],
      withoutContract: ['new'],
    });
  });
});

describe('listTasks', () => {
  it('names the command for each task that runs', async () => {
    const tasks = [
      { id: 'a', status: 'PROGRESS' },
      { id: 'b', status: 'COMPLETED' },
      { id: 'c', status: 'SUBMITTED' },
      { id: 'd;rm', status: 'SUBMITTED' },
    ];
    const { session } = await place({ 'GET /api/v1/tasks': [{ body: { tasks } }] });
    const { envelope } = await listTasks(session);
    expect(envelope).toMatchObject({ ok: true, status: null, taskId: null });
    expect(envelope.data?.nextSteps).toEqual(
      ['a', 'c'].map((id) => `run --action waitTask --taskId ${id} --wait 45`),
    );
  });
});

describe('cancelTask', () => {
  it('says so when it took effect', async () => {
    const { server, session } = await place({ [CANCEL]: [{ body: { status: 'CANCEL', taskId: 'ckx1' } }] });
    const { envelope, exitCode } = await cancelTask(session, 'ckx1');
    expect(envelope).toMatchObject({ ok: true, status: 'CANCEL', taskId: 'ckx1', errorCode: null });
    expect(exitCode).toBe(EXIT.done);
    expect(server.to(CANCEL)).toHaveLength(1);
    expect(server.received[0]!.body).toBe('');
  });

  it.each<[string, Reply, string, string, number]>([
    ['fault 24: HTTP 405', { status: 405 }, 'PROGRESS', 'CANCEL_REJECTED', EXIT.stillRunning],
    [
      'fault 24: a refusal',
      { status: 409, body: { message: 'no' } },
      'PROGRESS',
      'CANCEL_REJECTED',
      EXIT.stillRunning,
    ],
    ['HTTP 200 with PROGRESS', state('PROGRESS'), 'PROGRESS', 'CANCEL_REJECTED', EXIT.stillRunning],
    ['HTTP 200 with a bare FAILED', state('FAILED'), 'PROGRESS', 'CANCEL_REJECTED', EXIT.stillRunning],
    ['a refusal of what is finished', { status: 400 }, 'COMPLETED', 'CANCEL_REJECTED', EXIT.taskEnded],
    ['a refusal as bad input', { status: 422 }, 'SUBMITTED', 'CANCEL_REJECTED', EXIT.stillRunning],
    [
      'fault 20: HTTP 404 for a task that is there',
      { status: 404 },
      'PROGRESS',
      'CANCEL_REJECTED',
      EXIT.stillRunning,
    ],
    ['a refusal of what has failed', { status: 400 }, 'FAILED', 'CANCEL_REJECTED', EXIT.taskEnded],
    ['a lost answer', 'reset', 'SUBMITTED', 'NETWORK_ERROR', EXIT.stillRunning],
  ])('%s: what counts is what the task is then', async (_, answer, status, code, exit) => {
    const { server, session } = await place({ [CANCEL]: [answer], [STATUS]: [state(status)] });
    const { envelope, exitCode } = await cancelTask(session, 'ckx1');
    expect(envelope).toMatchObject({ ok: false, status, taskId: 'ckx1', errorCode: code });
    expect(envelope.errorMessage).toContain(`it is ${status}`);
    expect(exitCode).toBe(exit);
    expect(server.to('PUT')).toHaveLength(1);
    const steps = envelope.data?.nextSteps as string[];
    expect(steps).toContain(
      ['COMPLETED', 'FAILED'].includes(status)
        ? `run --action getTask --taskId ckx1${status === 'COMPLETED' ? ' --download out' : ''}`
        : 'run --action waitTask --taskId ckx1 --wait 45',
    );
    expect(steps.includes('run --action cancelTask --taskId ckx1')).toBe(status === 'SUBMITTED');
  });

  it('of a task that is COMPLETED: its result is fetched into the folder that its record names', async () => {
    const { session } = await placeOnRecord({ [CANCEL]: [{ status: 400 }], [STATUS]: [state('COMPLETED')] });
    await leave(session.journal, {
      phase: 'submitted',
      taskId: 'ckx1',
      status: 'SUBMITTED',
      download: '/clips',
    });
    const { envelope } = await cancelTask(session, 'ckx1');
    expect(stepsOf(envelope)).toContain('run --action getTask --taskId ckx1 --download /clips');
  });

  it.each<[string, Reply]>([
    ['was lost', 'reset'],
    ['was a refusal', { status: 400 }],
    ['was cut', { body: '{"status":"CAN' }],
  ])('fault 24: has worked although the answer %s, when the task is CANCEL', async (_, answer) => {
    const { session } = await place({ [CANCEL]: [answer, { status: 405 }], [STATUS]: [state('CANCEL')] });
    const { envelope, exitCode } = await cancelTask(session, 'ckx1');
    expect(envelope).toMatchObject({ ok: true, status: 'CANCEL' });
    expect(exitCode).toBe(EXIT.done);
  });

  it('is repeated after 429, no sooner than asked', async () => {
    const { session } = await place({
      [CANCEL]: [{ status: 429, headers: { 'retry-after': '4' } }, state('CANCEL')],
    });
    expect((await cancelTask(session, 'ckx1')).envelope.status).toBe('CANCEL');
    expect(session.clock.sleeps[0]).toBeGreaterThanOrEqual(4_000);
  });

  it.each([
    [401, 'AUTH_FAILED'],
    [429, 'RATE_LIMITED'],
  ])('HTTP %i is told as it is: %s', async (status, code) => {
    const { server, session } = await place({ [CANCEL]: [{ status }] });
    expect((await failureOf(cancelTask(session, 'ckx1'))).code).toBe(code);
    expect(server.to('GET')).toHaveLength(0);
  });

  it('fault 20: of a task that is not there is TASK_NOT_FOUND', async () => {
    const { session } = await place({ [CANCEL]: [{ status: 404 }], [STATUS]: [{ status: 404 }] });
    expect((await failureOf(cancelTask(session, 'ckx1'))).code).toBe('TASK_NOT_FOUND');
  });

  it('tells the refusal where the task cannot be read', async () => {
    const { session } = await place({
      [CANCEL]: [{ status: 405, body: 'Method Not Allowed' }],
      [STATUS]: [busy],
    });
    const { envelope, exitCode } = await cancelTask(session, 'ckx1');
    expect(envelope).toMatchObject({ ok: false, status: 'UNKNOWN', errorCode: 'CANCEL_REJECTED' });
    expect(envelope.errorMessage).toContain('405');
    expect(exitCode).toBe(EXIT.stillRunning);
  });

  it('takes the answer for the state where the task cannot be read', async () => {
    const { session } = await place({ [CANCEL]: [state('PROGRESS')], [STATUS]: [busy] });
    const { envelope } = await cancelTask(session, 'ckx1');
    expect(envelope).toMatchObject({ ok: false, status: 'PROGRESS' });
  });
});
