import { Failure } from '../../model/failure.ts';
import type { RecordChange } from '../../model/request-record.ts';
import type { RecordStore, StoredRequest } from '../../ports/record-store.ts';
import type { Quote } from '../../providers/provider.ts';
import type { Session } from '../session.ts';

const DAY_MS = 24 * 3600_000;

/**
 * Stores a change of a request unless the recorded charges of the last 24 hours, with it, would go above a limit. No other
 * process can come in between.
 * @param before what an earlier submit of the request may cost
 * @throws Failure BUDGET_EXCEEDED
 */
export async function withinDay(
  session: Session,
  store: RecordStore,
  maxCreditsPerDay: number | null,
  quote: Quote | null,
  entry: StoredRequest,
  change: RecordChange,
  before = 0,
): Promise<void> {
  const isLimited = maxCreditsPerDay !== null && quote !== null;
  const credits = (quote?.credits ?? 0) + before;
  const budget = isLimited ? { windowMs: DAY_MS, limit: maxCreditsPerDay, credits } : null;
  const reserved = await store.reserve(entry, change, budget, session.api.shortDeadline, session.api.signal);
  if (reserved.kind === 'busy') {
    const { pid, host } = reserved.holder;
    throw new Failure(
      'UNKNOWN_ERROR',
      `Another process (${pid} on ${host}) has kept the day's budget to itself for too long; nothing was submitted.`,
      { reason: { kind: 'budgetBusy' } },
    );
  }
  if (reserved.kind === 'exceeded') {
    const spent = reserved.spent === null ? null : reserved.spent + before;
    throw dayExceeded(spent, quote!.credits, maxCreditsPerDay!);
  }
}

function dayExceeded(spent: number | null, quoted: number, limit: number): Failure {
  return new Failure('BUDGET_EXCEEDED', `The limit of a day, ${limit} credits, would be exceeded.`, {
    data: { quoted, spentToday: spent, maxCreditsPerDay: limit },
    reason: { kind: 'aboveDay', quoted, spent, limit },
  });
}
