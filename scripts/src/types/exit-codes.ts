import type { ErrorCode } from './failure.ts';

/** The exit codes, in the order in which `--help` prints them. */
export const EXIT = {
  done: 0,
  taskEnded: 1,
  badInput: 2,
  keyRefused: 3,
  stillRunning: 4,
  credits: 5,
  temporary: 6,
  submitUnknown: 7,
  taskNotFound: 8,
  downloadFailed: 9,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code that each error code stands for, unless a failure says otherwise. */
export const EXIT_OF_ERROR: Record<ErrorCode, number> = {
  INVALID_MODEL: EXIT.badInput,
  INVALID_PAYLOAD: EXIT.badInput,
  IDEMPOTENCY_CONFLICT: EXIT.badInput,
  AUTH_FAILED: EXIT.keyRefused,
  INSUFFICIENT_CREDITS: EXIT.credits,
  BUDGET_EXCEEDED: EXIT.credits,
  RATE_LIMITED: EXIT.temporary,
  NETWORK_ERROR: EXIT.temporary,
  UNKNOWN_ERROR: EXIT.temporary,
  GENERATION_FAILED: EXIT.taskEnded,
  TASK_CANCELLED: EXIT.taskEnded,
  SUBMIT_OUTCOME_UNKNOWN: EXIT.submitUnknown,
  TASK_NOT_FOUND: EXIT.taskNotFound,
  DOWNLOAD_FAILED: EXIT.downloadFailed,
};
