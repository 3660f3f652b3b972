import type { Failure } from '../../model/failure.ts';
import type { Caps } from '../money/caps.ts';
import type { Session } from '../session.ts';
import { balanceOf, overBudget, type Price, sumOf } from './budget.ts';
import { fileNames, type Pattern } from './file-names.ts';
import { knownLines } from './known-lines.ts';
import type { BatchLine } from './line.ts';
import { pricesOf } from './line-prices.ts';

export interface BatchQuote {
  kind: 'batchQuote';
  lines: { number: number; name: string; model: string; credits: number; isCharged: boolean }[];
  sum: number;
  /** Credits of those that have no task yet. */
  open: number;
  balance: number | null;
  over: Failure | undefined;
}

/** Returns the price of every line and their sum. Free; makes no task. */
export async function quoteBatch(
  session: Session,
  lines: readonly BatchLine[],
  caps: Caps,
  pattern?: Pattern,
): Promise<BatchQuote> {
  const known = await knownLines(await session.records(), lines);
  const prices = await pricesOf(session, lines);
  const isCharged = known.map(({ entry }) => entry !== undefined && entry.record.taskId !== null);
  const open = new Map<number, Price>();
  lines.forEach(({ number }, n) => {
    if (!isCharged[n]) open.set(number, prices.get(number)!);
  });
  const names = fileNames(lines, () => false, pattern);
  return {
    kind: 'batchQuote',
    lines: lines.map(({ number, contract: { model } }, n) => {
      const { credits } = prices.get(number)!;
      return { number, name: names[n]!, model, isCharged: isCharged[n]!, credits };
    }),
    sum: sumOf(prices.values()),
    open: sumOf(open.values()),
    balance: balanceOf(prices.values()),
    over: overBudget(open, caps),
  };
}
