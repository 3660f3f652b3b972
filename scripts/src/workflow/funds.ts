import type { Contract } from '../contracts/contract.ts';
import { cheaperVariants, estimate, estimateCredits } from '../contracts/price.ts';
import type { Entry, Journal } from '../journal/journal.ts';
import type { Intent, Quote } from '../providers/provider.ts';
import { Failure } from '../types/failure.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { type Session, shortDeadline } from './session.ts';

/**
 * Asks for the price, which is free, and compares it with the limit and the balance before anything is submitted. For a
 * service without quotes the limit is compared with the contract's estimate.
 * @param maxCreditsPerDay null = no limit; it too needs the price, and is looked at by `withinDay`
 * @returns the quote; null where nothing limits the price
 * @throws Failure BUDGET_EXCEEDED or INSUFFICIENT_CREDITS; the quote's own failure when there is none to be had
 */
export async function checkFunds(
  session: Session,
  contract: Contract,
  intent: Intent,
  maxCreditsPerDay: number | null,
): Promise<Quote | null> {
  if (intent.maxCredits === undefined && maxCreditsPerDay === null) return null;
  if (!session.provider.can.quote) {
    checkEstimate(session.provider.title, contract, intent);
    return null;
  }
  const quote = await askPrice(session, contract, intent);
  if (quote.affordable === false || (quote.balance !== null && quote.balance < quote.credits)) {
    throw shortOfCredits(session, contract, intent, quote, 'The quote says that the balance is too small.');
  }
  return quote;
}

/**
 * Holds a limit against the contract's estimate, which is all there is where a service tells no price before a submit.
 * @throws Failure BUDGET_EXCEEDED where the estimate may be above it, INVALID_PAYLOAD where there is no estimate
 */
function checkEstimate(title: string, contract: Contract, { model, payload, maxCredits }: Intent): void {
  if (maxCredits === undefined) return;
  const range = estimate(contract, payload);
  const { asOf = '', note = '' } = contract.price ?? {};
  if (range === null) {
    const hint = `leave --maxCredits out, after looking the price of ${model} up yourself`;
    const expected = `a model and fields with a known price, as ${title} documents no price before a submit`;
    throw new Failure(
      'INVALID_PAYLOAD',
      `--maxCredits cannot be held: no estimate is known for these fields of ${model}, and ${title} documents no price before a submit. Nothing was submitted.`,
      { issues: [{ path: '--maxCredits', expected, received: String(maxCredits), hint }], nextSteps: [hint] },
    );
  }
  if (range.most <= maxCredits) return;
  const cost = range.least === range.most ? String(range.most) : `${range.least} to ${range.most}`;
  throw new Failure(
    'BUDGET_EXCEEDED',
    `By an estimate (prices of ${asOf}) this would cost ${cost} credits; --maxCredits allows ${maxCredits}. ${title} documents no price before a submit. Nothing was submitted.`,
    {
      data: { estimate: { ...range, asOf, note }, maxCredits },
      nextSteps: [
        ...variants(contract, payload, maxCredits + 1),
        `Ask the person whether ${cost} credits, an estimate, are fine; then submit with --maxCredits ${range.most}.`,
      ],
    },
  );
}

/** Asks for the price, which is free. @throws Failure BUDGET_EXCEEDED where it is above the limit of the intent */
export async function askPrice(session: Session, contract: Contract, intent: Intent): Promise<Quote> {
  const { api, provider } = session;
  const { model, payload, maxCredits } = intent;
  const quote = await api.read(provider.quote(model, payload), shortDeadline(session));
  if (maxCredits !== undefined && quote.credits > maxCredits) {
    throw new Failure(
      'BUDGET_EXCEEDED',
      `This would cost ${quote.credits} credits; --maxCredits allows ${maxCredits}. Nothing was submitted.`,
      {
        data: { quote: quote.record, quoted: quote.credits, maxCredits },
        nextSteps: [
          ...variants(contract, payload, maxCredits + 1),
          `Ask the person whether ${quote.credits} credits are fine; then submit with --maxCredits ${quote.credits}.`,
        ],
      },
    );
  }
  return quote;
}

/**
 * Puts a wish on record unless the recorded charges of the last 24 hours, with it, would go above a limit. No other
 * process can come in between.
 * @param own a record of this very wish, which is not counted
 * @throws Failure BUDGET_EXCEEDED
 */
export async function withinDay(
  session: Session,
  journal: Journal,
  maxCreditsPerDay: number | null,
  quote: Quote | null,
  record: () => Promise<void>,
  own?: Entry,
): Promise<void> {
  if (maxCreditsPerDay === null || quote === null) return record();
  const lock = await journal.lock('budget', shortDeadline(session), session.api.signal);
  if ('heldBy' in lock) {
    throw new Failure(
      'UNKNOWN_ERROR',
      `Another process (${lock.heldBy.pid} on ${lock.heldBy.host}) has kept the day's budget to itself for too long; nothing was submitted.`,
      { nextSteps: ['Run the same command again a little later.', session.again] },
    );
  }
  try {
    const spent = journal.spentToday(own);
    if (spent === null || spent + quote.credits > maxCreditsPerDay) {
      throw dayExceeded(session, spent, quote.credits, maxCreditsPerDay);
    }
    await record();
  } finally {
    lock.release();
  }
}

function dayExceeded(session: Session, spent: number | null, credits: number, limit: number): Failure {
  const so =
    spent === null
      ? 'What a recorded wish of the last 24 hours cost is not known'
      : `The recorded wishes of the last 24 hours cost ${spent} credits, and this one costs ${credits}`;
  return new Failure('BUDGET_EXCEEDED', `${so}; --maxCreditsPerDay allows ${limit}. Nothing was submitted.`, {
    data: { quoted: credits, spentToday: spent, maxCreditsPerDay: limit },
    nextSteps: [
      ...(session.provider.can.account ? [session.command('account')] : []),
      'Ask the person for a higher limit, or wait until the oldest charge is a day old.',
    ],
  });
}

/** Adds to a refusal for lack of credits how much is missing and what would be cheaper. The look-up is free. */
export async function explainFunds(
  session: Session,
  contract: Contract,
  intent: Intent,
  refusal: Failure,
): Promise<Failure> {
  let quote: Quote | null = null;
  try {
    if (session.provider.can.quote)
      quote = await session.api.once(session.provider.quote(intent.model, intent.payload));
  } catch (error) {
    // The refusal is what counts; without a quote it only says less.
    if (!(error instanceof Failure)) throw error;
  }
  return shortOfCredits(session, contract, intent, quote, refusal.message);
}

function shortOfCredits(
  { provider }: Session,
  contract: Contract,
  intent: Intent,
  quote: Quote | null,
  said: string,
): Failure {
  const data: Record<string, Json> = {};
  let missing = '';
  if (quote) {
    data.quoted = quote.credits;
    data.balance = quote.balance;
    if (quote.balance !== null && quote.balance < quote.credits) {
      data.missing = quote.credits - quote.balance;
      missing = ` It costs ${quote.credits} credits, the balance is ${quote.balance}: ${data.missing} are missing.`;
    }
  }
  return new Failure('INSUFFICIENT_CREDITS', `${said}${missing} Nothing was submitted.`, {
    data,
    nextSteps: [
      ...variants(contract, intent.payload, affordable(contract, intent, quote)),
      provider.says.credits,
    ],
  });
}

/** Credits that a cheaper form has to stay below to be of use. */
function affordable(contract: Contract, { payload }: Intent, quote: Quote | null): number {
  if (quote?.balance != null) return Math.min(quote.balance + 1, quote.credits);
  return quote?.credits ?? estimateCredits(contract, payload) ?? 0;
}

/** Forms of the same request that cost less than `below` credits, as literals to put into the payload. */
export function variants(contract: Contract, payload: JsonObject, below: number): string[] {
  const { price, model } = contract;
  const cheaper = cheaperVariants(contract, payload, below);
  if (cheaper.length === 0) return [`No form of ${model} is known that costs at most ${below - 1} credits.`];
  return cheaper.map(
    ({ change, credits }) =>
      `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credit${credits === 1 ? '' : 's'} (an estimate of ${price?.asOf}).`,
  );
}
