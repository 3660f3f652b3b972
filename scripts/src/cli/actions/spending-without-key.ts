import { otherRequests, recordedSpending } from '../../core/money/spending.ts';
import { dayOf, systemClock } from '../../model/clock.ts';
import type { SpendingRow } from '../../model/spending-row.ts';
import type { Journal } from '../../stores/file/journal.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Caller } from '../render/caller.ts';
import type { Outcome } from '../render/envelope.ts';
import { spendingOutcome } from '../render/spending.ts';

/**
 * Returns what the journal of this machine says was spent at one service, with any key. No network.
 * @returns null where the journal has no record of that service
 */
export async function spendingWithoutKey(
  journal: Journal,
  args: Arguments,
  caller: Caller,
): Promise<Outcome | null> {
  const since = args.since ?? null;
  const all = await journal.spending(0);
  const rows = all.filter(({ provider }) => provider === args.profile.id);
  if (rows.length === 0) return null;
  const isOfSpan = ({ day }: SpendingRow) => since === null || day >= dayOf(since);
  const unreadable = await journal.unreadable(since ?? 0);
  const result = recordedSpending(rows.filter(isOfSpan), since, systemClock.wall(), unreadable);
  const others = otherRequests(all.filter(isOfSpan), args.profile.id);
  return spendingOutcome({ ...result, others }, caller);
}
