import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineResult } from '../../../scripts/src/core/batch/line.ts';
import { batchState, lineOutcomeOf, ProgressSums, totalsOf } from '../../../scripts/src/core/batch/totals.ts';
import { taskResult } from '../../../scripts/src/core/result.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import { TASK_STATES } from '../../../scripts/src/model/task.ts';

describe('what came of the lines', () => {
  const done = (state: (typeof TASK_STATES)[number], charged: number | null = null) => ({
    end: taskResult('t1', { state, record: {} }, { credits: { quoted: null, charged, refunded: null } }),
    taskId: 't1',
    state,
  });
  const lost = { end: new Failure('SUBMIT_OUTCOME_UNKNOWN', 'lost'), taskId: null, state: null };
  const waits = { end: null, taskId: null, state: null };
  const refused = { end: new Failure('BUDGET_EXCEEDED', 'no'), taskId: null, state: null };
  const lineOf = fc.constantFrom<Pick<LineResult, 'end' | 'taskId' | 'state'>>(
    ...TASK_STATES.map((state) => done(state, 15)),
    ...[lost, waits, refused],
  );

  it('every line counts once', () => {
    fc.assert(
      fc.property(fc.array(lineOf), (lines) => {
        const reused = lines.map((line, n) => ({ ...line, isReused: n % 2 === 0 }));
        const { total, charged, chargedNow, refunded, ...counts } = totalsOf(reused);
        expect(chargedNow).toBe(15 * reused.filter(({ taskId, isReused }) => taskId && !isReused).length);
        expect(total).toBe(lines.length);
        expect(Object.values(counts).reduce((sum, one) => sum + one, 0)).toBe(total);
        expect(charged).toBe(
          lines.some(({ taskId }) => taskId) ? 15 * lines.filter(({ taskId }) => taskId).length : null,
        );
        expect(refunded).toBe(null);
        const running = new ProgressSums();
        for (const [number, line] of reused.entries())
          running.count(number, { ...line, isOver: line.end !== null, credits: undefined });
        expect(running.progress).toMatchObject({ credits: charged, creditsNow: chargedNow });
      }),
    );
  });

  it('COMPLETED when all did, else PROGRESS while something runs, else FAILED', () => {
    expect(batchState([done('COMPLETED'), done('COMPLETED')])).toBe('COMPLETED');
    expect(batchState([done('COMPLETED'), done('PROGRESS'), done('FAILED')])).toBe('PROGRESS');
    expect(batchState([done('COMPLETED'), lost])).toBe('PROGRESS');
    // Not submitted yet: the same command does it.
    expect(batchState([done('COMPLETED'), waits])).toBe('PROGRESS');
    expect(batchState([done('COMPLETED'), refused])).toBe('FAILED');
    expect(batchState([done('FAILED'), done('CANCEL')])).toBe('FAILED');
  });

  it('a task that is not found any more is unknown; one whose query failed runs', () => {
    const gone = { end: new Failure('TASK_NOT_FOUND', 'gone'), taskId: 't1', state: 'PROGRESS' as const };
    expect(lineOutcomeOf(gone)).toBe('unknown');
    const unread = { end: new Failure('NETWORK_ERROR', 'down'), taskId: 't1', state: 'PROGRESS' as const };
    expect(lineOutcomeOf(unread)).toBe('running');
  });
});

it('the sums of a batch under way are those of its lines as they are now, however often each was counted', () => {
  const line = fc.record({
    end: fc.constant(null),
    taskId: fc.constantFrom(null, 'task1'),
    state: fc.constantFrom(null, ...TASK_STATES),
    isOver: fc.boolean(),
    isReused: fc.boolean(),
    credits: fc.option(fc.record({ quoted: fc.constant(null), charged: fc.nat(99), refunded: fc.nat(9) }), {
      nil: undefined,
    }),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), line), { maxLength: 40 }), (changes) => {
      const [often, once] = [new ProgressSums(), new ProgressSums()];
      for (const [number, now] of changes) often.count(number, now);
      for (const [number, now] of new Map(changes)) once.count(number, now);
      expect(often.progress).toEqual(once.progress);
      const { total, credits, creditsNow, refunded, isOver, ...counts } = often.progress;
      expect(total).toBe(new Map(changes).size);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(total);
      const now = [...new Map(changes).values()];
      const sumOf = (what: 'charged' | 'refunded', some = now) =>
        some.reduce((sum, line) => sum + (line.credits?.[what] ?? 0), 0);
      expect(credits).toBe(now.some((line) => line.credits) ? sumOf('charged') : null);
      const made = now.filter(({ taskId, isReused }) => taskId !== null && !isReused);
      expect([creditsNow, refunded]).toEqual([sumOf('charged', made), sumOf('refunded')]);
      expect(isOver).toBe(now.every((line) => line.isOver));
    }),
  );
});
