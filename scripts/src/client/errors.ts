import type { ErrorCode, Issue, SubmitOutcome, TaskState } from './types.ts';

/** The facts of an error. */
export interface ClientErrorDetails {
  outcome?: SubmitOutcome | null;
  retryAfter?: number | null;
  taskId?: string | null;
  state?: TaskState | null;
  issues?: Issue[];
  transient?: boolean;
  cause?: unknown;
}

/** Every error that a client throws. It holds neither the key nor the body of a request. */
export class ClientError extends Error {
  /** What failed, as a name that stays. */
  readonly code: ErrorCode;
  /** What became of the submit; null where the call was none. */
  readonly outcome: SubmitOutcome | null;
  /** Seconds after which the call makes sense; null where that is not known. */
  readonly retryAfter: number | null;
  /** The task that the error is about; null where none is known. */
  readonly taskId: string | null;
  /** The state of the task as last known; null where no task is involved. */
  readonly state: TaskState | null;
  /** What is wrong with the input; empty for other errors. */
  readonly issues: readonly Issue[];
  /** The same call may succeed later. After a submit with `outcome` unknown that call is `reconcile`. */
  readonly transient: boolean;

  constructor(code: ErrorCode, message: string, details: ClientErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.outcome = details.outcome ?? null;
    this.retryAfter = details.retryAfter ?? null;
    this.taskId = details.taskId ?? null;
    this.state = details.state ?? null;
    this.issues = details.issues ?? [];
    this.transient = details.transient ?? false;
  }
}

/** INVALID_MODEL or INVALID_PAYLOAD: the input is wrong, and `issues` says where. */
export class InvalidRequestError extends ClientError {}

/** AUTH_FAILED: the service rejects the key. */
export class AuthenticationError extends ClientError {}

/** RATE_LIMITED: too many requests; `retryAfter` says when the next one may be sent. */
export class RateLimitError extends ClientError {}

/** INSUFFICIENT_CREDITS: the balance of the account is too small. */
export class InsufficientCreditsError extends ClientError {}

/** BUDGET_EXCEEDED: the price is above `maxCredits`. */
export class BudgetExceededError extends ClientError {}

/** IDEMPOTENCY_CONFLICT: the idempotency key was used for another request. */
export class IdempotencyConflictError extends ClientError {}

/** TASK_NOT_FOUND: the service shows no such task to this key. */
export class TaskNotFoundError extends ClientError {}

/** NETWORK_ERROR: no usable answer came. */
export class ConnectionError extends ClientError {}

/** CANCEL_REJECTED: the task was not cancelled; `state` is its state. */
export class CancelRejectedError extends ClientError {}

/** SUBMIT_OUTCOME_UNKNOWN: the list does not tell; where `transient` is false, no later call will know either. */
export class SubmitUnknownError extends ClientError {}

/** DOWNLOAD_FAILED: a file could not be fetched or stored. The task and its result are untouched. */
export class DownloadError extends ClientError {}

/** ABORTED: the caller's signal, or `close`, ended the call. `cause` is the signal's reason. */
export class AbortedError extends ClientError {}
