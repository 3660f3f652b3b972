import type { ErrorCode } from '../model/failure.ts';

/** The rule that everything else follows from, as `--help` and the documents say it. */
export const ONE_CHARGE =
  'Run the same command as often as you like: it is charged once. `--new` makes another.';

interface Exit {
  code: number;
  /** What it means, and what to do next: the words of `--help` and of the tables in the documents. */
  means: string;
  next: string;
  /** The same command has more to do. */
  isOpen?: true;
}

/** The exit codes, in the order in which `--help` prints them. */
export const EXIT_WORDS = {
  done: { code: 0, means: 'done', next: 'give the user the result' },
  taskEnded: {
    code: 1,
    means: 'the task ended FAILED or CANCEL',
    next: 'tell the reason; `--new` tries again with a new charge, so ask first (a batch: only the command of that line)',
  },
  badInput: {
    code: 2,
    means: 'bad input',
    next: 'correct what `data.issues` names; nothing was charged (a batch: see `data.batch`)',
  },
  keyRefused: {
    code: 3,
    means: 'key missing or refused',
    next: 'ask the user to set the key in the environment',
    isOpen: true,
  },
  stillRunning: {
    code: 4,
    means: 'still running',
    next: 'run the same command without `--new`, or `data.nextSteps`; it charges nothing',
    isOpen: true,
  },
  credits: {
    code: 5,
    means: 'credits or cap',
    next: 'nothing was submitted (a batch: see `data.batch`); tell what is missing',
  },
  temporary: {
    code: 6,
    means: 'temporary',
    next: 'follow `data.nextSteps`, after `retryAfter` seconds if set',
    isOpen: true,
  },
  submitUnknown: {
    code: 7,
    means: 'the outcome of the submit is not known',
    next: '`retryAfter` set: run the same command without `--new` after that many seconds; it reconciles, and never submits while that may charge twice. `retryAfter` null: waiting changes nothing; the user decides, with the commands in `data.nextSteps`',
    isOpen: true,
  },
  taskNotFound: { code: 8, means: 'no such task for this key', next: 'check the id and the key' },
  downloadFailed: {
    code: 9,
    means: 'finished but not saved',
    next: 'run the command in `data.nextSteps`; it charges nothing. `data.resultGone`: the result is lost, and repeating changes nothing; ask for a yes to a new charge, then `--new` (a batch: only the command of that line)',
    isOpen: true,
  },
  bug: { code: 70, means: 'a bug of this program', next: 'report it; run the same command without `--new`' },
  hungUp: { code: 129, means: 'hung up', next: 'run the same command without `--new`' },
  interrupted: { code: 130, means: 'interrupted', next: 'run the same command without `--new`' },
  terminated: { code: 143, means: 'terminated', next: 'run the same command without `--new`' },
} as const satisfies Record<string, Exit>;

type ExitName = keyof typeof EXIT_WORDS;

const EXITS = Object.entries<Exit>(EXIT_WORDS);

/** The exit codes by name, such as `EXIT.stillRunning`. */
export const EXIT = Object.fromEntries(EXITS.map(([name, { code }]) => [name, code])) as {
  readonly [K in ExitName]: (typeof EXIT_WORDS)[K]['code'];
};

/** The exit code that each error code stands for, unless an outcome has its own. */
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

/** The exit codes after which the same command has more to do. */
export const OPEN: ReadonlySet<number> = new Set(
  EXITS.filter(([, exit]) => exit.isOpen).map(([, { code }]) => code),
);

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

/** Sorts what the caller has to see to first to the front. */
export const byUrgency = (a: { exitCode: number }, b: { exitCode: number }): number =>
  BATCH_ORDER.indexOf(a.exitCode) - BATCH_ORDER.indexOf(b.exitCode);

export const EXIT_OF_SIGNAL = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
} as const;

export type StopSignal = keyof typeof EXIT_OF_SIGNAL;
