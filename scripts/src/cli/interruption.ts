import type { ErrorCode } from '../model/failure.ts';
import type { GenerationRequest } from '../providers/provider.ts';
import { type Advice, AdvisedFailure } from './advised-failure.ts';
import { EXIT } from './exit-codes.ts';
import type { Situation } from './progress.ts';
import { failed, type Outcome, success } from './render/envelope.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

// A submit that is being sent gets this long to return its task id: without the id the result might be lost.
const GRACE_MS = 2_000;

/** Aborts a call after SIGINT or SIGTERM: after the first signal once no paid result can be lost, after the second at once. */
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
    situation.onOutcomeKnown = () => {
      if (this.#received) this.#abort();
    };
  }

  /** Aborts everything that is still running. */
  stop(): void {
    this.#abort();
  }

  #on(name: StopSignal, situation: Situation): void {
    const isFirst = this.#received === null;
    this.#received ??= name;
    if (isFirst && situation.phase === 'submitting') this.#grace = setTimeout(() => this.#abort(), GRACE_MS);
    else this.#abort();
  }

  #abort(): void {
    clearTimeout(this.#grace);
    this.#controller.abort(new Error(`stopped by ${this.#received ?? 'a bug'}`));
  }
}

interface Circumstances {
  /** The command that resumes the task. */
  resume: string;
  /** The steps that reconcile a submit whose answer did not come. */
  findOut: string[];
  isSubmit: boolean;
  downloads: boolean;
  /** The request of this call. */
  generation: GenerationRequest | undefined;
}

const CHARGES_NOTHING = 'Run this command as often as you like: it charges nothing.';

/** Returns the outcome of an interrupted call: the last known state of the task, and the command that resumes it. */
export function interruptedOutcome(
  signal: StopSignal,
  { phase, taskId, state, isAboutMany }: Situation,
  { resume, findOut, isSubmit, downloads, generation }: Circumstances,
): Outcome {
  const exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  const because = (code: ErrorCode, message: string, details: Advice = {}): Outcome =>
    failed(new AdvisedFailure(code, `${signal} came ${message}`, { exitCode, ...details }), null, taskId);

  if (phase === 'submitting') {
    return because(
      'SUBMIT_OUTCOME_UNKNOWN',
      'while the submit was under way; whether it was accepted is not known.',
      {
        status: 'UNKNOWN',
        ...(generation && { data: { idempotencyKey: generation.idempotencyKey, model: generation.model } }),
        nextSteps: findOut,
      },
    );
  }
  if (isAboutMany) {
    const nextSteps = [resume, `The tasks run on at the service. ${CHARGES_NOTHING}`];
    return success(null, null, { interruptedBy: signal, nextSteps }, exitCode);
  }
  if (taskId === null) {
    return because('UNKNOWN_ERROR', `first.${isSubmit ? ' Nothing was submitted.' : ''}`, {
      ...(isSubmit && { status: 'FAILED' }),
    });
  }
  if (state === null) {
    const status = 'UNKNOWN';
    return because('UNKNOWN_ERROR', 'before the service gave the state of the task.', {
      status,
      nextSteps: [resume],
    });
  }
  if (state === 'FAILED' || state === 'CANCEL') {
    const code = state === 'FAILED' ? 'GENERATION_FAILED' : 'TASK_CANCELLED';
    return because(code, `before the record of the task was here. It has ended: ${state}.`, {
      status: state,
      nextSteps: [resume],
    });
  }
  if (state === 'COMPLETED' && downloads) {
    return because('DOWNLOAD_FAILED', 'before the file was saved. The task is finished.', {
      status: state,
      nextSteps: [resume, `The task is finished and paid for: fetch its result. ${CHARGES_NOTHING}`],
    });
  }
  const situation =
    state === 'COMPLETED' ? 'The task is finished: fetch its result.' : 'The task runs on at the service.';
  const nextSteps = [resume, `${situation} ${CHARGES_NOTHING}`];
  return success(state, taskId, { interruptedBy: signal, nextSteps }, exitCode);
}
