import type { Cheaper, Fit, SumAboveCap } from '../../../model/failure.ts';
import { definedFields } from '../envelope.ts';
import { sentences } from '../sentences.ts';
import type { Words } from './said.ts';

// INSUFFICIENT_CREDITS (HTTP 402, or a balance below the price) and BUDGET_EXCEEDED.
export const CREDITS = {
  // The message, with the missing amount: `core/money/short-of-credits.ts`.
  shortOfCredits: ({ quoted, balance, missing, cheaper, fit }, { profile }) => ({
    data: definedFields({ quoted, balance, missing }),
    nextSteps: [
      cheaper && cheaperSteps(cheaper),
      fit !== undefined &&
        fit.lines > 0 &&
        `The first ${fit.lines} of ${fit.of} lines fit: take the others out, or buy credits first.`,
      profile.says.credits,
    ],
  }),
  BUDGET_EXCEEDED: () => [
    'Nothing was submitted. Ask the user for a higher limit, or choose a cheaper model or duration.',
  ],
  estimateAboveCap: ({ title, estimate, maxCredits, cheaper }) => {
    const { least, most, asOf } = estimate;
    const cost = least === most ? String(most) : `${least} to ${most}`;
    return {
      message: `By an estimate (prices of ${asOf}) this would cost ${cost} credits; --maxCredits allows ${maxCredits}. ${title} documents no price before a submit.`,
      nothingSubmitted: true,
      data: { estimate, maxCredits },
      nextSteps: [
        cheaperSteps(cheaper),
        `Ask the user whether ${cost} credits, an estimate, are fine; then submit with --maxCredits ${most}.`,
      ],
    };
  },
  quoteAboveCap: ({ quoted, maxCredits, cheaper }) => ({
    message: `This would cost ${quoted} credits; --maxCredits allows ${maxCredits}.`,
    nothingSubmitted: true,
    data: { quoted, maxCredits },
    nextSteps: [
      cheaperSteps(cheaper),
      `Ask the user whether ${quoted} credits are fine; then submit with --maxCredits ${quoted}.`,
    ],
  }),
  linesAboveCap: ({ lines, most, maxCredits, sum }) => ({
    message: sentences(
      `${lines.length === 1 ? `Line ${lines[0]} costs ${most} credits` : `${lines.length} lines cost up to ${most} credits each`}; --maxCredits allows ${maxCredits}.`,
      sum &&
        `The lines that are not charged yet cost ${sum.quoted} credits; --maxTotalCredits allows ${sum.maxTotalCredits}.`,
    ).join(' '),
    nothingSubmitted: true,
    data: definedFields({ quoted: most, maxCredits, maxTotalCredits: sum?.maxTotalCredits }),
    nextSteps: [
      `Ask the user whether ${most} credits for a line are fine; then submit with --maxCredits ${most}. Or take the lines that cost more than ${maxCredits} out, or choose a cheaper model or duration for them, where there is one (data.items has the prices; the first is line ${lines[0]}).`,
      sum && sumStep(sum),
    ],
  }),
  sumAboveCap: (sum) => ({
    data: sum.fit && { quoted: sum.quoted, maxTotalCredits: sum.maxTotalCredits },
    nextSteps: [sumStep(sum)],
  }),
  aboveDay: ({ quoted, spent, limit }, { profile, command }) => {
    const so =
      spent === null
        ? 'What a recorded request of the last 24 hours cost is not known'
        : `The recorded requests of the last 24 hours cost or may have cost up to ${spent} credits, and this one costs ${quoted}`;
    return {
      message: `${so}; --maxCreditsPerDay allows ${limit}.`,
      nothingSubmitted: true,
      data: { quoted, spentToday: spent, maxCreditsPerDay: limit },
      nextSteps: [
        profile.can.account && command('account'),
        'Ask the user for a higher limit, or wait until the oldest charge is a day old.',
      ],
    };
  },
} satisfies Partial<Words>;

function sumStep({ quoted, maxTotalCredits, fit }: SumAboveCap): string {
  const fits = fit ? `: ${fitWords(fit, maxTotalCredits)}` : '';
  return `Ask the user for --maxTotalCredits ${quoted} (now it is ${maxTotalCredits}${fits}), or take lines out. It counts only the new charges of this run; what has been submitted before is not charged again.`;
}

function fitWords({ lines, of, cheapest }: Fit, cap: number): string {
  if (lines > 0) return `the first ${lines} of ${of} lines fit`;
  // The lines count in their order: one behind the first may be cheap enough.
  return `${cheapest > cap ? 'no line fits' : 'the first line does not fit'}, the cheapest costs ${cheapest}`;
}

/** Returns forms of a request that cost less, as literals to put into the payload; or that there are none. */
export function cheaperSteps({ model, asOf, variants, most }: Cheaper): string[] {
  // That nothing is free need not be said.
  if (variants.length === 0 && most !== null && most > 0)
    return [`No form of ${model} is known that costs at most ${most} credits.`];
  return variants.map(
    ({ change, credits }) =>
      `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credit${credits === 1 ? '' : 's'} (an estimate of ${asOf}).`,
  );
}
