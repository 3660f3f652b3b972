import type { Cheaper } from '../../../model/failure.ts';
import type { Explained } from './explained.ts';

/** What failures for lack of credits, or because of a limit, say. */
export const BUDGET = {
  noEstimate: ({ title, model, maxCredits }) => {
    const hint = `leave --maxCredits out, after checking the price of ${model} yourself`;
    const expected = `a model and fields with a known price, as ${title} documents no price before a submit`;
    return {
      message: `--maxCredits cannot be held: no estimate is known for these fields of ${model}, and ${title} documents no price before a submit. Nothing was submitted.`,
      issues: [{ path: '--maxCredits', expected, received: String(maxCredits), hint }],
      nextSteps: [hint],
    };
  },
  estimateAboveCap: ({ title, estimate: { least, most, asOf }, maxCredits, cheaper }) => {
    const cost = least === most ? String(most) : `${least} to ${most}`;
    return {
      message: `By an estimate (prices of ${asOf}) this would cost ${cost} credits; --maxCredits allows ${maxCredits}. ${title} documents no price before a submit. Nothing was submitted.`,
      nextSteps: [
        ...cheaperSteps(cheaper),
        `Ask the user whether ${cost} credits, an estimate, are fine; then submit with --maxCredits ${most}.`,
      ],
    };
  },
  quoteAboveCap: ({ quoted, maxCredits, cheaper }) => ({
    message: `This would cost ${quoted} credits; --maxCredits allows ${maxCredits}. Nothing was submitted.`,
    nextSteps: [
      ...cheaperSteps(cheaper),
      `Ask the user whether ${quoted} credits are fine; then submit with --maxCredits ${quoted}.`,
    ],
  }),
  linesAboveCap: ({ lines, maxCredits }) => ({
    message: `${lines.length === 1 ? `Line ${lines[0]} costs` : `${lines.length} lines cost`} more than --maxCredits ${maxCredits} each. Nothing was submitted.`,
    nextSteps: [
      `The first of them: line ${lines[0]}. Shorten these lines, or ask the user for a higher --maxCredits.`,
    ],
  }),
  sumAboveCap: ({ quoted, maxTotalCredits }) => ({
    nextSteps: [
      `Ask the user for --maxTotalCredits ${quoted}, or take lines out. What has been submitted before is not charged again (${maxTotalCredits} credits are the limit now).`,
    ],
  }),
  lineWithoutEstimate: ({ line, model, title }) => ({
    nextSteps: [
      `${title} documents no price before a submit, and no estimate of ${model} is known here. Leave --maxTotalCredits and --maxCredits out after a yes to an unknown price, or take line ${line} out.`,
    ],
  }),
  lineChanged: () => ({
    nextSteps: [
      'The file of the batch was changed while it ran. The same command takes its lines as they are now.',
    ],
  }),
  wrongLines: () => ({
    nextSteps: ['Correct these lines and run the same command again. Nothing was submitted or charged.'],
  }),
  aboveDay: ({ quoted, spent, limit }, { profile, command }) => {
    const so =
      spent === null
        ? 'What a recorded request of the last 24 hours cost is not known'
        : `The recorded requests of the last 24 hours cost or may have cost up to ${spent} credits, and this one costs ${quoted}`;
    return {
      message: `${so}; --maxCreditsPerDay allows ${limit}. Nothing was submitted.`,
      nextSteps: [
        ...(profile.can.account ? [command('account')] : []),
        'Ask the user for a higher limit, or wait until the oldest charge is a day old.',
      ],
    };
  },
  budgetBusy: (_, { same }) => ({ nextSteps: ['Run the same command again a little later.', same] }),
  olderVersion: (_, { same }) => ({
    nextSteps: [
      'Update every copy of the skill that uses this state folder. Run the same command again when that process has ended.',
      same,
    ],
  }),
  shortOfCredits: ({ cheaper }, { profile }) => ({
    nextSteps: [...(cheaper ? cheaperSteps(cheaper) : []), profile.says.credits],
  }),
} satisfies Partial<Explained>;

/** Forms of a request that cost less, as literals to put into the payload; or that there are none. */
export function cheaperSteps({ model, asOf, variants, most }: Cheaper): string[] {
  // That nothing is free need not be said.
  if (variants.length === 0 && most !== null && most > 0)
    return [`No form of ${model} is known that costs at most ${most} credits.`];
  return variants.map(
    ({ change, credits }) =>
      `Cheaper: ${JSON.stringify(change).slice(1, -1)} in the payload, about ${credits} credit${credits === 1 ? '' : 's'} (an estimate of ${asOf}).`,
  );
}
