import type { TaskResult } from '../../core/result.ts';
import type { Caller } from './caller.ts';
import { definedFields, failed, type Outcome } from './envelope.ts';
import { explained } from './errors/explained.ts';
import { dataOf, stateOutcome, withFacts } from './state.ts';

export function taskOutcome(result: TaskResult, caller: Caller): Outcome {
  if (!('failure' in result)) return stateOutcome(result, caller);
  const { kind, taskId, seen, failure } = result;
  const about = explained(failure, caller);
  const { data } = about.details;
  const known = kind === 'notCancelled' ? data : definedFields({ ...dataOf(result), ...data });
  return withFacts(result, failed(about.with({ data: known }), seen.state, taskId), caller);
}
