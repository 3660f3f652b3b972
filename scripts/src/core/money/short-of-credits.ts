import type { Contract } from '../../contracts/contract.ts';
import { cheaperVariants, estimateCredits } from '../../contracts/price/estimate.ts';
import { type Cheaper, Failure, orFailure } from '../../model/failure.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { GenerationRequest, Quote } from '../../providers/provider.ts';
import type { Session } from '../session.ts';
/** Adds to a rejection for lack of credits what is missing and what costs less; any other failure stays as it is. Free. */
export async function explainFunds(
  session: Session,
  contract: Contract,
  generation: GenerationRequest,
  refusal: Failure,
  deadline: number,
): Promise<Failure> {
  const isExplained = refusal.details.reason?.kind === 'shortOfCredits';
  if (refusal.code !== 'INSUFFICIENT_CREDITS' || isExplained) return refusal;
  const { api, provider } = session;
  const { model, payload } = generation;
  const quote = provider.can.quote
    ? await orFailure(api.once(provider.quote(model, payload), { deadline }))
    : null;
  // The rejection stands without a quote; it only has fewer details.
  const known = quote instanceof Failure ? null : quote;
  return shortOfCredits(contract, generation, known, refusal.message);
}

/** Returns the failure of a request that costs more than the balance, by the quote or by the rejection of its submit (HTTP 402). */
export function shortOfCredits(
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
  const balance = quote?.balance ?? Infinity;
  const most = price !== null && balance < price ? balance : null;
  const cheaper = price === null ? null : { ...cheaperThan(contract, payload, most ?? price - 1), most };
  const reason = { kind: 'shortOfCredits', cheaper } as const;
  return new Failure('INSUFFICIENT_CREDITS', `${said}${missing}`, { data, nothingSubmitted: true, reason });
}

export function cheaperThan(contract: Contract, payload: JsonObject, most: number): Cheaper {
  const variants = cheaperVariants(contract, payload, most + 1);
  return { model: contract.model, asOf: contract.price?.asOf, variants, most };
}
