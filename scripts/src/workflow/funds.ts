import type { Contract } from '../contracts/contract.ts';
import { cheaperVariants, estimateCredits } from '../contracts/price.ts';
import type { Intent, Quote } from '../providers/provider.ts';
import { Failure } from '../types/failure.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { type Session, shortDeadline } from './session.ts';

/**
 * Asks for the price, which is free, and compares it with the limit and the balance before anything is submitted.
 * @returns the quote; null where nothing limits the price
 * @throws Failure BUDGET_EXCEEDED or INSUFFICIENT_CREDITS; the quote's own failure when there is none to be had
 */
export async function checkFunds(
  session: Session,
  contract: Contract,
  intent: Intent,
): Promise<Quote | null> {
  const { maxCredits } = intent;
  if (maxCredits === undefined) return null;
  const { api, provider } = session;
  const quote = await api.read(provider.quote(intent.model, intent.payload), shortDeadline(session));
  if (quote.credits > maxCredits) {
    throw new Failure(
      'BUDGET_EXCEEDED',
      `This would cost ${quote.credits} credits; --maxCredits allows ${maxCredits}. Nothing was submitted.`,
      {
        data: { quote: quote.record, quoted: quote.credits, maxCredits },
        nextSteps: [
          ...variants(contract, intent.payload, maxCredits + 1),
          `Ask the person whether ${quote.credits} credits are fine; then run the same command with --maxCredits ${quote.credits}.`,
        ],
      },
    );
  }
  if (quote.affordable === false || (quote.balance !== null && quote.balance < quote.credits)) {
    throw shortOfCredits(session, contract, intent, quote, 'The quote says that the balance is too small.');
  }
  return quote;
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
    nextSteps: [...variants(contract, intent.payload, quote?.credits), provider.says.credits],
  });
}

/** Forms of the same request that cost less than `below` credits, as literals to put into the payload. */
function variants(
  contract: Contract,
  payload: JsonObject,
  below = estimateCredits(contract, payload),
): string[] {
  const asOf = contract.price?.asOf;
  return cheaperVariants(contract, payload, below ?? 0).map(
    ({ change, credits }) =>
      `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credits (an estimate of ${asOf}).`,
  );
}
