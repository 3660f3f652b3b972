// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/actions/spending-without-key.ts
import { otherRequests, recordedSpending } from "./generate.mjs";
import { dayOf, systemClock } from "./main.mjs";
import { spendingOutcome } from "./wait.mjs";
async function spendingWithoutKey(journal, args, caller) {
  const since = args.since ?? null;
  const all = await journal.spending(0);
  const rows = all.filter(({ provider }) => provider === args.profile.id);
  if (rows.length === 0) return null;
  const isOfSpan = ({ day }) => since === null || day >= dayOf(since);
  const unreadable = await journal.unreadable(since ?? 0);
  const result = recordedSpending(rows.filter(isOfSpan), since, systemClock.wall(), unreadable);
  const others = otherRequests(all.filter(isOfSpan), args.profile.id);
  return spendingOutcome({ ...result, others }, caller);
}
export {
  spendingWithoutKey
};
