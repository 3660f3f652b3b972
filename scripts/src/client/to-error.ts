import { type ErrorCode as CoreCode, type Failure, wholeMessage } from '../model/failure.ts';
import { redact } from '../model/text.ts';
import * as errors from './errors.ts';

const CLASSES: Partial<Record<CoreCode, typeof errors.ClientError>> = {
  INVALID_MODEL: errors.InvalidRequestError,
  INVALID_PAYLOAD: errors.InvalidRequestError,
  AUTH_FAILED: errors.AuthenticationError,
  RATE_LIMITED: errors.RateLimitError,
  INSUFFICIENT_CREDITS: errors.InsufficientCreditsError,
  BUDGET_EXCEEDED: errors.BudgetExceededError,
  IDEMPOTENCY_CONFLICT: errors.IdempotencyConflictError,
  TASK_NOT_FOUND: errors.TaskNotFoundError,
  NETWORK_ERROR: errors.ConnectionError,
  CANCEL_REJECTED: errors.CancelRejectedError,
  SUBMIT_OUTCOME_UNKNOWN: errors.SubmitUnknownError,
  DOWNLOAD_FAILED: errors.DownloadError,
};

/** Everything that a service or the network said is cleared of the key. @param more facts that the failure does not know */
export function toError(
  failure: Failure,
  key: string,
  more: errors.ClientErrorDetails = {},
): errors.ClientError {
  const { retryAfter, taskId, status, issues = [], transient } = failure.details;
  const clean = (text: string) => redact(text, [key]);
  const Class = CLASSES[failure.code] ?? errors.ClientError;
  const cause = more.cause ?? networkCause(failure, clean);
  // That a task failed or was cancelled is a result here.
  const code = failure.code as Exclude<CoreCode, 'GENERATION_FAILED' | 'TASK_CANCELLED'>;
  const said = issues.map((one) => ({ ...one, received: clean(one.received), hint: clean(one.hint) }));
  const details = { retryAfter, taskId, state: status, transient, issues: said, ...more, cause };
  return new Class(code, clean(wholeMessage(failure)), details as errors.ClientErrorDetails);
}

/** The error at the root, as its code and words alone: the objects of sockets and answers hold more than belongs into a log. */
function networkCause(failure: Failure, clean: (text: string) => string): Error | undefined {
  let found: Error | undefined;
  for (let error = failure.cause, depth = 0; error instanceof Error && depth < 6; depth += 1) {
    if ('code' in error && error.name !== 'Failure') found = error;
    error = error.cause;
  }
  if (!found) return undefined;
  const root = new Error(clean(found.message));
  return Object.assign(root, { code: String((found as NodeJS.ErrnoException).code) });
}
