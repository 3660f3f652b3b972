import { type ErrorCode as CoreCode, type Failure, wholeMessage } from '../model/failure.ts';
import { redact } from '../model/text.ts';
import {
  AuthenticationError,
  BudgetExceededError,
  CancelRejectedError,
  ClientError,
  type ClientErrorDetails,
  ConnectionError,
  DownloadError,
  IdempotencyConflictError,
  InsufficientCreditsError,
  InvalidRequestError,
  RateLimitError,
  SubmitUnknownError,
  TaskNotFoundError,
} from './errors.ts';

const CLASSES: Partial<Record<CoreCode, typeof ClientError>> = {
  INVALID_MODEL: InvalidRequestError,
  INVALID_PAYLOAD: InvalidRequestError,
  AUTH_FAILED: AuthenticationError,
  RATE_LIMITED: RateLimitError,
  INSUFFICIENT_CREDITS: InsufficientCreditsError,
  BUDGET_EXCEEDED: BudgetExceededError,
  IDEMPOTENCY_CONFLICT: IdempotencyConflictError,
  TASK_NOT_FOUND: TaskNotFoundError,
  NETWORK_ERROR: ConnectionError,
  CANCEL_REJECTED: CancelRejectedError,
  SUBMIT_OUTCOME_UNKNOWN: SubmitUnknownError,
  DOWNLOAD_FAILED: DownloadError,
};

/**
 * Returns the public error of a failure. Everything that a service or the network said is cleared of the key.
 * @param more facts that the failure does not know
 */
export function toError(failure: Failure, key: string, more: ClientErrorDetails = {}): ClientError {
  const { retryAfter, taskId, status, issues = [], transient } = failure.details;
  const clean = (text: string) => redact(text, [key]);
  const Class = CLASSES[failure.code] ?? ClientError;
  const cause = more.cause ?? networkCause(failure, clean);
  // That a task failed or was cancelled is a result here.
  const code = failure.code as Exclude<CoreCode, 'GENERATION_FAILED' | 'TASK_CANCELLED'>;
  const said = issues.map((one) => ({ ...one, received: clean(one.received), hint: clean(one.hint) }));
  const details = { retryAfter, taskId, state: status, transient, issues: said, ...more, cause };
  return new Class(code, clean(wholeMessage(failure)), details as ClientErrorDetails);
}

/**
 * Returns the network error at the root of a failure, as its code and its words alone: the objects of sockets and answers
 * hold more than belongs into a log.
 */
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
