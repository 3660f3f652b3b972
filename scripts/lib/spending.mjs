// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/actions/spending-without-key.ts
import { recordedSpending } from "./generate.mjs";
import { dayOf, systemClock } from "./main.mjs";
import { spendingOutcome } from "./wait.mjs";
async function spendingWithoutKey(journal, args, caller) {
  const since = args.since ?? null;
  const rows = (await journal.spending(0)).filter(({ provider }) => provider === args.profile.id);
  if (rows.length === 0) return null;
  const ofSpan = rows.filter(({ day }) => since === null || day >= dayOf(since));
  const result = recordedSpending(ofSpan, since, systemClock.wall(), await journal.unreadable(since ?? 0));
  return spendingOutcome(result, caller);
}
export {
  spendingWithoutKey
};
