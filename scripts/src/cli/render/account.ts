import type { AccountResult, QuoteResult } from '../../core/money/account.ts';
import { unlessEmpty } from '../../model/json.ts';
import { EXIT } from '../exit-codes.ts';
import type { Caller } from './caller.ts';
import { type Outcome, success, upstream } from './envelope.ts';
import { cheaperSteps } from './errors/insufficient-credits.ts';

export function quoteOutcome(
  { model, quote, estimate, missing, cheaper }: QuoteResult,
  { profile }: Caller,
): Outcome {
  const { credits, balance, affordable, record } = quote;
  const nextSteps = cheaper
    ? [`${missing} credits are missing. ${profile.says.credits}`, ...cheaperSteps(cheaper)]
    : affordable === false
      ? [`The service says that the balance is too small. ${profile.says.credits}`]
      : [
          `Tell the user the price (${credits} credits), then submit once with --maxCredits ${credits}. Media and content are checked only then.`,
        ];
  const data = {
    ...{ model, credits, currentBalance: balance, affordable },
    estimate: estimate ? { ...estimate, note: 'The quote counts.' } : undefined,
    nextSteps,
  };
  return success(null, null, { ...data, ...upstream(record) }, EXIT.done);
}

export function accountOutcome(
  { account: { balance, models, record }, contracts, notListedByService, withoutContract }: AccountResult,
  { profile: { title } }: Caller,
): Outcome {
  const nextSteps: string[] = [];
  if (models.length > 0 && notListedByService.length > 0)
    nextSteps.push(
      `${title} does not list ${notListedByService.join(', ')} today: a submit of it may be refused.`,
    );
  if (withoutContract.length > 0)
    nextSteps.push(
      `${title} lists ${withoutContract.join(', ')}, which has no contract here: references/add-a-model.md tells how to add one.`,
    );
  const data = {
    currentBalance: balance,
    supportedModels: models,
    contracts: { models: contracts, notListedByService, withoutContract },
    nextSteps: unlessEmpty(nextSteps),
  };
  return success(null, null, { ...data, ...upstream(record) }, EXIT.done);
}
