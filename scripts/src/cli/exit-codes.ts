import type { ErrorCode, Failure } from '../model/failure.ts';
import { isTerminal } from '../model/task.ts';
import { adviceOf } from './advised-failure.ts';

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

/** The rule that everything else follows from, as `--help` and the documents say it. */
export const ONE_CHARGE =
  'Run the same command as often as you like: with the same key it is charged once. `--new` makes another.';

/** What each exit code means and what to do next: the words of `--help` and of the tables in the documents. */
export const EXIT_WORDS: Record<keyof typeof EXIT, { means: string; next: string }> = {
  done: { means: 'done', next: 'give the user the result' },
  taskEnded: {
    means: 'the task ended FAILED or CANCEL',
    next: 'tell the reason; `--new` tries again with a new charge, so ask first (a batch: only the command of that line)',
  },
  badInput: {
    means: 'bad input',
    next: 'correct what `data.issues` names; nothing was charged (a batch: see `data.batch`)',
  },
  keyRefused: { means: 'key missing or refused', next: 'ask the user to set the key in the environment' },
  stillRunning: {
    means: 'still running',
    next: 'run the same command without `--new`, or `data.nextSteps`; it charges nothing',
  },
  credits: {
    means: 'credits or cap',
    next: 'nothing was submitted (a batch: see `data.batch`); tell what is missing',
  },
  temporary: { means: 'temporary', next: 'follow `data.nextSteps`, after `retryAfter` seconds if set' },
  submitUnknown: {
    means: 'the outcome of the submit is not known',
    next: '`retryAfter` set: run the same command without `--new` after that many seconds; it reconciles, and never submits while that may charge twice. `retryAfter` null: waiting changes nothing; the user decides, with the commands in `data.nextSteps`',
  },
  taskNotFound: { means: 'no such task for this key', next: 'check the id and the key' },
  downloadFailed: {
    means: 'finished but not saved',
    next: 'run the command in `data.nextSteps`; it charges nothing. `data.resultGone`: the result is lost, and repeating changes nothing; ask for a yes to a new charge, then `--new` (a batch: only the command of that line)',
  },
  bug: { means: 'a bug of this program', next: 'report it; run the same command without `--new`' },
  interrupted: { means: 'interrupted', next: 'run the same command without `--new`' },
  terminated: { means: 'terminated', next: 'run the same command without `--new`' },
};

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
  CANCEL_REJECTED: EXIT.stillRunning,
  SUBMIT_OUTCOME_UNKNOWN: EXIT.submitUnknown,
  TASK_NOT_FOUND: EXIT.taskNotFound,
  DOWNLOAD_FAILED: EXIT.downloadFailed,
};

/** The exit codes of a batch's lines, in the order in which the caller has to see to them: the first is that of the batch. */
export const BATCH_ORDER: readonly number[] = [
  EXIT.bug,
  EXIT.keyRefused,
  EXIT.submitUnknown,
  EXIT.credits,
  EXIT.stillRunning,
  EXIT.temporary,
  EXIT.downloadFailed,
  EXIT.taskNotFound,
  EXIT.badInput,
  EXIT.taskEnded,
  EXIT.done,
];

/** Returns the exit code of a failure. */
export function exitCodeOf(failure: Failure): number {
  const { exitCode, reason } = adviceOf(failure);
  if (exitCode !== undefined) return exitCode;
  // A cancel that came too late is about the task's end; one that was refused before it, about a task that runs.
  if (reason?.kind === 'notCancelled') return isTerminal(reason.state) ? EXIT.taskEnded : EXIT.stillRunning;
  return EXIT_OF_ERROR[failure.code];
}
