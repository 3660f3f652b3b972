import type { TaskResult } from '../../core/result.ts';
import { isTerminal } from '../../model/task.ts';
import { EXIT } from '../exit-codes.ts';
import type { Caller } from './caller.ts';
import { definedFields, failed, type Outcome } from './envelope.ts';
import { explained } from './errors/explained.ts';
import { dataOf, stateOutcome, withFacts } from './state.ts';

export function taskOutcome(result: TaskResult, caller: Caller): Outcome {
  if (!('failure' in result)) return stateOutcome(result, caller);
  const { kind, taskId, seen, failure } = result;
  const about = explained(failure, caller);
  const { data } = about.details;
  if (kind !== 'notCancelled') {
    const known = about.with({ data: definedFields({ ...dataOf(result), ...data }) });
    return withFacts(result, failed(known, seen.state, taskId), caller);
  }
  // One that came too late is about the task's end, one that was rejected before it about a task that runs.
  const exitCode = isTerminal(seen.state) ? EXIT.taskEnded : EXIT.stillRunning;
  return { ...withFacts(result, failed(about, seen.state, taskId), caller), exitCode };
}
