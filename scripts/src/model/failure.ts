import type { JsonObject } from './json.ts';
import type { Reason } from './reason.ts';
import type { TaskState } from './task.ts';

/** The stable error codes: the first eight are required of every client, the others say what those do not cover. */
export const ERROR_CODES = [
  'INVALID_MODEL',
  'INVALID_PAYLOAD',
  'AUTH_FAILED',
  'RATE_LIMITED',
  'INSUFFICIENT_CREDITS',
  'TASK_NOT_FOUND',
  'NETWORK_ERROR',
  'UNKNOWN_ERROR',
  'GENERATION_FAILED',
  'TASK_CANCELLED',
  'CANCEL_REJECTED',
  'BUDGET_EXCEEDED',
  'IDEMPOTENCY_CONFLICT',
  'SUBMIT_OUTCOME_UNKNOWN',
  'DOWNLOAD_FAILED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with an input: where it is, what was expected, what came, and what would pass. */
export interface Issue {
  /** Field path such as `duration` or `prompt[2]`; the name of a flag or a variable where the input is not the payload. */
  path: string;
  expected: string;
  received: string;
  hint: string;
}

export interface FailureDetails {
  /** Seconds of the `Retry-After` of the service. */
  retryAfter?: number;
  /** The task's state as last known; absent where no task is involved. */
  status?: TaskState;
  taskId?: string;
  issues?: Issue[];
  /** The facts behind it, where its code alone does not say what to do. */
  reason?: Reason;
  /** Its task was submitted and charged: it still runs, or it is finished. */
  charged?: 'running' | 'finished';
  /** The service's answer, as it came. */
  record?: JsonObject;
  /** Other facts about it, by name. */
  data?: JsonObject;
  /** A retry may succeed. */
  transient?: boolean;
  /** The service may have executed the request, although no usable answer came. Absent: it certainly did not. */
  unclear?: boolean;
  cause?: unknown;
}

/**
 * An expected error, which ends the command with `ok: false`. Every other error that is thrown is a bug of this program.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly details: FailureDetails;

  constructor(code: ErrorCode, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }

  /** Returns the failure with more details. New details replace old ones. */
  with(details: FailureDetails): Failure {
    return new Failure(this.code, this.message, { ...this.details, ...details });
  }
}
