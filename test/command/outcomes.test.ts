import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_OF_ERROR } from '../../scripts/src/cli/exit-codes.ts';
import { ERROR_CODES, type ErrorCode } from '../../scripts/src/model/failure.ts';
import { envelopeOf, live, run, T2V, T2V_ARGS, tempFolder } from '../support/command.ts';
import { expectKeyInItsHeaderOnly } from '../support/expect.ts';
import type { Reply } from '../support/server.ts';
import { accepted, record, refusal, type Script, service, states, TASK } from '../support/service.ts';

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
    says: /no usable answer about the task, which is as it was.*getTask.*listTasks/s,
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
  TASK_CANCELLED: {
    script: {
      status: states('CANCEL'),
      task: (_, { server }) => ({ body: record(server, { status: 'CANCEL', output: null }) }),
    },
    status: 'CANCEL',
    exit: 1,
    submits: 1,
  },
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

// What else may have come of the answer, and of the list: test/core/reconcile/reconcile.test.ts.
it('fault 2: the connection is reset after the submit was accepted: the task is adopted from the list', async () => {
  const server = await service({ submit: 'reset' });
  const done = await run(T2V_ARGS, { env: live(server.origin) });
  expect(done.code).toBe(0);
  expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'COMPLETED', taskId: TASK });
  expect(server.submits()).toHaveLength(1);
  expect(done.stderr).toContain(`task ${TASK}`);
});
