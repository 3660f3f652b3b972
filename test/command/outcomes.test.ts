import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { EXIT, EXIT_OF_ERROR } from '../../scripts/src/cli/exit-codes.ts';
import { ERROR_CODES, type ErrorCode } from '../../scripts/src/model/failure.ts';
import { CANARY, envelopeOf, live, run, T2V, T2V_ARGS, tempFolder } from '../support/command.ts';
import { commandIn, expectKeyInItsHeaderOnly } from '../support/expect.ts';
import { letPass } from '../support/records.ts';
import { closedPort, type Reply } from '../support/server.ts';
import { accepted, record, refusal, type Script, service, states, TASK } from '../support/service.ts';
import { runShell } from './shell.ts';

interface Case {
  script?: Script;
  args?: string[];
  env?: Record<string, string>;
  status: string | null;
  exit: number;
  /** What the next steps must and must not say. */
  says?: RegExp;
  submits?: number;
}

const GET_STATUS = ['--action', 'getStatus', '--taskId', TASK];

// One real run for each code; the type demands a case for each.
const CASES: Record<ErrorCode, Case> = {
  INVALID_MODEL: {
    args: ['--model', 't2w', '--payload', JSON.stringify(T2V)],
    status: 'FAILED',
    exit: 2,
    says: /t2v/,
    submits: 0,
  },
  INVALID_PAYLOAD: {
    args: ['--model', 't2v', '--payload', JSON.stringify({ ...T2V, duration: 5 })],
    status: 'FAILED',
    exit: 2,
    says: /"5"/,
    submits: 0,
  },
  AUTH_FAILED: {
    script: { submit: refusal(401, 'AUTH_FAILED', 'Invalid API key. Please check your API key.') },
    status: 'FAILED',
    exit: 3,
    says: /AIVIDEO_API_KEY/,
    submits: 1,
  },
  RATE_LIMITED: {
    script: { submit: refusal(429, 'RATE_LIMITED', 'Too many requests', { 'retry-after': '3600' }) },
    status: 'FAILED',
    exit: 6,
    says: /Nothing was submitted.*after 3600 seconds/,
    submits: 1,
  },
  INSUFFICIENT_CREDITS: {
    script: {
      submit: refusal(402, 'INSUFFICIENT_CREDITS', 'Insufficient credits'),
      quote: { body: { model: 't2v', credits: 24, currentBalance: 20, affordable: false } },
    },
    args: ['--model', 't2v', '--payload', JSON.stringify({ ...T2V, duration: '8' })],
    status: 'FAILED',
    exit: 5,
    says: /Cheaper: "duration":"5"/,
    submits: 1,
  },
  TASK_NOT_FOUND: {
    script: { status: refusal(404, undefined, 'Task not found') },
    args: GET_STATUS,
    status: 'UNKNOWN',
    exit: 8,
    says: /--action listTasks/,
  },
  NETWORK_ERROR: {
    script: {
      status: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
    },
    args: GET_STATUS,
    env: { AIVIDEO_MAX_RETRIES: '0' },
    status: 'UNKNOWN',
    exit: 6,
    says: /charges nothing/,
  },
  UNKNOWN_ERROR: {
    script: { status: { status: 418, body: 'short and stout' } },
    args: GET_STATUS,
    status: 'UNKNOWN',
    exit: 6,
    says: /getTask/,
  },
  GENERATION_FAILED: {
    script: {
      status: states('PROGRESS', 'FAILED'),
      task: (_, { server }) => ({
        body: record(server, { status: 'FAILED', output: { error: 'content policy' } }),
      }),
    },
    status: 'FAILED',
    exit: 1,
    says: /new charge.*--new/,
    submits: 1,
  },
  TASK_CANCELLED: { script: { status: states('CANCEL') }, status: 'CANCEL', exit: 1, submits: 1 },
  CANCEL_REJECTED: {
    script: { cancel: refusal(400, 'INVALID_PAYLOAD', 'Too late'), status: states('PROGRESS') },
    args: ['--action', 'cancelTask', '--taskId', TASK],
    status: 'PROGRESS',
    exit: 4,
    says: /only while it is SUBMITTED.*waitTask/s,
  },
  BUDGET_EXCEEDED: {
    args: ['--model', 't2v', '--payload', JSON.stringify(T2V), '--maxCredits', '14'],
    status: 'FAILED',
    exit: 5,
    says: /--maxCredits 15/,
    submits: 0,
  },
  IDEMPOTENCY_CONFLICT: {
    script: { submit: refusal(409, 'IDEMPOTENCY_CONFLICT', 'Key reused') },
    status: 'FAILED',
    exit: 2,
    says: /listTasks/,
    submits: 1,
  },
  SUBMIT_OUTCOME_UNKNOWN: {
    script: { submit: { status: 500, body: 'oops' }, list: { status: 503, body: 'down' } },
    env: { AIVIDEO_MAX_RETRIES: '0' },
    status: 'UNKNOWN',
    exit: 7,
    args: [...T2V_ARGS, '--wait', '0'],
    says: /Run this command after \d+ seconds, without --new.*submits nothing while that may charge twice.*listTasks/s,
    submits: 1,
  },
  DOWNLOAD_FAILED: {
    script: { file: { status: 410, body: 'gone' } },
    args: [...T2V_ARGS, '--download', 'downloads'],
    status: 'COMPLETED',
    exit: 9,
    says: /waitTask.*charges nothing/s,
    submits: 1,
  },
};

describe('B7: every error code, by a real run', () => {
  it.each(ERROR_CODES)('B7: %s', async (code) => {
    const { script, args = T2V_ARGS, env = {}, status, exit, says, submits } = CASES[code];
    const server = await service(script);
    const done = await run(args, { env: live(server.origin, env), cwd: tempFolder() });
    const envelope = envelopeOf(done);
    expect(envelope).toMatchObject({ ok: false, status, errorCode: code });
    expect(done.code).toBe(exit);
    expect(exit).toBe(EXIT_OF_ERROR[code]);
    expect(envelope.errorMessage).toMatch(/^[^\n]{10,600}$/);
    if (code === 'RATE_LIMITED') expect(envelope.retryAfter).toBe(3600);
    if (says) expect((envelope.data.nextSteps as string[]).join('\n')).toMatch(says);
    if (submits !== undefined) expect(server.submits()).toHaveLength(submits);
    expectKeyInItsHeaderOnly(server);
  });
});

describe('the exit codes', () => {
  // The others of the table are in signals.test.ts and bugs.test.ts.
  it('0, 4: done, and still running', async () => {
    const server = await service();
    expect((await run(T2V_ARGS, { env: live(server.origin) })).code).toBe(EXIT.done);
    expect((await run([...T2V_ARGS, '--wait', '0'], { env: live(server.origin) })).code).toBe(
      EXIT.stillRunning,
    );
  });

  it('no other exit code exists than those that --help lists', async () => {
    const { stdout } = await run(['--help']);
    const listed = stdout.slice(stdout.indexOf('Exit codes')).match(/\d+(?= )|130\/143/g) ?? [];
    const codes = listed.flatMap((text) => text.split('/')).map(Number);
    expect([...new Set(codes)].sort((a, b) => a - b)).toEqual(Object.values(EXIT).sort((a, b) => a - b));
  });
});

describe('queries that are put off', () => {
  it('B9: a 429 is waited for as long as Retry-After says, and asked again', async () => {
    const times: number[] = [];
    const server = await service({
      status: (_, { count }) => {
        times.push(performance.now());
        return count === 0
          ? refusal(429, 'RATE_LIMITED', 'Too many', { 'retry-after': '1' })
          : { body: { status: 'PROGRESS' } };
      },
    });
    const done = await run(GET_STATUS, { env: live(server.origin) });
    expect(done.code).toBe(0);
    expect(envelopeOf(done).status).toBe('PROGRESS');
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
  });

  it('B9: retries used up: RATE_LIMITED with retryAfter, and the task is not called failed', async () => {
    const server = await service({ status: refusal(429, undefined, 'Too many', { 'retry-after': '1' }) });
    const done = await run(GET_STATUS, { env: live(server.origin, { AIVIDEO_MAX_RETRIES: '1' }) });
    expect(done.code).toBe(6);
    expect(envelopeOf(done)).toMatchObject({
      ok: false,
      status: 'UNKNOWN',
      taskId: TASK,
      errorCode: 'RATE_LIMITED',
      retryAfter: 1,
    });
    expect(server.received).toHaveLength(2);
  });

  it.each([
    ['3600', 3600],
    [new Date(Date.now() + 600_000).toUTCString(), 600],
  ])(
    'B9: fault 14: Retry-After %s is longer than the time left, so the call returns at once',
    async (header, seconds) => {
      const server = await service({
        task: refusal(429, 'RATE_LIMITED', 'Too many', { 'retry-after': header }),
      });
      const done = await run(['--action', 'getTask', '--taskId', TASK], { env: live(server.origin) });
      const { retryAfter } = envelopeOf(done);
      expect(retryAfter).toBeGreaterThan(seconds - 60);
      expect(retryAfter).toBeLessThanOrEqual(seconds);
      expect(server.received).toHaveLength(1);
    },
  );

  it('B9: a wait outlives a 429, and says what was wrong when it ends first', async () => {
    const server = await service({
      status: refusal(429, 'RATE_LIMITED', 'Too many', { 'retry-after': '120' }),
    });
    const done = await run([...T2V_ARGS, '--wait', '5'], { env: live(server.origin) });
    expect(done.code).toBe(4);
    expect(envelopeOf(done)).toMatchObject({
      ok: true,
      status: 'SUBMITTED',
      taskId: TASK,
      retryAfter: 120,
      data: { lastPollError: { errorCode: 'RATE_LIMITED' } },
    });
  });

  it('B2: AIVIDEO_MAX_RETRIES bounds the retries of a read, AIVIDEO_TIMEOUT_MS one request', async () => {
    const failing = await service({ account: { status: 503, body: '' } });
    const env = live(failing.origin, { AIVIDEO_MAX_RETRIES: '1' });
    expect((await run(['--action', 'account'], { env })).code).toBe(6);
    expect(failing.received).toHaveLength(2);

    const silent = await service({ account: () => undefined });
    const patience = live(silent.origin, { AIVIDEO_MAX_RETRIES: '0', AIVIDEO_TIMEOUT_MS: '150' });
    const done = await run(['--action', 'account'], { env: patience });
    expect(done.code).toBe(6);
    expect(envelopeOf(done).errorMessage).toContain('150 ms');
  });
});

describe('faults of the way, end to end', () => {
  it('fault 1: a refused connection on submit is certain, and reads so', async () => {
    const env = live(`http://127.0.0.1:${await closedPort()}`, { AIVIDEO_MAX_RETRIES: '0' });
    const done = await run(T2V_ARGS, { env });
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(6);
    expect(envelope).toMatchObject({ status: 'FAILED', taskId: null, errorCode: 'NETWORK_ERROR' });
    expect(JSON.stringify(data.nextSteps)).toContain('Nothing was submitted or charged');
  });

  it('fault 8: a page where JSON is due is quoted, short', async () => {
    const page = `<html>${'<p>Sign in to the network</p>'.repeat(500)}`;
    const server = await service({ account: { headers: { 'content-type': 'text/html' }, body: page } });
    const done = await run(['--action', 'account'], {
      env: live(server.origin, { AIVIDEO_MAX_RETRIES: '0' }),
    });
    const { errorCode, errorMessage } = envelopeOf(done);
    expect(errorCode).toBe('NETWORK_ERROR');
    expect(errorMessage).toContain('<html>');
    expect(errorMessage!.length).toBeLessThan(400);
  });

  it('fault 23: a failure inside HTTP 200 is a failure', async () => {
    const server = await service({ submit: refusal(200, undefined, 'Insufficient credits') });
    const done = await run(T2V_ARGS, { env: live(server.origin) });
    expect(done.code).toBe(5);
    expect(envelopeOf(done)).toMatchObject({ ok: false, status: 'FAILED', taskId: null });
  });

  it('a submit that is rejected without a reason is not advised to be sent again unread', async () => {
    const server = await service({ submit: refusal(200, undefined, 'weird') });
    const done = await run(T2V_ARGS, { env: live(server.origin) });
    const { errorMessage, data } = envelopeOf(done);
    expect(errorMessage).toContain('weird');
    expect(data.nextSteps).toEqual([
      expect.stringMatching(/^Nothing was submitted or charged\..*unchanged/),
      expect.stringContaining('--model t2v'),
    ]);
    expect(server.submits()).toHaveLength(1);
  });

  it('a wait that fails after the submit says what was charged, and what else is known of that submit', async () => {
    let isKeyGone = false;
    const gone = (reply: Reply) => () => (isKeyGone ? refusal(401, 'AUTH_FAILED') : reply);
    const server = await service({
      submit: (_, { count }) => ({ body: { ...accepted, taskId: `task${count}`, creditsCharged: 99 } }),
      list: gone({ body: { tasks: [] } }),
      status: gone({ body: { status: 'PROGRESS' } }),
    });
    const env = { ...live(server.origin), ASYNC_MEDIA_STATE_DIR: tempFolder() };
    const before = { ...env, AIVIDEO_API_KEY: 'ak_another_0123456789' };
    expect((await run([...T2V_ARGS, '--wait', '0'], { env: before })).code).toBe(EXIT.stillRunning);
    isKeyGone = true;
    // Another key: another request, and a new charge. The same command resumes it, and knows the same.
    for (const warns of [true, false]) {
      const { errorCode, taskId, data } = envelopeOf(
        await run([...T2V_ARGS, '--wait', '5', '--maxCredits', '20'], { env }),
      );
      expect({ errorCode, taskId }).toEqual({ errorCode: 'AUTH_FAILED', taskId: 'task1' });
      expect(data).toMatchObject({ credits: { quoted: 15, charged: 99, refunded: null } });
      const warnings = [expect.stringContaining('99 credits charged, although the cap was 20')];
      if (warns) warnings.unshift(expect.stringMatching(/made on .* with another key/));
      expect(data.warnings).toEqual(warnings);
    }
    expect(server.to('POST /api/v1/generate/t2v')).toHaveLength(2);
  });

  it('a rejected status query does not speak of a submit', async () => {
    const server = await service({ task: refusal(400, undefined, 'bad id') });
    const done = await run(['--action', 'getTask', '--taskId', TASK], { env: live(server.origin) });
    expect(envelopeOf(done).data.nextSteps).toEqual([
      expect.stringMatching(/no usable answer about the task, which is as it was/),
      expect.stringMatching(/--action getTask/),
      expect.stringMatching(/--action listTasks$/),
    ]);
  });

  it('fault 25: fault 31: answers that are no answers end in the right words', async () => {
    const bodies = [
      '',
      '{"status":',
      '[]',
      '"x"',
      'null',
      '{"__proto__":{"status":"COMPLETED"}}',
      `${'['.repeat(50_000)}`,
    ];
    await Promise.all(
      bodies.map(async (body) => {
        const server = await service({ status: { body } });
        const done = await run(GET_STATUS, { env: live(server.origin, { AIVIDEO_MAX_RETRIES: '0' }) });
        expect([body.slice(0, 40), done.code]).toEqual([body.slice(0, 40), 6]);
        expect(envelopeOf(done)).toMatchObject({ ok: false, status: 'UNKNOWN', taskId: TASK });
      }),
    );
  });
});

describe('a submit whose answer is lost', () => {
  const charged = (server: { submits(): unknown[] }) => server.submits().length;

  it.each<[string, Reply]>([
    ['the connection is reset after the submit was accepted', 'reset'],
    ['the answer is cut', { body: accepted, breaksAfter: 15 }],
    ['the answer is HTTP 500', { status: 500, body: 'oops' }],
    ['the answer names no task', { body: { status: 'SUBMITTED', taskId: null } }],
  ])('fault 2: fault 16: fault 25: %s: the task is adopted from the list', async (_, submit) => {
    const server = await service({ submit });
    const done = await run(T2V_ARGS, { env: live(server.origin) });
    expect(done.code).toBe(0);
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED', taskId: TASK });
    expect(charged(server)).toBe(1);
    expect(done.stderr).toContain(`task ${TASK}`);
  });

  it('faults 2, 74: not in the list for a minute: sent once more with the same key', async () => {
    const server = await service({
      submit: ['closed', { body: { status: 'SUBMITTED', taskId: TASK } }],
      list: { body: { tasks: [] } },
    });
    const state = path.join(tempFolder(), 'state');
    const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: state });
    const early = await run([...T2V_ARGS, '--wait', '0'], { env });
    expect(early.code).toBe(7);
    expect(envelopeOf(early).retryAfter).toBeGreaterThan(50);
    expect(charged(server)).toBe(1);
    letPass(state, 60_000);
    const done = await run(T2V_ARGS, { env });
    expect(done.code).toBe(0);
    expect(envelopeOf(done).data.resubmitted).toBe(true);
    expect(charged(server)).toBe(2);
    const keys = server.submits().map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
  });

  it('fault 2: no list to be had: SUBMIT_OUTCOME_UNKNOWN, exit 7, one POST, and how to find out', async () => {
    let isDown = true;
    const server = await service({
      submit: 'closed',
      list: () => (isDown ? { status: 503, body: '' } : { body: { tasks: [] } }),
    });
    const state = path.join(tempFolder(), 'state');
    const env = live(server.origin, { AIVIDEO_MAX_RETRIES: '0', ASYNC_MEDIA_STATE_DIR: state });
    const done = await run([...T2V_ARGS, '--wait', '0', '--idempotencyKey', 'lighthouse-0001'], { env });
    const { data, ...envelope } = envelopeOf(done);
    expect(done.code).toBe(7);
    expect(envelope).toMatchObject({
      ok: false,
      status: 'UNKNOWN',
      taskId: null,
      errorCode: 'SUBMIT_OUTCOME_UNKNOWN',
    });
    expect(charged(server)).toBe(1);
    expect(data).toMatchObject({ idempotencyKey: 'lighthouse-0001', model: 't2v' });
    isDown = false;
    letPass(state, 60_000);
    expect((await runShell(commandIn(data), { env })).code).toBe(7);
    expect(charged(server)).toBe(2);
  });

  it('fault 4: no answer at all within the time limit: reconciled the same way', async () => {
    const server = await service({ submit: () => undefined });
    const done = await run(T2V_ARGS, { env: live(server.origin, { AIVIDEO_TIMEOUT_MS: '300' }) });
    expect(done.code).toBe(0);
    expect(envelopeOf(done).taskId).toBe(TASK);
    expect(charged(server)).toBe(1);
  });

  it('fault 15: a submit with the answer 429 was not accepted, so it is sent again, with the same key', async () => {
    const server = await service({
      submit: (_, { count }) =>
        count === 0
          ? refusal(429, 'RATE_LIMITED', 'Too many', { 'retry-after': '0' })
          : { body: { status: 'SUBMITTED', taskId: TASK } },
    });
    const done = await run([...T2V_ARGS, '--wait', '0'], { env: live(server.origin) });
    expect(done.code).toBe(4);
    expect(charged(server)).toBe(2);
    expect(new Set(server.submits().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(done.stdout + done.stderr).not.toContain(CANARY);
  });
});
