export type { Issue } from '../../model/issue.ts';
export type { Json, JsonObject } from '../../model/json.ts';
export type { TaskState } from '../../model/task.ts';

/** The codes of errors. ABORTED: the caller's signal, or `close`, ended the call. A task that FAILED is a result, not an error. */
export type ErrorCode =
  | 'INVALID_MODEL'
  | 'INVALID_PAYLOAD'
  | 'AUTH_FAILED'
  | 'RATE_LIMITED'
  | 'INSUFFICIENT_CREDITS'
  | 'TASK_NOT_FOUND'
  | 'NETWORK_ERROR'
  | 'UNKNOWN_ERROR'
  | 'CANCEL_REJECTED'
  | 'BUDGET_EXCEEDED'
  | 'IDEMPOTENCY_CONFLICT'
  | 'SUBMIT_OUTCOME_UNKNOWN'
  | 'DOWNLOAD_FAILED'
  | 'ABORTED';

/**
 * What became of a submit. `rejected`: the service certainly did not accept it, nothing is charged, it may be submitted
 * again. `unknown`: it may be accepted and charged; only `reconcile` may follow, never another submit.
 */
export type SubmitOutcome = 'rejected' | 'unknown';

/** A moment: a Date, or milliseconds since the epoch. */
export type Moment = Date | number;

export interface CallOptions {
  /** Ends the call. It rejects with an `AbortedError` whose cause is the signal's reason. */
  signal?: AbortSignal;
}
