import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import type { Terms } from '../../../scripts/src/core/checked-request.ts';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import { Journal } from '../../../scripts/src/stores/file/journal.ts';
import { allIn } from '../../stores/file/support.ts';
import { FakeClock } from '../../support/clock.ts';
import type { Reply } from '../../support/server.ts';
import { endOf } from '../rendered.ts';
import { folder, generateClip, journalOf, leave, sessionWith, stepsOf } from '../session.ts';
import { ACCEPTED, CUT, EMPTY, listed, submitService, submitsTo } from '../submits.ts';

/** Where the command wants the file, and whether it only submits. */
interface Asked {
  folder?: string | null;
  output?: string | null;
  isDetached?: boolean;
}

async function world(submits: Reply[], lists?: (Reply | (() => Reply))[], timeoutMs = 10_000) {
  const clock = new FakeClock();
  const server = await submitService(clock, submits, lists);
  const journal = journalOf(server.origin, clock);

  /** The command, as a process of its own. */
  async function command(waitS: number, terms: Partial<Terms> = {}, asked: Asked = {}) {
    const { isDetached = false, ...place } = asked;
    const own = new Journal(journal.place);
    const session = sessionWith(server.origin, { clock, journal: own, maxRetries: 0, timeoutMs });
    const made = generateClip(session, { terms, isDetached, waitMs: waitS * 1_000, place });
    const outcome = await endOf(made);
    return { ...outcome, told: session.told };
  }

  const records = (): RequestRecord[] => allIn(new Journal(journal.place)).map(({ record }) => record);
  return { clock, server, journal, command, records };
}

describe('the place of the file, when the outcome of the submit was not known', () => {
  it.each<[string, Asked]>([
    ['a folder', { output: null }],
    ['a folder, by a submit alone', { output: null, isDetached: true }],
    ['a named file', { output: 'dawn.mp4' }],
  ])('is the one that the command names which finds the task: %s', async (_, asked) => {
    const { command, records } = await world([CUT], [() => (isShown ? listed() : EMPTY)]);
    let isShown = false;
    expect((await command(0)).envelope.errorCode).toBe('SUBMIT_OUTCOME_UNKNOWN');
    isShown = true;
    const place = { folder: folder(), ...asked };
    expect((await command(0, {}, place)).envelope.taskId).toBe('ckx9');
    expect(records()).toMatchObject([{ download: place.folder, output: place.output }]);
  });

  it('is kept by one that names none, finds nothing, or submits once more; else the last one counts', async () => {
    const { command, records, clock } = await world([CUT, ACCEPTED]);
    const [first, last] = [folder(), folder()];
    for (const place of [{ folder: first }, {}, { folder: last }, {}]) {
      expect((await command(0, {}, place)).envelope.errorCode).toBe('SUBMIT_OUTCOME_UNKNOWN');
    }
    expect(records()).toMatchObject([{ phase: 'unknown', download: last }]);
    clock.now += 3_600_000;
    expect((await command(100)).envelope).toMatchObject({ taskId: 'ckx1', data: { resubmitted: true } });
    expect(records()).toMatchObject([{ phase: 'submitted', download: last }]);
  });
});

describe('a submit that was lost, and found by the command that sent it', () => {
  it('is charged by this command: not resumed, not reused', async () => {
    const { command, records, server } = await world(['reset'], [EMPTY, () => listed()]);
    const { envelope, told } = await command(5);
    expect(envelope).toMatchObject({ ok: true, status: 'PROGRESS', taskId: 'ckx9' });
    expect(envelope.data).not.toHaveProperty('resumed');
    expect(envelope.data).not.toHaveProperty('resubmitted');
    expect(told).not.toContain('resumed ckx9');
    expect(records()).toMatchObject([{ phase: 'submitted', taskId: 'ckx9', resubmitted: false }]);
    expect((await command(0)).envelope).toMatchObject({ taskId: 'ckx9', data: { resumed: true } });
    expect(submitsTo(server)).toHaveLength(1);
  });

  it('sent once more by it says so, then and later', async () => {
    const { command, records } = await world(['reset', ACCEPTED]);
    for (const wait of [100, 0]) {
      const { envelope } = await command(wait);
      expect(envelope).toMatchObject({ ok: true, taskId: 'ckx1', data: { resubmitted: true } });
    }
    expect(records()).toMatchObject([{ phase: 'submitted', taskId: 'ckx1', resubmitted: true }]);
  });
});

it('a lost submit ends with exit code 7, and the same command knows after retryAfter, whatever it waits', async () => {
  const { command, clock, server } = await world(['reset', ACCEPTED]);
  const { envelope, exitCode } = await command(45);
  expect(exitCode).toBe(EXIT.submitUnknown);
  expect(envelope).toMatchObject({ ok: false, status: 'UNKNOWN', taskId: null, retryAfter: 15 });
  expect(stepsOf(envelope)[1]).toBe('run again');
  clock.now += envelope.retryAfter! * 1_000;
  expect((await command(0)).envelope).toMatchObject({ taskId: 'ckx1', data: { resubmitted: true } });
  expect(submitsTo(server)).toHaveLength(2);
});

describe('fault 35: a process that died in a submit', () => {
  const seconds = (at: number) => new Date(Date.UTC(2026, 10, 21, 12) + at * 1_000).toISOString();
  const left = { phase: 'submitting', unsettledSince: seconds(0), submitTimeout: 30_000 } as const;

  it.each([
    ['long ago: the submit had its whole time after the record was written', 65, 25, 90],
    ['just now: the submit ended before this command', 10, 60, 70],
  ])('%s', async (_, age, retryAfter, knownAt) => {
    const { command, clock, journal, records, server } = await world([ACCEPTED]);
    await leave(journal, left);
    clock.now = age * 1_000;
    const { envelope, exitCode } = await command(0);
    expect(exitCode).toBe(EXIT.submitUnknown);
    // It waits a little itself.
    expect(envelope.retryAfter! + clock.now / 1_000).toBeCloseTo(knownAt, -1);
    expect(envelope.retryAfter).toBeGreaterThan(retryAfter - 3);
    expect(records()).toMatchObject([{ phase: 'unknown', unsettledSince: seconds(knownAt - 60) }]);
    // A later command counts from the same moment.
    clock.now = (knownAt - 5) * 1_000;
    expect((await command(0)).envelope.retryAfter).toBeGreaterThan(0);
    expect(submitsTo(server)).toHaveLength(0);
    clock.now = knownAt * 1_000;
    expect((await command(0)).envelope).toMatchObject({ taskId: 'ckx1', data: { resubmitted: true } });
  });

  it.each([
    ['while it may have been under way', 80, 'ckx9'],
    ['hours later: that may be one of the website, or of another machine', 5 * 3_600, null],
  ])('does not take every similar task without a key for its own: made %s', async (_, madeAt, taskId) => {
    const list = () => listed({ idempotencyKey: null }, -madeAt * 1_000);
    const { command, clock, journal, records, server } = await world([ACCEPTED], [list]);
    await leave(journal, left);
    clock.now = 5 * 3_600_000 + 60_000;
    expect((await command(0)).envelope.taskId).toBe(taskId);
    expect(records()).toMatchObject([{ taskId, phase: taskId ? 'submitted' : 'unknown' }]);
    expect(submitsTo(server)).toEqual([]);
  });

  it('notes how long its submit may take before it is sent', async () => {
    const { command, records, server, clock } = await world(['silence'], undefined, 3_000);
    const done = command(0);
    await vi.waitUntil(() => submitsTo(server).length > 0);
    expect(records()).toMatchObject([{ phase: 'submitting', submitTimeout: 3_000 }]);
    await done;
    expect(clock.now).toBeGreaterThan(0);
  });
});

it('fault 20: the time in which a task may not be shown yet begins with its last submit', async () => {
  const { command, clock, journal } = await world([{ status: 404 }]);
  const seconds = (at: number) => new Date(clock.wallOffset + at * 1_000).toISOString();
  await leave(journal, {
    ...{ phase: 'submitted', taskId: 'ckx1', status: 'SUBMITTED', resubmitted: true },
    ...{ created: seconds(-90), sentAt: seconds(-90), unsettledSince: seconds(0) },
  });
  clock.now = 20_000;
  expect(stepsOf((await command(1)).envelope).join()).not.toContain('a new charge');
  clock.now = 40_000;
  const gone = await command(1);
  expect(gone.exitCode).toBe(EXIT.taskNotFound);
  expect(stepsOf(gone.envelope).slice(1)).toEqual([
    expect.stringMatching(/with a new charge: the same command with --new\.$/),
    expect.stringMatching(/with a new charge: run --action forget --taskId ckx1$/),
  ]);
});

it.each([
  ['before its record is written: nothing is left', [false], []],
  ['while its record is written: it is rejected, so nothing counts it', [true, false], ['rejected']],
])('taken for dead by other processes %s, and nothing is sent', async (_, answers, left) => {
  const { command, records, server } = await world([ACCEPTED]);
  const claim = Journal.prototype.claim;
  const spy = vi.spyOn(Journal.prototype, 'claim').mockImplementation(async function (this: Journal, ...of) {
    const claimed = await claim.apply(this, of);
    if (claimed.kind !== 'new') return claimed;
    const isOurs = () => answers.shift() ?? true;
    return { ...claimed, lock: { isOurs, release: () => claimed.lock.release() } };
  });
  onTestFinished(() => spy.mockRestore());
  expect((await command(0)).envelope).toMatchObject({ ok: false, taskId: null });
  expect(records().map(({ phase }) => phase)).toEqual(left);
  expect(submitsTo(server)).toEqual([]);
  expect((await command(0)).envelope).toMatchObject({ taskId: 'ckx1' });
  expect(submitsTo(server)).toHaveLength(1);
});

it.each([false, true])(
  'a request that was rejected leaves no record: the same command submits (alone: %s)',
  async (isDetached) => {
    const { command, records, server } = await world([{ status: 402, body: { status: 'FAILED' } }, ACCEPTED]);
    expect((await command(0, {}, { isDetached })).envelope.errorCode).toBe('INSUFFICIENT_CREDITS');
    expect(records()).toEqual([]);
    const { envelope } = await command(0, {}, { isDetached });
    expect(envelope).toMatchObject({ taskId: 'ckx1' });
    expect(envelope.data).not.toHaveProperty('resubmitted');
    expect(submitsTo(server)).toHaveLength(2);
  },
);

describe('--new after a submit whose outcome is not known', () => {
  const left = { phase: 'unknown', created: '2026-11-21T11:59:59.000Z' } as const;

  it.each([
    ['the list does not show it', EMPTY],
    ['the list cannot be read', { status: 503 }],
  ])('submits another one, and takes the place of the first: %s', async (_, list) => {
    const { command, records, journal } = await world([ACCEPTED], [list]);
    await leave(journal, left);
    expect((await command(0, { isNew: true })).envelope).toMatchObject({ taskId: 'ckx1' });
    expect(records().map(({ phase }) => phase)).toEqual(['submitted', 'abandoned']);
    // From now on, the same command means the new one.
    expect((await command(0)).envelope).toMatchObject({ taskId: 'ckx1', data: { resumed: true } });
  });

  it('which is rejected leaves the first one unknown', async () => {
    const { command, records, journal, server } = await world([{ status: 402, body: { status: 'FAILED' } }]);
    await leave(journal, left);
    expect((await command(0, { isNew: true })).envelope.errorCode).toBe('INSUFFICIENT_CREDITS');
    expect(records().map(({ phase }) => phase)).toEqual(['unknown']);
    expect(submitsTo(server)).toHaveLength(1);
  });

  it('which was lost, too, leaves both unknown, and the same command means the second', async () => {
    const { command, records, journal, server } = await world(['reset']);
    await leave(journal, left);
    expect((await command(0, { isNew: true })).envelope.errorCode).toBe('SUBMIT_OUTCOME_UNKNOWN');
    expect(records().map(({ phase }) => phase)).toEqual(['unknown', 'unknown']);
    expect((await command(0)).envelope.errorCode).toBe('SUBMIT_OUTCOME_UNKNOWN');
    expect(submitsTo(server)).toHaveLength(1);
  });

  it('keeps the task of the first one, which the list shows by now: its result is still to come', async () => {
    const { command, records, journal } = await world([ACCEPTED], [listed({ idempotencyKey: 'key-0001' })]);
    await leave(journal, left);
    expect((await command(0, { isNew: true })).envelope).toMatchObject({ taskId: 'ckx1' });
    expect(records().map(({ phase, taskId }) => [phase, taskId])).toEqual([
      ['submitted', 'ckx1'],
      ['submitted', 'ckx9'],
    ]);
    expect((await command(0)).envelope.taskId).toBe('ckx1');
  });
});
