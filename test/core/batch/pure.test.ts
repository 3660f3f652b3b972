// The rules of a batch that need no service: which lines are the same requests, names, caps, sums, and the order of ends.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_ORDER, EXIT } from '../../../scripts/src/cli/exit-codes.ts';
import { sums } from '../../../scripts/src/cli/progress/words.ts';
import { BatchSpending, overBudget, type Price } from '../../../scripts/src/core/batch/caps.ts';
import { fileNames, nameKey } from '../../../scripts/src/core/batch/file-names.ts';
import { type Content, ordinalsOf } from '../../../scripts/src/core/batch/identity.ts';
import type { LineResult } from '../../../scripts/src/core/batch/line.ts';
import { batchState, lineOutcomeOf, ProgressSums, totalsOf } from '../../../scripts/src/core/batch/totals.ts';
import { taskResult } from '../../../scripts/src/core/result.ts';
import { mediaIn } from '../../../scripts/src/download/output-name.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import { requestName } from '../../../scripts/src/model/fingerprint.ts';
import { TASK_STATES } from '../../../scripts/src/model/task.ts';
import { tempFolder } from '../../support/command.ts';

const content: fc.Arbitrary<Content> = fc.record({
  model: fc.constantFrom('t2v', 'i2v'),
  payloadHash: fc.constantFrom('aa', 'bb', 'cc', 'dd'),
});
const contents = fc.array(content, { maxLength: 12 });

/** The requests of lines, as a bag: how often there is each. */
function requestsOf(lines: readonly Content[]): string[] {
  const place = { provider: 'p', service: 's', account: 'a', idempotencyKey: undefined };
  const ordinals = ordinalsOf(lines);
  return lines.map((line, n) => requestName({ ...place, ...line, ordinal: ordinals[n]! })).sort();
}

const without = (all: readonly string[], some: readonly string[]) => all.filter((one) => !some.includes(one));

describe('the requests of a batch', () => {
  it('are as many as its lines, and the first of equal lines is the request of a single command', () => {
    fc.assert(
      fc.property(contents, (lines) => {
        expect(new Set(requestsOf(lines)).size).toBe(lines.length);
        const place = { provider: 'p', service: 's', account: 'a', idempotencyKey: undefined };
        for (const line of lines) expect(requestsOf(lines)).toContain(requestName({ ...place, ...line }));
      }),
    );
  });

  it('fault 77: stay, with one more, when a line is inserted anywhere', () => {
    fc.assert(
      fc.property(contents, content, fc.nat(), (lines, line, at) => {
        const place = at % (lines.length + 1);
        const after = requestsOf(lines.toSpliced(place, 0, line));
        expect(without(requestsOf(lines), after)).toEqual([]);
        expect(without(after, requestsOf(lines))).toHaveLength(1);
      }),
    );
  });

  it('fault 77: stay, without one, when a line is removed; and stay when lines are moved', () => {
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        fc.infiniteStream(fc.nat()),
        (lines, at, random) => {
          const place = at % lines.length;
          const after = requestsOf(lines.toSpliced(place, 1));
          expect(without(after, requestsOf(lines))).toEqual([]);
          expect(without(requestsOf(lines), after)).toHaveLength(1);
          const moved = [...lines].sort(() => (Number(random.next().value) % 3) - 1);
          expect(requestsOf(moved)).toEqual(requestsOf(lines));
        },
      ),
    );
  });
});

describe('the names of files', () => {
  const named = (names: (string | null)[], recorded: (string | null)[] = []) =>
    names.map((name, n) => ({ number: n + 1, name, recorded: recorded[n] ?? null }));
  const free = () => false;

  it('are the numbers of the lines, zero-padded to the width of the last one', () => {
    expect(fileNames(named(Array(10).fill(null)), free).slice(0, 2)).toEqual(['01', '02']);
    expect(fileNames(named([null, null]), free)).toEqual(['1', '2']);
    expect(fileNames([{ number: 101, name: null, recorded: null }], free)).toEqual(['101']);
    expect(fileNames(named([null, 'fog']), free, { before: 'line-', after: '' })).toEqual(['line-1', 'fog']);
  });

  it('a line keeps the number that its record has; the others get a version where theirs is taken', () => {
    expect(fileNames(named([null, null], [null, '1']), free)).toEqual(['1-v2', '1']);
    expect(fileNames(named([null, null]), (name) => name === '1')).toEqual(['1-v2', '2']);
    // A name that a single command chose is none of these.
    expect(fileNames(named([null], ['sunset']), free)).toEqual(['1']);
    expect(fileNames(named(['2', null]), free)).toEqual(['2', '2-v2']);
    // A given name got a version when its file was saved, because another file had got it.
    const isFog = (name: string) => name === 'fog';
    expect(fileNames(named(['fog'], ['fog-v2']), isFog)).toEqual(['fog-v2']);
    expect(fileNames(named(['fog'], ['fog-v2']), free)).toEqual(['fog']);
    expect(fileNames(named(['fog', 'fog-v2'], ['fog-v2']), isFog)).toEqual(['fog', 'fog-v2']);
    const around = { before: 'shot-', after: '-final' };
    const recorded = ['shot-2-v2-final', 'shot-1-final-v2', null];
    expect(fileNames(named([null, null, null], recorded), free, around)).toEqual([
      ...recorded.slice(0, 2),
      'shot-3-final',
    ]);
  });

  it('never meet, on a disk that ignores case neither, and are none that is taken', () => {
    const some = fc.option(fc.constantFrom('1', '2', '3', 'A', '1-v2'));
    fc.assert(
      fc.property(
        fc.uniqueArray(some, { selector: (name) => name ?? Math.random() }),
        fc.array(some),
        fc.array(fc.constantFrom('1', '2', '1-v3')),
        (names, recorded, taken) => {
          fc.pre(names.length > 0);
          const found = fileNames(named(names, recorded), (name) => taken.includes(name as '1'));
          expect(new Set(found.map(nameKey)).size).toBe(found.length);
          found.forEach((name, n) => {
            if (names[n] !== null) expect([names[n], `${names[n]}-v2`]).toContain(name);
            else if (name !== recorded[n]) expect(taken).not.toContain(name);
          });
        },
      ),
    );
  });
});

describe('the caps of a batch', () => {
  const credits = fc.nat({ max: 100 });
  const caps = fc.record({
    maxCredits: fc.option(credits, { nil: undefined }),
    maxTotalCredits: fc.option(fc.nat({ max: 600 }), { nil: undefined }),
  });
  const prices = fc
    .array(fc.tuple(credits, fc.option(fc.nat({ max: 600 }))), { maxLength: 8 })
    .map(
      (all) =>
        new Map(
          all.map(([price, balance], n): [number, Price] => [
            n,
            { credits: price, quote: { credits: price, balance, affordable: null, record: {} } },
          ]),
        ),
    );

  it('let a batch pass exactly where each line, the sum and the balance allow it', () => {
    fc.assert(
      fc.property(prices, caps, (lines, { maxCredits, maxTotalCredits }) => {
        const all = [...lines.values()];
        const sum = all.reduce((before, { credits }) => before + credits, 0);
        const balances = all.flatMap(({ quote }) => quote?.balance ?? []);
        const isWithin =
          all.every(({ credits }) => credits <= (maxCredits ?? Infinity)) &&
          sum <= (maxTotalCredits ?? Infinity) &&
          balances.every((balance) => balance >= sum);
        const over = overBudget(lines, { maxCredits, maxTotalCredits });
        expect(over === undefined).toBe(isWithin);
        if (over) expect(['BUDGET_EXCEEDED', 'INSUFFICIENT_CREDITS']).toContain(over.code);
      }),
    );
  });

  it('fault 79: what is submitted never costs more than the sum allows, whatever is charged, lost or rejected', () => {
    const event = fc.record({
      line: fc.nat({ max: 5 }),
      price: credits,
      end: fc.constantFrom('accepted', 'lost', 'rejected'),
    });
    fc.assert(
      fc.property(fc.array(event), fc.nat({ max: 300 }), (events, cap) => {
        const spending = new BatchSpending(cap);
        const spent = new Map<number, number>();
        for (const { line, price, end } of events) {
          try {
            spending.reserve(line, price);
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            continue;
          }
          spent.set(line, price);
          if (end === 'rejected') {
            spending.release(line);
            spent.delete(line);
          }
          const sum = [...spent.values()].reduce((before, one) => before + one, 0);
          expect(spending.sum).toBe(sum);
          expect(sum).toBeLessThanOrEqual(cap);
        }
      }),
    );
  });

  it('a charge above its price leaves less for the lines after it', () => {
    const spending = new BatchSpending(30);
    spending.reserve(1, 15);
    spending.charged(1, 20);
    expect(() => spending.reserve(2, 15)).toThrow('35 credits');
    spending.charged(1, 15);
    spending.reserve(2, 15);
    expect(spending.sum).toBe(30);
  });
});

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

  it.each([
    [{ creditsNow: 0 }, '5 of 5 done, 75 credits, 0 now'],
    [{ creditsNow: 30 }, '5 of 5 done, 75 credits, 30 now'],
    [{ creditsNow: 75 }, '5 of 5 done, 75 credits'],
    [{}, '5 of 5 done, 75 credits'],
  ])('the sums tell what this run charged from what earlier runs were charged: %j', (now, text) => {
    expect(sums({ total: 5, done: 5, failed: 0, running: 0, credits: 75, ...now })).toBe(text);
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

  it('a file whose name the disk keeps in decomposed characters is the one that a line names', () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'Cafe\u0301.MP4'), '');
    expect([...mediaIn(folder).keys()]).toEqual([nameKey('caf\u00e9')]);
  });

  it('a task that is not found any more is unknown; one whose query failed runs', () => {
    const gone = { end: new Failure('TASK_NOT_FOUND', 'gone'), taskId: 't1', state: 'PROGRESS' as const };
    expect(lineOutcomeOf(gone)).toBe('unknown');
    const unread = { end: new Failure('NETWORK_ERROR', 'down'), taskId: 't1', state: 'PROGRESS' as const };
    expect(lineOutcomeOf(unread)).toBe('running');
  });

  it('the exit codes have one order: 3, 7, 5, 4, 9, 1, 0, with the others in between, none left out', () => {
    const named = [3, 7, 5, 4, 9, 1, 0];
    expect(BATCH_ORDER.filter((code) => named.includes(code))).toEqual(named);
    const ofSignals: number[] = [EXIT.interrupted, EXIT.terminated];
    expect([...BATCH_ORDER].sort()).toEqual(
      Object.values(EXIT)
        .filter((code) => !ofSignals.includes(code))
        .sort(),
    );
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
      const sumOf = (some: typeof now, what: 'charged' | 'refunded') =>
        some.reduce((sum, { credits }) => sum + (credits?.[what] ?? 0), 0);
      expect(credits ?? 0).toBe(sumOf(now, 'charged'));
      expect(creditsNow).toBe(
        sumOf(
          now.filter((one) => !one.isReused),
          'charged',
        ),
      );
      expect(refunded).toBe(sumOf(now, 'refunded'));
      expect(isOver).toBe(now.every((one) => one.isOver));
      expect(credits === null).toBe(![...new Map(changes).values()].some((now) => now.credits));
    }),
  );
});
