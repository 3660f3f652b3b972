import type { Failure, Issue } from '../../../model/failure.ts';
import type { Reason, ReasonOf } from '../../../model/reason.ts';
import type { Caller } from '../caller.ts';
import { BUDGET } from './budget.ts';
import { MODEL } from './model.ts';
import { PLACE } from './place.ts';
import { SUBMIT } from './submit.ts';

/** What an answer says of a reason. */
export interface Said {
  /** Where it has to name flags or variables, which the failure itself does not know. */
  message?: string;
  issues?: Issue[];
  /** Sentences, or commands that run as they stand. */
  nextSteps: string[];
}

export type Explained = { [K in Reason['kind']]: (reason: ReasonOf<K>, caller: Caller) => Said };

const REASONS: Explained = { ...BUDGET, ...SUBMIT, ...PLACE, ...MODEL };

/** Returns the message and the next steps for the reason of a failure; no steps where it has none. */
export function said({ details: { reason } }: Failure, caller: Caller): Said {
  if (reason === undefined) return { nextSteps: [] };
  // The table has a function for each kind, which takes the reasons of that kind.
  const explain = REASONS[reason.kind] as (reason: Reason, caller: Caller) => Said;
  return explain(reason, caller);
}

export function messageOf(failure: Failure, caller: Caller): string {
  return said(failure, caller).message ?? failure.message;
}
