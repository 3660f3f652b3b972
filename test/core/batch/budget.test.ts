import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchSpending, overBudget, type Price } from '../../../scripts/src/core/batch/budget.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';

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

  it('a refusal tells how many lines fit, and of none what the cheapest costs', () => {
    const lines = new Map([20, 5].map((credits, n): [number, Price] => [n + 1, { credits }]));
    const over = (caps: Parameters<typeof overBudget>[1]) => overBudget(lines, caps)?.details.reason;
    const sum = (maxTotalCredits: number, fitting: number) => ({
      ...{ kind: 'sumAboveCap', quoted: 25, maxTotalCredits },
      fit: { lines: fitting, of: 2, cheapest: 5 },
    });
    expect(over({ maxTotalCredits: 20 })).toEqual(sum(20, 1));
    expect(over({ maxTotalCredits: 4 })).toEqual(sum(4, 0));
    expect(over({ maxTotalCredits: 10, maxCredits: 10 })).toEqual({
      ...{ kind: 'linesAboveCap', lines: [1], most: 20, maxCredits: 10 },
      sum: sum(10, 0),
    });
    expect(over({ maxTotalCredits: 25, maxCredits: 10 })).toHaveProperty('sum', undefined);
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
