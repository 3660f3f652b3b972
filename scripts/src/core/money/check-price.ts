import type { Contract } from '../../contracts/contract.ts';
import { cheaperVariants, estimate, estimateCredits } from '../../contracts/price.ts';
import { type Cheaper, Failure } from '../../model/failure.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { RecordChange } from '../../model/request-record.ts';
import type { RecordStore, StoredRequest } from '../../ports/record-store.ts';
import type { GenerationRequest, Quote } from '../../providers/provider.ts';
import { type Session, shortDeadline } from '../session.ts';

/**
 * Compares the price, which is free to query, with the limit and the balance before anything is submitted. For a service
 * without quotes, compares the limit with the contract's estimate.
 * @param maxCreditsPerDay null = no limit; it too needs the price, and is checked by `withinDay`
 * @param deadline on the monotonic clock: the query does not outlast it by more than 5 seconds
 * @returns the quote; null where nothing limits the price
 * @throws Failure BUDGET_EXCEEDED or INSUFFICIENT_CREDITS; the quote's own failure when there is none to be had
 */
export async function checkFunds(
  session: Session,
  contract: Contract,
  generation: GenerationRequest,
  maxCreditsPerDay: number | null,
  deadline: number,
): Promise<Quote | null> {
  if (generation.maxCredits === undefined && maxCreditsPerDay === null) return null;
  if (!session.provider.can.quote) {
    // An estimate does not say what the requests of a day cost.
    if (maxCreditsPerDay !== null) throw new Error('A limit for a day needs a service that quotes prices.');
    checkEstimate(session.provider.title, contract, generation);
    return null;
  }
  const quote = await askPrice(session, contract, generation, deadline);
  if (quote.affordable === false || (quote.balance !== null && quote.balance < quote.credits)) {
    throw shortOfCredits(contract, generation, quote, 'The quote says that the balance is too small.');
  }
  return quote;
}

/**
 * Checks a limit against the contract's estimate, for a service that gives no price before a submit.
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
    throw new Failure('INVALID_PAYLOAD', `No estimate is known for these fields of ${model}.`, {
      reason: { kind: 'noEstimate', title, model, maxCredits },
    });
  }
  if (range.most <= maxCredits) return;
  throw new Failure('BUDGET_EXCEEDED', `The estimate is above the limit of ${maxCredits} credits.`, {
    data: { estimate: { ...range, asOf, note }, maxCredits },
    reason: {
      kind: 'estimateAboveCap',
      title,
      estimate: { ...range, asOf, note },
      maxCredits,
      cheaper: cheaperThan(contract, payload, maxCredits),
    },
  });
}

/**
 * Returns the service's price of a request; the query is free.
 * @param deadline on the monotonic clock; absent where the call has no wait of its own
 * @throws Failure BUDGET_EXCEEDED where it is above the limit of the request
 */
export async function askPrice(
  session: Session,
  contract: Contract,
  generation: GenerationRequest,
  deadline = Infinity,
): Promise<Quote> {
  const { api, provider } = session;
  const { model, payload, maxCredits } = generation;
  const until = Math.min(deadline, shortDeadline(session));
  const quote = await api.read(provider.quote(model, payload), until, { until: deadline });
  if (maxCredits !== undefined && quote.credits > maxCredits) {
    throw new Failure('BUDGET_EXCEEDED', `The price is above the limit of ${maxCredits} credits.`, {
      data: { quoted: quote.credits, maxCredits },
      record: quote.record,
      reason: {
        kind: 'quoteAboveCap',
        quoted: quote.credits,
        maxCredits,
        cheaper: cheaperThan(contract, payload, maxCredits),
      },
    });
  }
  return quote;
}

const DAY_MS = 24 * 3600_000;

/**
 * Stores a change of a request unless the recorded charges of the last 24 hours, with it, would go above a limit. No other
 * process can come in between.
 * @throws Failure BUDGET_EXCEEDED
 */
export async function withinDay(
  session: Session,
  store: RecordStore,
  maxCreditsPerDay: number | null,
  quote: Quote | null,
  entry: StoredRequest,
  change: RecordChange,
): Promise<void> {
  const isLimited = maxCreditsPerDay !== null && quote !== null;
  const budget = isLimited ? { windowMs: DAY_MS, limit: maxCreditsPerDay, credits: quote.credits } : null;
  const reserved = await store.reserve(entry, change, budget, shortDeadline(session), session.api.signal);
  if (reserved.kind === 'busy') {
    const { pid, host } = reserved.holder;
    throw new Failure(
      'UNKNOWN_ERROR',
      `Another process (${pid} on ${host}) has kept the day's budget to itself for too long; nothing was submitted.`,
      { reason: { kind: 'budgetBusy' } },
    );
  }
  if (reserved.kind === 'exceeded') throw dayExceeded(reserved.spent, quote!.credits, maxCreditsPerDay!);
}

function dayExceeded(spent: number | null, quoted: number, limit: number): Failure {
  return new Failure('BUDGET_EXCEEDED', `The limit of a day, ${limit} credits, would be exceeded.`, {
    data: { quoted, spentToday: spent, maxCreditsPerDay: limit },
    reason: { kind: 'aboveDay', quoted, spent, limit },
  });
}

/** Returns a rejection for lack of credits with the missing amount and the cheaper forms. The quote is free. */
export async function explainFunds(
  session: Session,
  contract: Contract,
  generation: GenerationRequest,
  refusal: Failure,
  until: number,
): Promise<Failure> {
  const { api, provider } = session;
  let quote: Quote | null = null;
  try {
    if (provider.can.quote)
      quote = await api.once(provider.quote(generation.model, generation.payload), { until });
  } catch (error) {
    // The rejection stands without a quote; it only has fewer details.
    if (!(error instanceof Failure)) throw error;
  }
  return shortOfCredits(contract, generation, quote, refusal.message);
}

function shortOfCredits(
  contract: Contract,
  { payload }: GenerationRequest,
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
  const price = quote?.credits ?? estimateCredits(contract, payload);
  return new Failure('INSUFFICIENT_CREDITS', `${said}${missing} Nothing was submitted.`, {
    data,
    reason: {
      kind: 'shortOfCredits',
      cheaper: price === null ? null : cheaperWithin(contract, payload, price, quote?.balance ?? null),
    },
  });
}

/** Returns what costs less than a price, and at most the balance where that is known to be lower. */
function cheaperWithin(
  contract: Contract,
  payload: JsonObject,
  price: number,
  balance: number | null,
): Cheaper {
  if (balance !== null && balance < price) return cheaperThan(contract, payload, balance);
  return { ...cheaperThan(contract, payload, price - 1), most: null };
}

/** Returns forms of the same request that cost at most so many credits. */
export function cheaperThan(contract: Contract, payload: JsonObject, most: number): Cheaper {
  const variants = cheaperVariants(contract, payload, most + 1);
  return { model: contract.model, asOf: contract.price?.asOf, variants, most };
}
