import type { BatchQuote } from '../../core/batch/quote-batch.ts';
import type { QuoteResult } from '../../core/money/quote.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { isTerminal } from '../../model/task.ts';
import { counted } from '../../model/text.ts';
import { otherAccountText } from '../other-account.ts';
import type { Caller } from './caller.ts';
import { definedFields, done, failed, type Outcome, rowsThatFit, upstream } from './envelope.ts';
import { cheaperSteps } from './errors/credits.ts';
import { explained } from './errors/explained.ts';
import { sentences } from './sentences.ts';

/** Returns the answer to `quote`. */
export function quoteOutcome(
  { model, quote, estimate, missing, cheaper, known, other }: QuoteResult,
  { profile }: Caller,
): Outcome {
  const { credits, balance, affordable, record } = quote;
  const price = counted(credits, 'credit');
  const steps = known
    ? knownStep(known, credits)
    : cheaper
      ? [
          `${counted(missing, 'credit')} ${missing === 1 ? 'is' : 'are'} missing. ${profile.says.credits}`,
          ...cheaperSteps(cheaper),
        ]
      : affordable === false
        ? `The service says that the balance is too small. ${profile.says.credits}`
        : `Tell the user the price (${price}), then submit once with --maxCredits ${credits}. Media and content are checked only then.`;
  const data = {
    model,
    credits,
    currentBalance: balance,
    affordable,
    estimate: estimate ? { ...estimate, note: 'The quote counts.' } : undefined,
    charged: known && known.taskId !== null ? true : undefined,
    createdAt: known?.created,
    warnings: other ? [otherAccountText(other)] : undefined,
    nextSteps: sentences(other && OTHER_KEY, steps),
  };
  return done({ ...data, ...upstream(record) });
}

const OTHER_KEY =
  'The same request was made with another key or at another address, as data.warnings says: tell the user before anything is spent. Here it would be a new charge; with that key and address, its command without --new charges nothing.';

/** Says what the command of a request does that was made before: it makes no new task. */
function knownStep({ created, status, taskId, credits: known }: RequestRecord, credits: number): string {
  if (taskId === null)
    return `This request was begun on ${created}, and whether it was submitted is not known. Its command without --new reconciles it, and never submits while that may charge twice.`;
  const end = status === 'COMPLETED' ? 'returns its result' : `returns that it ended ${status}`;
  const cost = known.charged === null ? '' : ` for ${counted(known.charged, 'credit')}`;
  return `This request was made on ${created}${cost}. Its command without --new ${isTerminal(status) ? end : 'resumes its task'}; nothing is charged for that. To make another, after a yes to a new charge: submit with --new and --maxCredits ${credits}.`;
}

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
