import type { BatchQuote } from '../../core/batch/quote-batch.ts';
import { counted } from '../../model/text.ts';
import type { Caller } from './caller.ts';
import { definedFields, done, failed, type Outcome, rowsThatFit } from './envelope.ts';
import { explained } from './errors/explained.ts';

/** Returns the prices of the lines of a batch, and their sum. */
export function batchQuoteOutcome(quote: BatchQuote, caller: Caller): Outcome {
  const { lines, sum, open, balance, over } = quote;
  const rows = rowsThatFit(
    lines.map(({ number, name, model, credits, isCharged }) =>
      definedFields({ line: number, name, model, credits, charged: isCharged || undefined }),
    ),
  );
  const data = definedFields({
    count: lines.length,
    credits: sum,
    notCharged: open,
    currentBalance: balance,
    affordable: balance === null ? null : balance >= open,
    items: rows,
    itemsLeftOut: lines.length - rows.length || undefined,
  });
  if (over) {
    const failure = explained(over, caller);
    return failed(failure.with({ data: { ...data, ...failure.details.data } }), null, null);
  }
  const isAllCharged = lines.every(({ isCharged }) => isCharged);
  const nextStep = isAllCharged
    ? 'Every line was submitted by an earlier run: the batch without --new charges nothing.'
    : `Tell the user the sum (${counted(open, 'credit')} for what is not charged yet) and wait for a yes, then run the batch with --maxTotalCredits ${open}. Media and content are checked only then.`;
  return done({ ...data, nextSteps: [nextStep] });
}
