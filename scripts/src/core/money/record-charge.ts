import { DAY_MS } from '../../model/clock.ts';
import { Failure } from '../../model/failure.ts';
import type { RecordChange } from '../../model/request-record.ts';
import type { RecordStore, StoredRequest } from '../../ports/record-store.ts';
import type { Quote } from '../../providers/provider.ts';
import type { Session } from '../session.ts';
import type { Caps } from './caps.ts';

/** Another process of this machine that submits the same request, or spends, gets this long, however short the wait. */
export const LEAST_PATIENCE_MS = 5_000;

/** A change of a record that is a charge, or may become one. */
interface Charge {
  store: RecordStore;
  entry: StoredRequest;
  change: RecordChange;
  quote: Quote | null;
  /** Credits that an earlier submit of the request may cost. */
  before?: number | undefined;
}

/**
 * Writes a charge into the record of its request, before anything is sent; with a cap on a period only where the recorded
 * charges of that stay within it. No other process can come in between.
 * @param deadline another process that holds the budget is waited for until then, at least 5 seconds
 * @throws Failure BUDGET_EXCEEDED
 */
export async function recordCharge(
  session: Session,
  { store, entry, change, quote, before = 0 }: Charge,
  { maxCreditsPerDay: limit }: Caps,
  deadline: number,
): Promise<void> {
  const isCapped = limit !== undefined && quote !== null;
  const budget = isCapped ? { windowMs: DAY_MS, limit, credits: quote.credits + before } : null;
  const { clock, signal, shortDeadline } = session.api;
  const patience = Math.min(shortDeadline, Math.max(deadline, clock.monotonic() + LEAST_PATIENCE_MS));
  const reserved = await store.reserve(entry, change, budget, patience, signal);
  if (reserved.kind === 'busy') {
    const { pid, host } = reserved.holder;
    const message = `Another process (${pid} on ${host}) has kept the day's budget to itself for too long.`;
    throw new Failure('UNKNOWN_ERROR', message, {
      nothingSubmitted: true,
      reason: { kind: 'budgetBusy' },
    });
  }
  if (isCapped && reserved.kind === 'exceeded') {
    const spent = reserved.spent === null ? null : reserved.spent + before;
    const quoted = quote.credits;
    throw new Failure('BUDGET_EXCEEDED', `The limit of a day, ${limit} credits, would be exceeded.`, {
      reason: { kind: 'aboveDay', quoted, spent, limit },
    });
  }
}
