import { heeded, pauseAfter, RETRY_PAUSES } from '../../http/retry.ts';
import type { Failure } from '../../model/failure.ts';

/**
 * Returns the milliseconds that the next poll of a task waits at least, after polls that failed: by a 404, or otherwise.
 * Where many tasks are polled, their queries are spread, but none is sent sooner.
 * @param failure of the last poll; absent where that was answered
 * @param failures how many polls have failed in a row
 */
export function pauseAfterFailure(
  failure: Failure | undefined,
  failures: number,
  random: () => number,
): number {
  return failure ? pauseAfter(heeded(failure), failures, RETRY_PAUSES, random) : 0;
}
