import type { Contract } from '../../contracts/contract.ts';
import { cheaperVariants, estimateCredits } from '../../contracts/price/estimate.ts';
import { type Cheaper, Failure, orFailure } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ProviderRequest, Quote } from '../../providers/provider.ts';
import type { Session } from '../session.ts';

/** Adds to a rejection for lack of credits what is missing and what costs less; any other failure stays as it is. Free. */
export async function explainFunds(
  session: Session,
  contract: Contract,
  generation: ProviderRequest,
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
  { payload }: ProviderRequest,
  quote: Quote | null,
  said: string,
): Failure {
  const { credits: quoted, balance } = quote ?? {};
  const price = quoted ?? estimateCredits(contract, payload);
  const most = price !== null && typeof balance === 'number' && balance < price ? balance : null;
  const cheaper = price === null ? null : { ...cheaperThan(contract, payload, most ?? price - 1), most };
  const missing = quoted === undefined || most === null ? undefined : quoted - most;
  const why =
    missing === undefined
      ? said
      : `${said} It costs ${quoted} credits, the balance is ${balance}: ${missing} are missing.`;
  return new Failure('INSUFFICIENT_CREDITS', why, {
    nothingSubmitted: true,
    reason: { kind: 'shortOfCredits', quoted, balance, missing, cheaper },
  });
}

export function cheaperThan(contract: Contract, payload: JsonObject, most: number): Cheaper {
  const variants = cheaperVariants(contract, payload, most + 1);
  return { model: contract.model, asOf: contract.price?.asOf, variants, most };
}
