import type { TaskResult } from '../../core/result.ts';
import type { Failure } from '../../model/failure.ts';
import type { Caller } from './caller.ts';
import { definedFields, failed, type Outcome } from './envelope.ts';
import { explained } from './errors/explained.ts';
import { dataOf, stateOutcome, withFacts } from './state.ts';

export function taskOutcome(result: TaskResult, caller: Caller): Outcome {
  return 'failure' in result
    ? withFacts(result, failureOutcome(result, caller), caller)
    : stateOutcome(result, caller);
}

function failureOutcome(result: Extract<TaskResult, { failure: Failure }>, caller: Caller): Outcome {
  const { taskId, seen, failure } = result;
  const about = explained(failure, caller);
  if (result.kind === 'notCancelled') return failed(about, seen.state, taskId);
  const data = definedFields({ ...dataOf(result), ...about.details.data });
  return failed(about.with({ data }), seen.state, taskId);
}
