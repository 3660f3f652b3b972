// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/spending.ts
import { recordedSpending } from "./generate.mjs";
import { systemClock } from "./main.mjs";
import { localJournal } from "./pending.mjs";
import { spendingOutcome } from "./live.mjs";
function spendingWithoutKey({ caller, ...where }) {
  const { args, environment } = where;
  if (environment.stateFolder === "") return null;
  const records = localJournal(where).all().map(({ record }) => record).filter(({ provider }) => provider === args.profile.id);
  if (records.length === 0) return null;
  const result = recordedSpending(records, args.since?.from ?? null, systemClock.wall());
  return spendingOutcome(result, caller);
}
export {
  spendingWithoutKey
};
