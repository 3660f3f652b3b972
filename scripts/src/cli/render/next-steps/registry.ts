import type { Failure, Reason } from '../../../model/failure.ts';
import type { Caller } from '../caller.ts';
import { BUDGET } from './credits.ts';
import type { Explain, Explained, Said } from './explained.ts';
import { MODEL } from './model.ts';
import { PLACE } from './place.ts';
import { SUBMIT } from './submit.ts';

const REASONS: Explained = { ...BUDGET, ...SUBMIT, ...PLACE, ...MODEL };

/** Returns the message and the next steps for the reason of a failure; no steps where it has none. */
export function said({ details: { reason } }: Failure, caller: Caller): Said {
  if (reason === undefined) return { nextSteps: [] };
  // The table has a function for each kind, which takes the reasons of that kind.
  const explain = REASONS[reason.kind] as Explain<Reason>;
  return explain(reason, caller, (other) => messageOf(other, caller));
}

function messageOf(failure: Failure, caller: Caller): string {
  return said(failure, caller).message ?? failure.message;
}
