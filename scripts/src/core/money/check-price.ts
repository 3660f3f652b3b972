import type { Contract } from '../../contracts/contract.ts';
import { datedEstimate } from '../../contracts/price/estimate.ts';
import { type DatedEstimate, Failure } from '../../model/failure.ts';
import type { ProviderRequest, Quote } from '../../providers/provider.ts';
import type { Session } from '../session.ts';
import { type Caps, isCapped } from './caps.ts';
import { cheaperThan, shortOfCredits } from './short-of-credits.ts';

/**
 * Compares the price, which is free to query, with the limit and the balance before anything is submitted. For a service
 * without quotes, compares the limit with the contract's estimate.
 * @param caps the cap of a day needs the price, too, and is checked in `record-charge.ts`
 * @param deadline the query does not outlast it by more than 5 seconds
 * @returns the quote; null where nothing limits the price
 * @throws Failure BUDGET_EXCEEDED or INSUFFICIENT_CREDITS; the quote's own failure when there is none to be had
 */
export async function checkPrice(
  session: Session,
  contract: Contract,
  generation: ProviderRequest,
  caps: Caps,
  deadline: number,
): Promise<Quote | null> {
  if (!isCapped({ ...caps, maxCredits: generation.maxCredits })) return null;
  if (!session.provider.can.quote) {
    // An estimate does not say what the requests of a day cost.
    if (caps.maxCreditsPerDay !== undefined)
      throw new Error('A limit for a day needs a service that quotes prices.');
    checkEstimate(session.provider.title, contract, generation);
    return null;
  }
  const quote = await askPrice(session, contract, generation, deadline);
  if (quote.affordable === false || (quote.balance !== null && quote.balance < quote.credits)) {
    throw shortOfCredits(contract, generation, quote, 'The quote says that the balance is too small.');
  }
  return quote;
}

/** @throws Failure BUDGET_EXCEEDED where the contract's estimate may be above the limit, INVALID_PAYLOAD where there is none */
function checkEstimate(title: string, contract: Contract, { model, payload, maxCredits }: ProviderRequest) {
  if (maxCredits === undefined) return;
  const dated = datedEstimate(contract, payload);
  if (dated === null) {
    throw new Failure('INVALID_PAYLOAD', `No estimate is known for these fields of ${model}.`, {
      reason: { kind: 'noEstimate', title, model, maxCredits },
    });
  }
  if (dated.most <= maxCredits) return;
  const cheaper = cheaperThan(contract, payload, maxCredits);
  throw new Failure('BUDGET_EXCEEDED', `The estimate is above the limit of ${maxCredits} credits.`, {
    reason: { kind: 'estimateAboveCap', title, estimate: dated, maxCredits, cheaper },
  });
}

/** Returns the estimate that the limit of a submitted request was compared with; undefined where there was none. */
export function comparedEstimate(
  { provider }: Pick<Session, 'provider'>,
  contract: Contract,
  { payload, maxCredits }: ProviderRequest,
): DatedEstimate | undefined {
  const isCompared = maxCredits !== undefined && !provider.can.quote;
  return (isCompared && datedEstimate(contract, payload)) || undefined;
}

/** Returns the service's price of a request; the query is free. @throws Failure BUDGET_EXCEEDED where it is above its limit */
export async function askPrice(
  session: Session,
  contract: Contract,
  generation: ProviderRequest,
  deadline = Infinity,
): Promise<Quote> {
  const { api, provider } = session;
  const { model, payload, maxCredits } = generation;
  const retryUntil = Math.min(deadline, api.shortDeadline);
  const quote = await api.read(provider.quote(model, payload), { retryUntil, deadline });
  const { credits: quoted, record } = quote;
  if (maxCredits === undefined || quoted <= maxCredits) return quote;
  const cheaper = cheaperThan(contract, payload, maxCredits);
  throw new Failure('BUDGET_EXCEEDED', `The price is above the limit of ${maxCredits} credits.`, {
    record,
    reason: { kind: 'quoteAboveCap', quoted, maxCredits, cheaper },
  });
}
