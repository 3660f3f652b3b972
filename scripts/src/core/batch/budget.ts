import { Failure, type Fit, type SumAboveCap } from '../../model/failure.ts';
import type { Quote } from '../../providers/provider.ts';
import type { Caps } from '../money/caps.ts';

export interface Price {
  credits: number;
  /** The service's own price; absent where it is the contract's estimate. */
  quote?: Quote;
}

/**
 * Compares the prices of the lines that are not charged yet with the caps and the balance.
 * @param lines by their numbers
 * @returns why none of them may be submitted; undefined where nothing speaks against it
 */
export function overBudget(
  lines: ReadonlyMap<number, Price>,
  { maxCredits = Infinity, maxTotalCredits = Infinity }: Caps,
): Failure | undefined {
  const quoted = sumOf(lines.values());
  const sum: SumAboveCap | undefined =
    quoted > maxTotalCredits
      ? { kind: 'sumAboveCap', quoted, maxTotalCredits, fit: fitting(lines, maxTotalCredits) }
      : undefined;
  const above = [...lines].filter(([, { credits }]) => credits > maxCredits);
  if (above.length > 0) {
    const message = `${above.length} lines cost more than ${maxCredits} credits each.`;
    const most = Math.max(...above.map(([, { credits }]) => credits));
    return new Failure('BUDGET_EXCEEDED', message, {
      reason: { kind: 'linesAboveCap', lines: above.map(([number]) => number), most, maxCredits, sum },
    });
  }
  if (sum) {
    const message = `The lines that are not charged yet cost ${quoted} credits; the limit for all of them is ${maxTotalCredits}.`;
    return new Failure('BUDGET_EXCEEDED', message, { reason: sum });
  }
  const balance = balanceOf(lines.values());
  if (balance === null || balance >= quoted) return undefined;
  const message = `The lines that are not charged yet cost ${quoted} credits, the balance is ${balance}: ${quoted - balance} are missing.`;
  return new Failure('INSUFFICIENT_CREDITS', message, {
    reason: {
      kind: 'shortOfCredits',
      quoted,
      balance,
      missing: quoted - balance,
      cheaper: null,
      fit: fitting(lines, balance),
    },
  });
}

/** Returns how many lines cost no more than a cap together, from the first one on. */
function fitting(lines: ReadonlyMap<number, Price>, cap: number): Fit {
  const prices = [...lines].sort(([a], [b]) => a - b).map(([, price]) => price);
  let left = cap;
  const tooMuch = prices.findIndex(({ credits }) => {
    left -= credits;
    return left < 0;
  });
  const cheapest = Math.min(...prices.map(({ credits }) => credits));
  return { lines: tooMuch < 0 ? prices.length : tooMuch, of: prices.length, cheapest };
}

export function sumOf(prices: Iterable<Price>): number {
  return [...prices].reduce((sum, { credits }) => sum + credits, 0);
}

/** Returns the lowest balance that a quote named; null where none did. */
export function balanceOf(prices: Iterable<Price>): number | null {
  const balances = [...prices].flatMap(({ quote }) => {
    if (!quote) return [];
    return quote.balance ?? (quote.affordable === false ? [0] : []);
  });
  return balances.length > 0 ? balances.reduce((least, one) => Math.min(least, one)) : null;
}

/** Counts what the submits of one call cost, or may still cost, against the cap for their sum. */
export class BatchSpending {
  readonly #cap: number;
  readonly #costs = new Map<number, number>();

  constructor(maxTotalCredits = Infinity) {
    this.#cap = maxTotalCredits;
  }

  get sum(): number {
    return [...this.#costs.values()].reduce((sum, cost) => sum + cost, 0);
  }

  /**
   * Counts a line from the moment at which its submit may be sent: one whose answer is lost counts as spent.
   * @throws Failure BUDGET_EXCEEDED where it does not fit any more
   */
  reserve(number: number, price: number | null): void {
    const cost = price ?? 0;
    const before = this.#costs.get(number) ?? 0;
    const sum = this.sum - before + cost;
    if (sum > this.#cap) {
      const message = `With this line the sum would be ${sum} credits; the limit for all lines is ${this.#cap}.`;
      throw new Failure('BUDGET_EXCEEDED', message, {
        reason: { kind: 'sumAboveCap', quoted: sum, maxTotalCredits: this.#cap },
      });
    }
    this.#costs.set(number, cost);
  }

  charged(number: number, credits: number | null | undefined): void {
    if (typeof credits === 'number' && this.#costs.has(number)) this.#costs.set(number, credits);
  }

  /** The line was certainly not accepted. */
  release(number: number): void {
    this.#costs.delete(number);
  }
}
