import type { ErrorCode, Failure, Reason, ReasonOf } from '../../../model/failure.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Advice } from '../../advised-failure.ts';
import type { Caller } from '../caller.ts';
import type { Sentences } from '../sentences.ts';

/** What an answer says of a failure. */
export interface Said extends Pick<Advice, 'nothingSubmitted' | 'issues'> {
  /** Where it has to name flags or variables, which the failure itself does not know. */
  message?: string | undefined;
  /** The facts that the answer names. */
  data?: JsonObject | undefined;
  nextSteps: Sentences;
}

/** @param messageOf returns what the answer says of another failure, which this one carries */
export type ByReason<R extends Reason> = (
  reason: R,
  caller: Caller,
  messageOf: (failure: Failure) => string,
) => Said | Sentences;

/** Of a failure of which nothing is known but its error code. @param taskId the task that it is about */
export type ByCode = (failure: Failure, caller: Caller, taskId: string | null) => Sentences;

/**
 * What is said of the failures of an error code: by the reason of a failure, or its next steps by the code alone. The codes
 * that end with the same exit code share a file here; the ends of a task stand in `task-ended.ts`. A failure whose message
 * names no flag keeps the one with which it was thrown.
 */
export type Words = { [K in Reason['kind']]: ByReason<ReasonOf<K>> } & { [C in ErrorCode]?: ByCode };
