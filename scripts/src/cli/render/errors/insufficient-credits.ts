import type { Cheaper } from '../../../model/failure.ts';
import type { Words } from './said.ts';

// HTTP 402, or a balance below the price. The message, with the missing amount: `core/money/short-of-credits.ts`.
export const INSUFFICIENT_CREDITS = {
  shortOfCredits: ({ cheaper }, { profile }) => [
    ...(cheaper ? cheaperSteps(cheaper) : []),
    profile.says.credits,
  ],
} satisfies Partial<Words>;

/** Returns forms of a request that cost less, as literals to put into the payload; or that there are none. */
export function cheaperSteps({ model, asOf, variants, most }: Cheaper): string[] {
  if (variants.length === 0 && most !== null)
    return [`No form of ${model} is known that costs at most ${most} credits.`];
  return variants.map(
    ({ change, credits }) =>
      `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credit${credits === 1 ? '' : 's'} (an estimate of ${asOf}).`,
  );
}
