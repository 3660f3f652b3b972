import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import { failed, inSandbox } from '../../../scripts/src/cli/render/envelope.ts';
import { explained, withFallbackSteps } from '../../../scripts/src/cli/render/errors/explained.ts';
import { forgottenOutcome } from '../../../scripts/src/cli/render/pending.ts';
import { outcomeOfResult } from '../../../scripts/src/cli/render/result.ts';
import type { TaskResult } from '../../../scripts/src/core/result.ts';
import { ERROR_CODES, Failure, type Reason } from '../../../scripts/src/model/failure.ts';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import { PROFILES } from '../../../scripts/src/providers/registry.ts';
import { callerOf } from '../../core/rendered.ts';

const caller = callerOf({ provider: PROFILES[0]! });

const task = (state: TaskResult['seen']['state'], more: Partial<TaskResult> = {}): TaskResult =>
  ({ kind: 'running', taskId: 'ck1', seen: { state, record: {} }, warnings: [], ...more }) as TaskResult;

describe('the document of forget', () => {
  it.each([
    ['PROGRESS', true],
    ['FAILED', false],
  ] as const)('of a task that was %s says that its result is not saved: %s', (status, isSaid) => {
    for (const delivered of [null, '2026-11-21T11:00:00.000Z']) {
      const record = { taskId: 'ck1', status, delivered, download: null, files: [] } as unknown;
      const { envelope } = forgottenOutcome({ record: record as RequestRecord, count: 1 });
      expect(String(envelope.data?.nextSteps).includes('is not saved on this machine')).toBe(isSaid);
    }
  });
});

describe('the document of a task', () => {
  it.each<[boolean, number]>([
    [true, EXIT.stillRunning],
    [false, EXIT.done],
  ])('that still runs ends the call by what it was to return (its end: %s)', async (wantsEnd, exitCode) => {
    const outcome = await outcomeOfResult(task('PROGRESS'), { ...caller, wantsEnd });
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.envelope).toMatchObject({ ok: true, status: 'PROGRESS', taskId: 'ck1' });
    expect(outcome.onWritten).toBeUndefined();
  });

  it('says each warning, the last failure of a query, and the pause', async () => {
    const lastPollError = new Failure('RATE_LIMITED', 'Later.');
    const { envelope } = await outcomeOfResult(
      task('PROGRESS', {
        warnings: [
          { kind: 'noPermit', seconds: 7 },
          { kind: 'aboveCap', charged: 20, maxCredits: 15 },
          { kind: 'otherKind', model: 't2v', makes: 'video', file: 'a.png', contentType: 'image/png' },
        ],
        lastPollError,
        retryAfter: 7,
      }),
      caller,
    );
    expect(envelope.retryAfter).toBe(7);
    expect(envelope.data).toMatchObject({
      lastPollError: { errorCode: 'RATE_LIMITED', errorMessage: 'Later.' },
      warnings: [
        expect.stringContaining('due in 7 s'),
        expect.stringContaining('20 credits charged, although the cap was 15'),
        expect.stringContaining('t2v makes a video, but a.png is an image (image/png)'),
      ],
    });
  });

  it.each([
    ['fog "at dawn"', true, / request: "fog \\"at dawn\\"" \(t2v\), made on 2026.* or --action listTasks/],
    [null, false, / request: t2v, made on 2026-11-22\. If another one was meant: --action listPending\.$/],
  ])(
    'a task that nobody named: by what the user knows it (%s; listed: %s)',
    async (promptExcerpt, isListed, said) => {
      const facts = { model: 't2v', promptExcerpt, created: '2026-11-22', isListed };
      const warnings = [{ kind: 'taskNotNamed' as const, ...facts }];
      const { envelope } = await outcomeOfResult(task('PROGRESS', { warnings }), caller);
      expect(envelope.data!.warnings).toEqual([expect.stringMatching(said)]);
    },
  );

  it('names each task that is gone, and how its record is dropped', async () => {
    const seen = { state: 'COMPLETED' as const, record: {}, urls: [] };
    const warnings = [{ kind: 'taskGone' as const, taskId: 'ck9' }];
    const { envelope } = await outcomeOfResult(
      task('COMPLETED', { kind: 'completed', seen, warnings } as Partial<TaskResult>),
      caller,
    );
    expect(envelope.data!.warnings).toEqual([expect.stringContaining('ck9')]);
    expect((envelope.data!.nextSteps as string[]).at(-1)).toMatch(
      /^Only if the user .* with a new charge: run --action forget --taskId ck9$/,
    );
  });

  it.each<[TaskResult['kind'], TaskResult['seen']['state'], boolean, number, string | null]>([
    ['completed', 'COMPLETED', true, EXIT.done, null],
    ['cancelledNow', 'CANCEL', true, EXIT.done, null],
    ['failed', 'FAILED', false, EXIT.taskEnded, 'GENERATION_FAILED'],
    ['cancelled', 'CANCEL', false, EXIT.taskEnded, 'TASK_CANCELLED'],
  ])('%s (%s): ok %s, exit code %i', async (kind, state, ok, exitCode, errorCode) => {
    const outcome = await outcomeOfResult(task(state, { kind } as Partial<TaskResult>), caller);
    expect(outcome.envelope).toMatchObject({ ok, status: state, errorCode });
    expect(outcome.exitCode).toBe(exitCode);
  });

  it.each([
    ['COMPLETED', EXIT.taskEnded, 'getTask'],
    ['PROGRESS', EXIT.stillRunning, 'waitTask'],
  ] as const)('a cancel that was refused of a task that is %s', async (state, exitCode, action) => {
    const reason: Reason = { kind: 'notCancelled', taskId: 'ck1', state, download: null };
    const failure = new Failure('CANCEL_REJECTED', 'Not cancelled.', { reason });
    const outcome = await outcomeOfResult(
      task(state, { kind: 'notCancelled', failure } as Partial<TaskResult>),
      caller,
    );
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.envelope.data?.nextSteps).toContain(
      `run --action ${action} --taskId ck1 ${action === 'waitTask' ? '--wait 45' : '--download out'}`,
    );
  });

  it('that was not fetched names its links, what went wrong, and the command that charges nothing', async () => {
    const failure = new Failure('DOWNLOAD_FAILED', 'Gone.', {
      taskId: 'ck1',
      charged: 'finished',
      reason: { kind: 'linkGone' },
    });
    const seen = { state: 'COMPLETED' as const, record: {}, urls: ['https://files.example.test/a'] };
    const result: TaskResult = { kind: 'notFetched', taskId: 'ck1', seen, warnings: [], failure };
    const { envelope, exitCode } = await outcomeOfResult(result, caller);
    expect(exitCode).toBe(EXIT.downloadFailed);
    expect(envelope.data).toEqual({
      resultUrls: seen.urls,
      nextSteps: [
        expect.stringContaining('its file is gone'),
        'run --action waitTask --taskId ck1',
        expect.stringContaining('charges nothing'),
      ],
    });
  });
});

/** What several tasks came to, waited for until the first or the last end. */
function many(until: 'first' | 'last', ...ended: (TaskResult | Failure)[]) {
  const known = { taskId: 'ck1', status: 'PROGRESS', model: 't2v', created: 'then', owner: null };
  const record = { ...known, promptExcerpt: 'a fox' } as never;
  const items = ended.map((one) => ({ record, ended: one }));
  return outcomeOfResult({ kind: 'many', items, until, more: 0, unknown: 0 }, caller);
}

describe('the document of several tasks', () => {
  it('delivers those alone that it shows whole', async () => {
    const closed: string[] = [];
    const finished = (id: string, size: number) =>
      task('COMPLETED', {
        kind: 'completed',
        taskId: id,
        seen: { state: 'COMPLETED', record: {}, urls: ['x'.repeat(size)] },
        delivery: { entry: { close: () => closed.push(id) } as never, status: 'COMPLETED' } as never,
      } as Partial<TaskResult>);
    const outcome = await many('last', finished('ck1', 10), finished('ck2', 50_000), finished('ck3', 10));
    outcome.onWritten?.();
    expect(closed).toEqual(['ck1']);
    expect(outcome.exitCode).toBe(EXIT.stillRunning);
    expect(outcome.envelope.data).toMatchObject({ count: 3, running: 0 });
  });

  it('ends as the worst of them, and drops what is gone', async () => {
    const gone = new Failure('TASK_NOT_FOUND', 'Gone.', {
      taskId: 'ck1',
      reason: { kind: 'pendingTaskGone', taskId: 'ck1' },
    });
    const { envelope, exitCode } = await many('last', task('PROGRESS'), gone);
    expect(exitCode).toBe(EXIT.taskNotFound);
    expect(envelope).toMatchObject({ ok: false, errorCode: 'TASK_NOT_FOUND' });
    expect(envelope.data?.nextSteps).toEqual([
      'run again',
      expect.stringMatching(/^Only if the user .* with a new charge: run --action forget --taskId ck1$/),
      'run --action listPending',
    ]);
  });
});

describe('the document of a wait for the first end', () => {
  it('ends as the one that has ended, names file, model and prompt, and the command for the next end', async () => {
    const files = [{ path: '/out/ck1.mp4', bytes: 1, sha256: '0', contentType: 'video/mp4' }] as never;
    const ended = task('COMPLETED', { kind: 'completed', files });
    const { envelope, exitCode } = await many('first', ended, task('PROGRESS'));
    expect(exitCode).toBe(EXIT.done);
    expect(envelope).toMatchObject({ ok: true, data: { count: 2, running: 1 } });
    expect(envelope.data?.tasks).toMatchObject([
      { status: 'COMPLETED', model: 't2v', promptExcerpt: 'a fox', files: [{ path: '/out/ck1.mp4' }] },
      { status: 'PROGRESS', model: 't2v', promptExcerpt: 'a fox' },
    ]);
    expect(envelope.data?.nextSteps).toEqual(['run again', 'run --action listPending']);
  });

  it('is exit 4 while none has ended, and the failure of a task that has failed', async () => {
    expect((await many('first', task('PROGRESS'), task('SUBMITTED'))).exitCode).toBe(EXIT.stillRunning);
    expect((await many('first', task('FAILED', { kind: 'failed' }), task('PROGRESS'))).exitCode).toBe(
      EXIT.taskEnded,
    );
  });
});

describe('what is said of a failure', () => {
  it('is said once, however often it is asked for', () => {
    const failure = new Failure('UNKNOWN_ERROR', 'Taken over.', { reason: { kind: 'takenOver' } });
    const once = explained(failure, caller);
    expect(once.details.nextSteps).toHaveLength(2);
    expect(explained(once, caller).details).toEqual(once.details);
  });

  it('names the flag that the core does not know', () => {
    const cheaper = {
      model: 't2v',
      asOf: '2026-09-17',
      variants: [{ change: { duration: '5' }, credits: 1 }],
      most: 40,
    };
    const reason: Reason = { kind: 'quoteAboveCap', quoted: 80, maxCredits: 40, cheaper };
    const { message, details } = explained(new Failure('BUDGET_EXCEEDED', 'Too much.', { reason }), caller);
    expect(message).toBe('This would cost 80 credits; --maxCredits allows 40.');
    expect(details.nothingSubmitted).toBe(true);
    expect(details.nextSteps).toEqual([
      'Cheaper: "duration":"5" in the payload, about 1 credit (an estimate of 2026-09-17).',
      'Ask the user whether 80 credits are fine; then submit with --maxCredits 80.',
    ]);
  });

  it.each([
    ['NETWORK_ERROR', /^Nothing was submitted or charged\. Run the same command again/],
    ['RATE_LIMITED', /^Nothing was submitted or charged\. Run the same command again/],
    ['UNKNOWN_ERROR', /^Nothing was submitted or charged\..*unchanged, .* run again$/],
  ] as const)('%s of a submit that certainly made no task says so', (code, words) => {
    const submit = { ...caller, isSubmit: true, account: 'ab12' };
    expect(withFallbackSteps(new Failure(code, 'no'), submit, null).details.nextSteps?.join(' ')).toMatch(
      words,
    );
  });

  it('by its code alone never reads as free where a task may have been charged', () => {
    for (const code of ERROR_CODES) {
      const failure = new Failure(code, 'It failed.');
      const { nextSteps = [] } = withFallbackSteps(
        failure,
        { ...caller, isSubmit: true, account: 'ab12' },
        'ck1',
      ).details;
      expect(nextSteps.join(' '), code).not.toMatch(/nothing was submitted or charged\. run/i);
    }
  });
});

describe('a folder that cannot be written to', () => {
  it.each([
    ['--download', { download: '/no/x' }],
    ['--output', { output: '/no/x/clip.mp4' }],
  ])('is named by the flag that was given: %s', (flag, place) => {
    const reason: Reason = { kind: 'downloadFolder', folder: '/no/x', why: 'EACCES' };
    const given = callerOf({ provider: PROFILES[0]! }, { resumeFlags: place });
    const { message, details } = explained(new Failure('INVALID_PAYLOAD', 'no', { reason }), given);
    expect(message).toMatch(new RegExp(`^${flag}: /no/x cannot`));
    expect(details.issues).toMatchObject([{ path: flag, hint: expect.stringContaining(flag) }]);
  });

  it('is given once: a failure that has its advice stays as it is', () => {
    const failure = new Failure('BUDGET_EXCEEDED', 'Too much.', {
      reason: { kind: 'linesAboveCap', lines: [2], most: 15, maxCredits: 5 },
    });
    const once = explained(failure, caller);
    expect(once.message).toBe('Line 2 costs 15 credits; --maxCredits allows 5.');
    expect(explained(once, caller)).toBe(once);
    expect(withFallbackSteps(once, caller, null)).toBe(once);
    // The whole request is told what the message of a line leaves out.
    expect(failed(once, null, null).envelope.errorMessage).toBe(`${once.message} Nothing was submitted.`);
  });
});

it('a sandbox run says so before the warnings of a failed submit, which stay', () => {
  const submit = { warnings: [{ kind: 'unrecorded' as const, taskId: 'ck1' }] };
  const failure = explained(new Failure('DOWNLOAD_FAILED', 'No.', { taskId: 'ck1', submit }), caller);
  const { data } = inSandbox(failed(failure, 'COMPLETED', null)).envelope;
  expect(data?.warnings).toEqual([
    expect.stringMatching(/^Sandbox run/),
    expect.stringContaining('could not be written'),
  ]);
});
