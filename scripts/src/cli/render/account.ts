import type { AccountResult } from '../../core/money/account.ts';
import type { Caller } from './caller.ts';
import { done, type Outcome, upstream } from './envelope.ts';

/** Returns the answer to `account`. */
export function accountOutcome(
  { account: { balance, models, record }, contracts, notListedByService, withoutContract }: AccountResult,
  { profile: { title } }: Caller,
): Outcome {
  const add = `${title} lists ${withoutContract.join(', ')}, which has no contract here: references/add-a-model.md tells how to add one.`;
  const data = {
    currentBalance: balance,
    supportedModels: models,
    contracts: { models: contracts, notListedByService, withoutContract },
    nextSteps: withoutContract.length > 0 ? [add] : undefined,
  };
  return done({ ...data, ...upstream(record) });
}
