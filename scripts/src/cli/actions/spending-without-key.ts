import { recordedSpending } from '../../core/money/spending.ts';
import { dayOf, systemClock } from '../../model/clock.ts';
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
  const rows = (await journal.spending(0)).filter(({ provider }) => provider === args.profile.id);
  if (rows.length === 0) return null;
  const ofSpan = rows.filter(({ day }) => since === null || day >= dayOf(since));
  const result = recordedSpending(ofSpan, since, systemClock.wall(), await journal.unreadable(since ?? 0));
  return spendingOutcome(result, caller);
}
