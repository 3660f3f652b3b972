import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { loadContract } from '../../scripts/src/contracts/contract.ts';
import { startSandbox } from '../../scripts/src/sandbox/server.ts';
import { FakeClock } from '../support/clock.ts';
import { failureOf } from '../support/failures.ts';
import { type Answer, type Reply, serve, type TestServer } from '../support/server.ts';
import { generateClip, REQUEST, sessionOnRecord, sessionWith, stepsOf } from './session.ts';

const v3 = await loadContract('aivideomaker', 't2v_v3');
const LINK = 'https://static.example.com/a.mp4';
const RESUME = 'run --action waitTask --taskId ckx1';

interface Replies {
  submit?: Reply[];
  status?: Answer[];
  quote?: Answer[];
  task?: Answer;
}

function service({ submit, status, quote, task }: Replies) {
  return serve(({ path }, { count }) => {
    const pick = (replies: Reply[] | undefined) =>
      replies?.[Math.min(count, replies.length - 1)] ?? { status: 404 };
    if (path.includes('/generate/'))
      return pick(submit ?? [{ body: { status: 'SUBMITTED', taskId: 'ckx1' } }]);
    if (path.includes('/quote/')) return pick(quote);
    if (path.endsWith('/status')) return pick(status);
    return task ?? { body: { id: 'ckx1', status: 'COMPLETED', output: { url: LINK } } };
  });
}

const quoted = (credits: number, currentBalance: number): Answer => ({
  body: { model: 't2v', credits, currentBalance, affordable: currentBalance >= credits },
});

const DETACHED = { isDetached: true };

const ask = ({ origin }: TestServer, more: Parameters<typeof generateClip>[1] = {}) =>
  generateClip(sessionWith(origin), more);

describe('generate', () => {
  it('createGeneration, which has no wait, reads the list for 30 seconds after a lost submit, and says when the command will know', async () => {
    const server = await service({ submit: ['reset'], task: { body: { tasks: [] } } });
    const session = sessionOnRecord(server.origin);
    const failure = await failureOf(generateClip(session, DETACHED));
    expect(failure).toMatchObject({ code: 'SUBMIT_OUTCOME_UNKNOWN', details: { retryAfter: 30 } });
    expect(session.clock.now).toBe(30_000);
    expect(server.to('GET /api/v1/tasks').length).toBeGreaterThan(4);
    expect(server.to('POST')).toHaveLength(1);
  });

  it('[sandbox:not-delivered] with a wait of 90 seconds: submitted once more after 60, and charged once', async () => {
    const clock = new FakeClock();
    const sandbox = await startSandbox({ folder: null, now: clock.wall });
    onTestFinished(() => sandbox.close());
    const session = sessionOnRecord(sandbox.origin, { clock });
    const generation = { ...REQUEST, payload: { ...REQUEST.payload, prompt: 'a [sandbox:not-delivered]' } };
    const { envelope } = await generateClip(session, { generation, waitMs: 90_000 });
    expect(envelope).toMatchObject({
      status: 'COMPLETED',
      data: { resubmitted: true, credits: { charged: 15 } },
    });
    expect(clock.now).toBeGreaterThan(60_000);
  });

  it('submits, waits and returns the record', async () => {
    const server = await service({
      status: [{ body: { status: 'PROGRESS' } }, { body: { status: 'COMPLETED' } }],
    });
    const session = sessionWith(server.origin);
    const { envelope, exitCode } = await generateClip(session);
    expect(envelope).toMatchObject({
      ok: true,
      status: 'COMPLETED',
      taskId: 'ckx1',
      data: { resultUrls: [LINK] },
    });
    expect(exitCode).toBe(EXIT.done);
    expect(server.to('POST')).toHaveLength(1);
    expect(session.told[1]).toBe('task ckx1 SUBMITTED');
  });

  it.each([
    ['without a wait', true, EXIT.done],
    ['with a wait of nothing', false, EXIT.stillRunning],
  ])('returns at once %s', async (_, isDetached, code) => {
    const server = await service({ status: [{ body: { status: 'SUBMITTED' } }] });
    const session = sessionOnRecord(server.origin);
    const asked = { isDetached, waitMs: isDetached ? 60_000 : 0 };
    const { envelope, exitCode } = await generateClip(session, asked);
    expect(envelope).toMatchObject({ ok: true, status: 'SUBMITTED', taskId: 'ckx1' });
    expect(envelope.data!.resumed).toBeUndefined();
    expect(stepsOf(envelope)[0]).toBe(RESUME);
    expect(exitCode).toBe(code);
    expect(server.received).toHaveLength(1);
    // Run again while the task runs, it does the same.
    const again = await generateClip(session, asked);
    expect(again.envelope).toMatchObject({ ok: true, taskId: 'ckx1', data: { resumed: true } });
    expect(again.exitCode).toBe(code);
    expect(server.to('POST')).toHaveLength(1);
  });

  it('fault 38: ends with the healthy task when the time is over, with the command that resumes it', async () => {
    const server = await service({ status: [{ status: 503 }] });
    const { envelope, exitCode } = await ask(server, { waitMs: 30_000 });
    expect(envelope).toMatchObject({
      ok: true,
      status: 'SUBMITTED',
      data: { lastPollError: { errorCode: 'NETWORK_ERROR' } },
    });
    expect(envelope.data?.nextSteps).toContain(RESUME);
    expect(JSON.stringify(envelope.data?.nextSteps)).toContain('it charges nothing');
    expect(exitCode).toBe(EXIT.stillRunning);
  });

  it('counts the time of the submit into the wait', async () => {
    const server = await service({
      submit: [
        { status: 429, headers: { 'retry-after': '20' } },
        { body: { status: 'SUBMITTED', taskId: 'ckx1' } },
      ],
      status: [{ body: { status: 'PROGRESS' } }],
    });
    const session = sessionWith(server.origin);
    await generateClip(session, { waitMs: 40_000 });
    expect(session.clock.now).toBe(40_000);
  });

  it('fault 20: gives a task that was just made time to be found', async () => {
    const server = await service({
      status: [{ status: 404 }, { status: 404 }, { body: { status: 'COMPLETED' } }],
    });
    expect((await ask(server)).envelope.status).toBe('COMPLETED');
  });

  it.each([
    ['fault 18: a key that is refused meanwhile', { status: 401 }, 'AUTH_FAILED'],
    [
      'fault 10: a redirect',
      { status: 302, headers: { location: 'https://evil.example/' } },
      'NETWORK_ERROR',
    ],
    ['fault 20: a task that stays unfound', { status: 404 }, 'TASK_NOT_FOUND'],
  ])('%s ends the wait, and never reads as if nothing had been submitted', async (_, answer, code) => {
    const server = await service({ status: [answer] });
    const failure = await failureOf(ask(server, { waitMs: 600_000 }));
    expect(failure).toMatchObject({ code, details: { taskId: 'ckx1' } });
    expect(failure.details.nextSteps!.at(-1)).toBe(RESUME);
    expect(failure.details.nextSteps!.at(-2)).toMatch(
      /^The task was submitted and charged, .* charges nothing:$/,
    );
  });

  it('finishes a replayed task that has ended already, whatever the wait', async () => {
    const submit = [{ body: { status: 'COMPLETED', taskId: 'ckx1', idempotentReplay: true } }];
    const server = await service({ submit });
    const { envelope } = await ask(server, { waitMs: 0 });
    expect(envelope).toMatchObject({ status: 'COMPLETED', data: { resultUrls: [LINK] } });
  });

  it('makes sure of the folder before anything is submitted', async () => {
    const server = await service({});
    const failure = await failureOf(ask(server, { place: { folder: '/dev/null/out' } }));
    expect(failure.code).toBe('INVALID_PAYLOAD');
    expect(failure.details.issues![0]!.path).toBe('--download');
    expect(server.received).toHaveLength(0);
  });
});

describe('the price', () => {
  it('is not asked for where nothing limits it', async () => {
    const server = await service({});
    await ask(server, DETACHED);
    expect(server.to('POST /api/v1/quote')).toHaveLength(0);
  });

  it('within the limit is told with the task, and the limit goes along', async () => {
    const server = await service({ quote: [quoted(15, 415)] });
    const generation = { ...REQUEST, maxCredits: 15 };
    const { envelope } = await ask(server, { ...DETACHED, generation });
    expect(envelope).toMatchObject({ ok: true, data: { credits: { quoted: 15 } } });
    const [submit] = server.to('POST /api/v1/generate');
    expect(submit!.headers['x-max-credits']).toBe('15');
  });

  it('above the limit submits nothing, and names what is cheaper as a literal', async () => {
    const server = await service({ quote: [quoted(80, 415)] });
    const generation = {
      ...REQUEST,
      model: 't2v_v3',
      payload: { ...REQUEST.payload, duration: '20' },
      maxCredits: 40,
    };
    const failure = await failureOf(ask(server, { ...DETACHED, contract: v3, generation }));
    expect(failure.code).toBe('BUDGET_EXCEEDED');
    expect(failure.details.data).toMatchObject({ quoted: 80, maxCredits: 40 });
    const steps = failure.details.nextSteps!;
    expect(
      steps.some((step) => step.startsWith('Cheaper: "duration":"10" in the payload, about 40 credits')),
    ).toBe(true);
    expect(steps.some((step) => step.includes('"15"'))).toBe(false);
    expect(steps.at(-1)).toContain('--maxCredits 80');
    expect(server.to('POST /api/v1/generate')).toHaveLength(0);
  });

  it.each([
    ['the balance is too small', quoted(15, 5), { quoted: 15, balance: 5, missing: 10 }],
    [
      'the service says so without a balance',
      { body: { credits: 15, affordable: false } },
      { quoted: 15, balance: null },
    ],
  ])('fault 19: that cannot be paid submits nothing: %s', async (_, quote, data) => {
    const server = await service({ quote: [quote] });
    const generation = { ...REQUEST, maxCredits: 50 };
    const failure = await failureOf(ask(server, { ...DETACHED, generation }));
    expect(failure.code).toBe('INSUFFICIENT_CREDITS');
    expect(failure.details.data).toEqual(data);
    expect(server.to('POST /api/v1/generate')).toHaveLength(0);
  });

  it('that is not to be had submits nothing', async () => {
    const server = await service({ quote: [{ status: 503 }] });
    const generation = { ...REQUEST, maxCredits: 50 };
    expect((await failureOf(ask(server, { ...DETACHED, generation }))).code).toBe('NETWORK_ERROR');
    expect(server.to('POST /api/v1/generate')).toHaveLength(0);
  });

  it('fault 19: a refusal for lack of credits says how much is missing and what is cheaper', async () => {
    const server = await service({
      submit: [{ body: { status: 'FAILED', message: 'Insufficient credits' } }],
      quote: [quoted(24, 20)],
    });
    const generation = { ...REQUEST, payload: { ...REQUEST.payload, duration: '8' } };
    const failure = await failureOf(ask(server, { ...DETACHED, generation }));
    expect(failure.code).toBe('INSUFFICIENT_CREDITS');
    expect(failure.message).toContain('It costs 24 credits, the balance is 20: 4 are missing.');
    expect(failure.details.data).toEqual({ quoted: 24, balance: 20, missing: 4 });
    expect(failure.details.nextSteps![0]).toMatch(
      /^Cheaper: "duration":"5" in the payload, about 15 credits/,
    );
    expect(server.to('POST /api/v1/generate')).toHaveLength(1);
  });

  it('fault 19: and still says so where no quote is to be had', async () => {
    const server = await service({ submit: [{ status: 402 }], quote: [{ status: 500 }] });
    const failure = await failureOf(ask(server, DETACHED));
    expect(failure.code).toBe('INSUFFICIENT_CREDITS');
    expect(failure.details.data).toEqual({});
  });
});
