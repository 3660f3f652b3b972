import { recordedSpending } from '../core/spending.ts';
import { systemClock } from '../http/clock.ts';
import { type Local, localJournal } from './local-journal.ts';
import type { Caller } from './render/caller.ts';
import type { Outcome } from './render/envelope.ts';
import { spendingOutcome } from './render/spending.ts';

/**
 * Returns what the journal of this machine says was spent at one service, with any key. No network.
 * @returns null where the journal has no record of that service
 */
export function spendingWithoutKey({ caller, ...where }: Local & { caller: Caller }): Outcome | null {
  const { args, environment } = where;
  if (environment.stateFolder === '') return null;
  const records = localJournal(where)
    .all()
    .map(({ record }) => record)
    .filter(({ provider }) => provider === args.profile.id);
  if (records.length === 0) return null;
  const result = recordedSpending(records, args.since?.from ?? null, systemClock.wall());
  return spendingOutcome(result, caller);
}
