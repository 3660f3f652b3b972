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
  const unfinished = (await journal.pending()).filter(
    ({ record: { provider, phase, created } }) => provider === args.profile.id && phase !== "submitted" && (since === null || Date.parse(created) >= since)
  );
  const spent = rows.filter(isOfSpan);
  const result = recordedSpending(spent, since, systemClock.wall(), unreadable, unfinished.length);
  const others = otherRequests(all.filter(isOfSpan), args.profile.id);
  return spendingOutcome({ ...result, others }, caller);
}
export {
  spendingWithoutKey
};
