import type { Failure, Issue, Reason, ReasonOf } from '../../../model/failure.ts';
import type { Caller } from '../caller.ts';

/** What an answer says of a reason. */
export interface Said {
  /** Where it has to name flags or variables, which the failure itself does not know. */
  message?: string;
  issues?: Issue[] | undefined;
  /** Sentences, or commands that run as they stand. */
  nextSteps: string[];
}

/** @param messageOf returns what the answer says of another failure, which this one carries */
export type Explain<R extends Reason> = (
  reason: R,
  caller: Caller,
  messageOf: (failure: Failure) => string,
) => Said;

export type Explained = { [K in Reason['kind']]: Explain<ReasonOf<K>> };
