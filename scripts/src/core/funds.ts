import type { Contract } from '../contracts/contract.ts';
import { cheaperVariants, estimate, estimateCredits } from '../contracts/price.ts';
import { upstream } from '../model/envelope.ts';
import { Failure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { GenerationRequest, Quote } from '../providers/provider.ts';
import type { Entry, Journal } from '../stores/file/journal.ts';
import { type Session, shortDeadline } from './session.ts';

/**
 * Asks for the price, which is free, and compares it with the limit and the balance before anything is submitted. For a
 * service without quotes the limit is compared with the contract's estimate.
 * @param maxCreditsPerDay null = no limit; it too needs the price, and is polled at by `withinDay`
 * @returns the quote; null where nothing limits the price
 * @throws Failure BUDGET_EXCEEDED or INSUFFICIENT_CREDITS; the quote's own failure when there is none to be had
 */
export async function checkFunds(
  session: Session,
  contract: Contract,
  generation: GenerationRequest,
  maxCreditsPerDay: number | null,
): Promise<Quote | null> {
  if (generation.maxCredits === undefined && maxCreditsPerDay === null) return null;
  if (!session.provider.can.quote) {
    checkEstimate(session.provider.title, contract, generation);
    return null;
  }
  const quote = await askPrice(session, contract, generation);
  if (quote.affordable === false || (quote.balance !== null && quote.balance < quote.credits)) {
    throw shortOfCredits(
      session,
      contract,
      generation,
      quote,
      'The quote says that the balance is too small.',
    );
  }
  return quote;
}

/**
 * Holds a limit against the contract's estimate, which is all there is where a service tells no price before a submit.
 * @throws Failure BUDGET_EXCEEDED where the estimate may be above it, INVALID_PAYLOAD where there is no estimate
 */
function checkEstimate(
  title: string,
  contract: Contract,
  { model, payload, maxCredits }: GenerationRequest,
): void {
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
export async function askPrice(
  session: Session,
  contract: Contract,
  generation: GenerationRequest,
): Promise<Quote> {
  const { api, provider } = session;
  const { model, payload, maxCredits } = generation;
  const quote = await api.read(provider.quote(model, payload), shortDeadline(session));
  if (maxCredits !== undefined && quote.credits > maxCredits) {
    throw new Failure(
      'BUDGET_EXCEEDED',
      `This would cost ${quote.credits} credits; --maxCredits allows ${maxCredits}. Nothing was submitted.`,
      {
        data: { quoted: quote.credits, maxCredits, ...upstream(quote.record) },
        nextSteps: [
          ...variants(contract, payload, maxCredits),
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
  generation: GenerationRequest,
  refusal: Failure,
): Promise<Failure> {
  let quote: Quote | null = null;
  try {
    if (session.provider.can.quote)
      quote = await session.api.once(session.provider.quote(generation.model, generation.payload));
  } catch (error) {
    // The refusal is what counts; without a quote it only says less.
    if (!(error instanceof Failure)) throw error;
  }
  return shortOfCredits(session, contract, generation, quote, refusal.message);
}

function shortOfCredits(
  { provider }: Session,
  contract: Contract,
  generation: GenerationRequest,
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
    nextSteps: [...variantsWithin(contract, generation, quote), provider.says.credits],
  });
}

/** What a refusal for lack of credits can offer instead: where the balance is not known, whatever is cheaper. */
function variantsWithin(contract: Contract, { payload }: GenerationRequest, quote: Quote | null): string[] {
  const price = quote?.credits ?? estimateCredits(contract, payload);
  if (price === null) return [];
  const balance = quote?.balance ?? null;
  return balance === null || balance >= price
    ? cheaper(contract, payload, price)
    : variants(contract, payload, balance);
}

/** Forms of the same request that cost at most so many credits, as literals to put into the payload; or that there are none. */
export function variants(contract: Contract, payload: JsonObject, most: number): string[] {
  const found = cheaper(contract, payload, most + 1);
  return found.length > 0
    ? found
    : [`No form of ${contract.model} is known that costs at most ${most} credits.`];
}

function cheaper(contract: Contract, payload: JsonObject, below: number): string[] {
  return cheaperVariants(contract, payload, below).map(
    ({ change, credits }) =>
      `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credit${credits === 1 ? '' : 's'} (an estimate of ${contract.price?.asOf}).`,
  );
}
