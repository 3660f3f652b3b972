import type { ErrorCode } from '../../model/failure.ts';
import type { GenerationRequest } from '../../providers/provider.ts';
import { type Advice, AdvisedFailure } from '../advised-failure.ts';
import { EXIT } from '../exit-codes.ts';
import type { StopSignal } from '../interruption.ts';
import type { Situation } from '../progress.ts';
import type { Caller } from './caller.ts';
import { failed, type Outcome, success } from './envelope.ts';
import { findOutSteps, resumeStep } from './stopped.ts';

interface Circumstances {
  caller: Caller;
  isRecorded: boolean;
  downloads: boolean;
  /** The request of this call. */
  generation: GenerationRequest | undefined;
}

const CHARGES_NOTHING = 'Run this command as often as you like: it charges nothing.';
const CHARGES_THE_REST =
  'The command charges nothing for the lines that have a task. It submits the others, which is charged.';

/** Returns the outcome of an interrupted call: the last known state of the task, and the command that resumes it. */
export function interruptedOutcome(
  signal: StopSignal,
  situation: Situation,
  { caller, isRecorded, downloads, generation }: Circumstances,
): Outcome {
  const { phase, taskId, state, isAboutMany } = situation;
  const exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  const because = (code: ErrorCode, message: string, details: Advice = {}): Outcome =>
    failed(new AdvisedFailure(code, `${signal} came ${message}`, { exitCode, ...details }), null, taskId);

  const resume = resumeStep(caller, situation);
  if (isAboutMany) {
    const nextSteps = [
      resume,
      `The tasks run on at the service. ${caller.isSubmit ? CHARGES_THE_REST : CHARGES_NOTHING}`,
    ];
    return success(null, null, { interruptedBy: signal, nextSteps }, exitCode);
  }
  if (phase === 'submitting') {
    return because(
      'SUBMIT_OUTCOME_UNKNOWN',
      'while the submit was under way; whether it was accepted is not known.',
      {
        status: 'UNKNOWN',
        data: generation && { idempotencyKey: generation.idempotencyKey, model: generation.model },
        nextSteps: findOutSteps(caller, isRecorded),
      },
    );
  }
  if (taskId === null) {
    return caller.isSubmit
      ? because('UNKNOWN_ERROR', 'first. Nothing was submitted.', { status: 'FAILED' })
      : because('UNKNOWN_ERROR', 'first.');
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
  const so =
    state === 'COMPLETED' ? 'The task is finished: fetch its result.' : 'The task runs on at the service.';
  const nextSteps = [resume, `${so} ${CHARGES_NOTHING}`];
  return success(state, taskId, { interruptedBy: signal, nextSteps }, exitCode);
}
