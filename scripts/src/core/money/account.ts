import type { Contract } from '../../contracts/contract.ts';
import { estimateCredits } from '../../contracts/price/estimate.ts';
import { nameOfPayload, newestOf } from '../../model/claim-rules.ts';
import { type Cheaper, Failure, orFailure } from '../../model/failure.ts';
import { jsonHash } from '../../model/fingerprint.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { OtherAccount } from '../../model/submit-facts.ts';
import type { Account, ProviderRequest, Quote } from '../../providers/provider.ts';
import { otherAccountOf } from '../record/other-account.ts';
import type { Session } from '../session.ts';
import { askPrice } from './check-price.ts';
import { cheaperThan } from './short-of-credits.ts';

export interface QuoteResult {
  kind: 'quote';
  model: string;
  quote: Quote;
  /** The contract's estimate, where it is another one than the service's price. */
  estimate: { credits: number; asOf: string | null } | null;
  missing: number;
  cheaper: Cheaper | null;
  /** The newest record of this request: then the same submit makes no new task. Null: there is none, or none that can be read. */
  known: RequestRecord | null;
  /** What is on record of the same request under another key or address, where there is no record under this one. */
  other: OtherAccount | null;
}

/**
 * Returns the service's own price of a payload; the service checks the fields too. Free; makes no task.
 * @throws Failure BUDGET_EXCEEDED where it is above the limit of the request, unless that has a task: it costs nothing more
 */
export async function quote(
  session: Session,
  { contract, generation }: { contract: Contract; generation: ProviderRequest },
): Promise<QuoteResult> {
  const { model, payload } = generation;
  const recorded = await orFailure(recordedOf(session, generation));
  // The price is known without the records.
  const found = recorded instanceof Failure ? NOT_RECORDED : recorded;
  const isCharged = typeof found.known?.taskId === 'string';
  const unlimited = { model, payload, idempotencyKey: '' };
  const answer = await askPrice(session, contract, isCharged ? unlimited : generation);
  const { credits, balance } = answer;
  const estimate = estimateCredits(contract, payload);
  const missing = balance === null ? 0 : Math.max(0, credits - balance);
  const isOther = estimate !== null && estimate !== credits;
  return {
    kind: 'quote',
    model,
    quote: answer,
    estimate: isOther ? { credits: estimate, asOf: contract.price?.asOf ?? null } : null,
    missing,
    cheaper: missing > 0 ? cheaperThan(contract, payload, balance ?? 0) : null,
    ...found,
  };
}

const NOT_RECORDED = { known: null, other: null };

async function recordedOf(
  session: Session,
  { model, payload, idempotencyKey }: ProviderRequest,
): Promise<Pick<QuoteResult, 'known' | 'other'>> {
  const store = await session.records();
  const which = { model, payloadHash: jsonHash(payload), ordinal: 1 };
  if (!store) return NOT_RECORDED;
  const entry = newestOf(await store.allOf(nameOfPayload(which, store.place)));
  if (entry !== undefined) return { known: entry?.record ?? null, other: null };
  const other = await otherAccountOf(store, { ...which, isNamed: false, idempotencyKey });
  return { known: null, other: other ?? null };
}

export interface AccountResult {
  kind: 'account';
  account: Account;
  contracts: string[];
  notListedByService: string[];
  withoutContract: string[];
}

/** Asks for the account of the key, and compares its models with the contracts. */
export async function account(session: Session, contracts: string[]): Promise<AccountResult> {
  const { api, provider } = session;
  const found = await api.read(provider.account());
  const notListedByService = contracts.filter((model) => !found.models.includes(model));
  const withoutContract = found.models.filter((model) => !contracts.includes(model));
  return { kind: 'account', account: found, contracts, notListedByService, withoutContract };
}
