import { describe, expect, it } from 'vitest';
import { type PollOptions, pollUntilEnd } from '../../../scripts/src/core/poll/poll-until-end.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import type { TaskStatus } from '../../../scripts/src/providers/provider.ts';
import { FakeClock } from '../../support/clock.ts';

const see = (state: TaskStatus['state'], unknownState?: string): TaskStatus => ({
  state,
  record: { status: unknownState ?? state },
  ...(unknownState !== undefined && { unknownState }),
});
const down = (retryAfter?: number) =>
  new Failure('NETWORK_ERROR', 'down', { transient: true, ...(retryAfter !== undefined && { retryAfter }) });
const limited = (retryAfter: number) =>
  new Failure('RATE_LIMITED', 'too many', { transient: true, retryAfter });
const missing = () => new Failure('TASK_NOT_FOUND', 'no such task');

type Step = TaskStatus | Error | null;

/** Waits with a poll that returns these steps in order, then the last one each time. */
async function wait(steps: Step[], more: Partial<PollOptions> & { chance?: number; queryMs?: number } = {}) {
  const { chance = 0.5, queryMs = 0, ...options } = more;
  const clock = new FakeClock();
  clock.chance = chance;
  const told: string[] = [];
  const polledAt: number[] = [];
  let n = 0;
  const waited = pollUntilEnd(
    async ({ dueAt }) => {
      await clock.sleep(dueAt - clock.now);
      polledAt.push(clock.now);
      clock.now += queryMs;
      const step = steps[Math.min(n, steps.length - 1)] as Step;
      n += 1;
      if (step instanceof Error) throw step;
      return step;
    },
    {
      clock,
      schedule: { firstMs: 2_000 },
      deadline: 600_000,
      onPoll: ({ state, unknownState }, nextMs) => {
        expect(nextMs).toBeGreaterThan(0);
        told.push(unknownState ?? state);
      },
      onError: ({ code }) => told.push(code),
      ...options,
    },
  );
  return { waited: await waited.catch((error: unknown) => error as Failure), clock, told, polledAt };
}

describe('the schedule', () => {
  it('polls last at the deadline, and never after it', async () => {
    const { waited, clock, polledAt } = await wait([see('PROGRESS')], { deadline: 10_000 });
    expect(waited).toMatchObject({ last: { state: 'PROGRESS' }, failure: undefined });
    expect(clock.now).toBe(10_000);
    expect(polledAt.at(-1)).toBe(10_000);
  });

  it('counts the time that a query takes', async () => {
    const { clock, polledAt } = await wait([see('PROGRESS')], { deadline: 10_000, queryMs: 4_000 });
    expect(polledAt).toEqual([2_000, 9_020]);
    expect(clock.now).toBe(13_020);
  });

  it.each([0, -1])('does not poll with %i ms left', async (deadline) => {
    const { waited, polledAt } = await wait([see('COMPLETED')], { deadline });
    expect(waited).toEqual({ last: undefined, failure: undefined });
    expect(polledAt).toEqual([]);
  });

  it('fault 32: keeps its deadline when the wall clock jumps', async () => {
    const clock = new FakeClock();
    clock.onSleep = () => {
      clock.wallOffset += 86_400_000;
    };
    const polls: number[] = [];
    await pollUntilEnd(
      async ({ dueAt }) => {
        await clock.sleep(dueAt - clock.now);
        polls.push(clock.now);
        return see('PROGRESS');
      },
      { clock, schedule: { firstMs: 2_000 }, deadline: 60_000 },
    );
    expect(clock.now).toBe(60_000);
    expect(polls.length).toBeGreaterThan(10);
  });
});

describe('the end', () => {
  it.each(['COMPLETED', 'FAILED', 'CANCEL'] as const)(
    'is %s, in the instant in which it is seen',
    async (state) => {
      const { waited, polledAt, told } = await wait([see('SUBMITTED'), see('PROGRESS'), see(state)]);
      expect(waited).toMatchObject({ last: { state }, failure: undefined });
      expect(polledAt).toHaveLength(3);
      expect(told).toEqual(['SUBMITTED', 'PROGRESS']);
    },
  );

  it('fault 29: is final: nothing is asked after it', async () => {
    const { waited, polledAt } = await wait([see('PROGRESS'), see('COMPLETED'), see('PROGRESS')]);
    expect(waited).toMatchObject({ last: { state: 'COMPLETED' } });
    expect(polledAt).toHaveLength(2);
  });
});

describe('an unknown word', () => {
  it('fault 27: counts as pending, is told, and ends with the deadline', async () => {
    const { waited, told, clock } = await wait([see('UNKNOWN', 'QUEUED')], { deadline: 20_000 });
    expect(waited).toMatchObject({ last: { state: 'UNKNOWN', unknownState: 'QUEUED' } });
    expect(new Set(told)).toEqual(new Set(['QUEUED']));
    expect(clock.now).toBe(20_000);
  });

  it('fault 27: leaves the last known state standing', async () => {
    const { waited } = await wait([see('PROGRESS'), see('UNKNOWN', 'POLISHING')], { deadline: 20_000 });
    expect(waited).toMatchObject({ last: { state: 'PROGRESS', unknownState: 'POLISHING' } });
  });

  it('fault 27: is forgotten when a known one follows', async () => {
    const { waited } = await wait([see('UNKNOWN', 'QUEUED'), see('PROGRESS')], { deadline: 20_000 });
    expect(waited).toMatchObject({ last: { state: 'PROGRESS' } });
    expect((waited as { last: TaskStatus }).last.unknownState).toBeUndefined();
  });
});

describe('a status query that fails', () => {
  it('fault 12: does not end the wait, however often it does', async () => {
    const steps = [...Array.from({ length: 20 }, () => down()), see('COMPLETED')];
    const { waited, polledAt, clock } = await wait(steps);
    expect(waited).toMatchObject({ last: { state: 'COMPLETED' }, failure: undefined });
    expect(polledAt).toHaveLength(21);
    // The more failures, the longer the pauses: up to 8 s, never shorter than the usual ones.
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(8_000);
    expect(Math.max(...clock.sleeps)).toBeGreaterThan(5_000);
  });

  it('fault 12: is reported at the deadline, with the state from before it', async () => {
    const { waited, told } = await wait([see('PROGRESS'), down()], { deadline: 30_000 });
    expect(waited).toMatchObject({ last: { state: 'PROGRESS' }, failure: { code: 'NETWORK_ERROR' } });
    expect(told.slice(0, 2)).toEqual(['PROGRESS', 'NETWORK_ERROR']);
  });

  it('fault 12: is forgotten after a good one', async () => {
    const { waited } = await wait([down(), down(), see('PROGRESS')], { deadline: 60_000 });
    expect(waited).toMatchObject({ failure: undefined });
  });

  it('fault 17: by an answer that is rejected does not end it: a query has no input that its caller could correct', async () => {
    const rejected = new Failure('UNKNOWN_ERROR', 'HTTP 400', { transient: false });
    const { waited } = await wait([see('PROGRESS'), rejected, see('COMPLETED')]);
    expect(waited).toMatchObject({ last: { state: 'COMPLETED' }, failure: undefined });
  });

  it.each([
    new Failure('AUTH_FAILED', 'no'),
    new Failure('NETWORK_ERROR', 'a certificate that cannot be trusted'),
    new TypeError('a bug'),
  ])('fault 18: for good (%s) ends it', async (error) => {
    const { waited, polledAt } = await wait([see('PROGRESS'), error, see('COMPLETED')]);
    expect(waited).toBe(error);
    expect(polledAt).toHaveLength(2);
  });
});

describe('Retry-After', () => {
  it('fault 13: delays the next query, and not the ones after it', async () => {
    const { clock } = await wait([down(20), see('PROGRESS'), see('COMPLETED')]);
    expect(clock.sleeps[1]).toBeGreaterThanOrEqual(20_000);
    expect(clock.sleeps[1]).toBeLessThanOrEqual(21_000);
    expect(clock.sleeps[2]).toBeLessThanOrEqual(5_000);
  });

  it('fault 13: is never undercut, also not at the deadline', async () => {
    const { clock, polledAt } = await wait([down(8), see('PROGRESS')], { deadline: 10_000, chance: 0.999 });
    expect(polledAt.length).toBeLessThanOrEqual(2);
    if (polledAt.length === 2) expect(polledAt[1]! - polledAt[0]!).toBeGreaterThanOrEqual(8_000);
    expect(clock.now).toBeLessThanOrEqual(10_000);
  });

  it('fault 14: beyond the deadline returns at once', async () => {
    const { waited, clock } = await wait([see('PROGRESS'), limited(600)], { deadline: 600_000 });
    expect(waited).toMatchObject({ last: { state: 'PROGRESS' }, failure: { details: { retryAfter: 600 } } });
    expect(clock.now).toBeLessThan(10_000);
  });

  it('fault 14: of a server that is down is respected for a minute at most, and ends no wait that is longer', async () => {
    const { waited, polledAt } = await wait([see('PROGRESS'), down(86_400), see('COMPLETED')], {
      deadline: 600_000,
    });
    expect(waited).toMatchObject({ last: { state: 'COMPLETED' }, failure: undefined });
    expect(polledAt[2]! - polledAt[1]!).toBeGreaterThanOrEqual(60_000);
    expect(polledAt[2]! - polledAt[1]!).toBeLessThanOrEqual(61_000);
    const brief = await wait([see('PROGRESS'), down(86_400)], { deadline: 45_000 });
    expect(brief.polledAt).toHaveLength(2);
    expect(brief.waited).toMatchObject({ failure: { details: { retryAfter: 86_400 } } });
  });

  it('fault 14: that is shorter than what is left keeps the query at the deadline', async () => {
    const { waited, polledAt } = await wait([down(1), see('COMPLETED')], { deadline: 3_500 });
    expect(waited).toMatchObject({ last: { state: 'COMPLETED' } });
    expect(polledAt.at(-1)).toBe(3_500);
  });

  it('fault 13: of a query before the wait is respected too', async () => {
    const { clock } = await wait([see('COMPLETED')], { failure: down(20) });
    expect(clock.sleeps[0]).toBeGreaterThanOrEqual(20_000);
    const late = await wait([see('COMPLETED')], { failure: limited(700) });
    expect(late.polledAt).toEqual([]);
    expect(late.waited).toMatchObject({ last: undefined, failure: { details: { retryAfter: 700 } } });
  });
});

describe('a query that was not sent', () => {
  it('changes neither the state nor the failure', async () => {
    const { waited } = await wait([see('PROGRESS'), null], { deadline: 10_000 });
    expect(waited).toMatchObject({ last: { state: 'PROGRESS' }, failure: undefined });
    const { waited: queryFailed } = await wait([see('PROGRESS'), down(), null], { deadline: 10_000 });
    expect(queryFailed).toMatchObject({ last: { state: 'PROGRESS' }, failure: { code: 'NETWORK_ERROR' } });
  });
});

describe('a task that is not found', () => {
  it('fault 20: may only be too young', async () => {
    const { waited, told } = await wait([missing(), missing(), see('COMPLETED')], { graceUntil: 30_000 });
    expect(waited).toMatchObject({ last: { state: 'COMPLETED' } });
    expect(told).toEqual(['TASK_NOT_FOUND', 'TASK_NOT_FOUND']);
  });

  it('fault 20: and was seen a moment ago is waited for', async () => {
    const seen = [see('PROGRESS'), missing(), missing(), see('COMPLETED')];
    expect((await wait(seen)).waited).toMatchObject({ last: { state: 'COMPLETED' } });
  });

  it('fault 20: is queried again after half a second, doubled for each 404 in a row up to 8 s, with jitter', async () => {
    const steps = [...Array.from({ length: 7 }, missing), see('COMPLETED')];
    // Intervals so short that the pauses alone are seen; this jitter is in the middle, at three quarters of the longest pause.
    const { polledAt } = await wait(steps, { schedule: { firstMs: 1 }, graceUntil: 600_000, chance: 0.5 });
    const pauses = polledAt.slice(1).map((at, n) => at - polledAt[n]!);
    expect(pauses).toEqual([375, 750, 1_500, 3_000, 6_000, 6_000, 6_000]);
  });

  it('fault 20: is not found once the grace is over', async () => {
    const { waited, clock } = await wait([missing()], { graceUntil: 30_000 });
    expect(waited).toMatchObject({ code: 'TASK_NOT_FOUND' });
    expect(clock.now).toBeGreaterThanOrEqual(30_000);
    expect(clock.now).toBeLessThan(40_000);
  });
});

it('ends when its poll does', async () => {
  const stopped = new Error('stopped');
  const wait = pollUntilEnd(() => Promise.reject(stopped), {
    clock: new FakeClock(),
    schedule: { firstMs: 2_000 },
    deadline: 600_000,
  });
  await expect(wait).rejects.toBe(stopped);
});

it('ends like at its deadline when it is stopped, with the last state', async () => {
  const stop = new AbortController();
  const waited = await pollUntilEnd(
    async () => {
      stop.abort();
      return see('PROGRESS');
    },
    { clock: new FakeClock(), schedule: { firstMs: 2_000 }, deadline: 600_000, stop: stop.signal },
  );
  expect(waited).toMatchObject({ last: { state: 'PROGRESS' }, failure: undefined });
});
