import { failed, type Outcome, success } from '../types/envelope.ts';
import { EXIT } from '../types/exit-codes.ts';
import { Failure } from '../types/failure.ts';
import { isTerminal } from '../types/task.ts';
import type { Situation } from './progress.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

// A submit that is under way is given this long to say its task's id: without it the result might be lost.
const GRACE_MS = 2_000;

/** Turns the first SIGINT or SIGTERM into an abort, at a moment at which nothing paid for is lost; the second one at once. */
export class Interruption {
  readonly #controller = new AbortController();
  #received: StopSignal | null = null;
  #grace: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The signal that came, if one did. */
  get received(): StopSignal | null {
    return this.#received;
  }

  listen(situation: Situation): void {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => this.#on(name, situation));
    }
    situation.onSettled = () => {
      if (this.#received) this.#abort();
    };
  }

  #on(name: StopSignal, situation: Situation): void {
    const isFirst = this.#received === null;
    this.#received ??= name;
    if (isFirst && situation.phase === 'submitting') this.#grace = setTimeout(() => this.#abort(), GRACE_MS);
    else this.#abort();
  }

  #abort(): void {
    clearTimeout(this.#grace);
    this.#controller.abort(new Error(`stopped by ${this.#received}`));
  }
}

/** What an interrupted call can say: the task as last known, and how to go on with it. */
export function interruptedOutcome(
  signal: StopSignal,
  { phase, taskId, state }: Situation,
  { resume, isSubmit, downloads }: { resume: string; isSubmit: boolean; downloads: boolean },
): Outcome {
  const exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  if (phase === 'submitting') {
    return failed(
      new Failure(
        'SUBMIT_OUTCOME_UNKNOWN',
        `${signal} came while the submit was under way; whether it was taken is not known.`,
        {
          status: 'UNKNOWN',
          exitCode,
          nextSteps: ['Do not submit this again before you know: it may be charged twice.', resume],
        },
      ),
      'UNKNOWN',
      taskId,
    );
  }
  if (taskId === null || state === null) {
    const nothing = isSubmit ? ' Nothing was submitted.' : '';
    const failure = new Failure('UNKNOWN_ERROR', `Stopped by ${signal}.${nothing}`, { exitCode });
    return failed(failure, isSubmit ? 'FAILED' : taskId === null ? null : 'UNKNOWN', taskId);
  }
  if (downloads && isTerminal(state)) {
    const failure = new Failure(
      'DOWNLOAD_FAILED',
      `${signal} came before the file was saved. The task is finished.`,
      {
        status: state,
        exitCode,
        nextSteps: [
          resume,
          'The task is finished and paid for: fetch its result again, do not submit it again.',
        ],
      },
    );
    return failed(failure, state, taskId);
  }
  const note = 'The task goes on by itself. Do not submit it again: that would be charged again.';
  return success(state, taskId, { interruptedBy: signal, nextSteps: [resume, note] }, exitCode);
}
