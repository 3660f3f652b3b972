import type { ErrorCode } from '../../model/failure.ts';
import type { TaskState } from '../../model/task.ts';
import { plain } from '../../model/text.ts';
import type { ProviderRequest } from '../../providers/provider.ts';
import { type Advice, AdvisedFailure } from '../advised-failure.ts';
import { EXIT, EXIT_OF_SIGNAL, type StopSignal } from '../exit-codes.ts';
import type { Situation } from '../progress/situation.ts';
import type { Caller } from './caller.ts';
import { failed, type Outcome, success } from './envelope.ts';
import { findOutSteps } from './find-out.ts';
import { sentences } from './sentences.ts';

const CHARGES_NOTHING = 'Run this command as often as you like: it charges nothing.';
const CHARGES_THE_REST =
  'The command charges nothing for the lines that have a task. It submits the others, which is charged.';

/**
 * Returns the outcome of an interrupted call: the last known state of the task, and the command that resumes it.
 * @param generation the request of this call
 */
export function interruptedOutcome(
  signal: StopSignal,
  situation: Situation,
  caller: Caller,
  generation: ProviderRequest | undefined,
): Outcome {
  const { phase, taskId, state, isAboutMany } = situation;
  const exitCode = EXIT_OF_SIGNAL[signal];
  const resume = resumeStep(caller, situation);
  const because = (code: ErrorCode, message: string, details: Advice): Outcome => ({
    ...failed(new AdvisedFailure(code, `${signal} came ${message}`, details), null, taskId),
    exitCode,
  });
  const known = (step: string): Outcome => {
    const data = { interruptedBy: signal, nextSteps: [resume, step] };
    return isAboutMany ? success(null, null, data, exitCode) : success(state, taskId, data, exitCode);
  };

  if (isAboutMany)
    return known(`The tasks run on at the service. ${caller.isSubmit ? CHARGES_THE_REST : CHARGES_NOTHING}`);
  if (phase === 'submitting') {
    const message = 'while the submit was under way; whether it was accepted is not known.';
    return because('SUBMIT_OUTCOME_UNKNOWN', message, {
      status: 'UNKNOWN',
      data: generation && { idempotencyKey: generation.idempotencyKey, model: generation.model },
      nextSteps: findOutSteps(caller),
    });
  }
  if (taskId === null) {
    const nothing: Advice = { status: 'FAILED', nothingSubmitted: true };
    return because('UNKNOWN_ERROR', 'first.', caller.isSubmit ? nothing : {});
  }
  if (state === null) {
    const message = 'before the service gave the state of the task.';
    return because('UNKNOWN_ERROR', message, { status: 'UNKNOWN', nextSteps: [resume] });
  }
  if (state === 'FAILED' || state === 'CANCEL') {
    const code = state === 'FAILED' ? 'GENERATION_FAILED' : 'TASK_CANCELLED';
    const message = `before the record of the task was here. It has ended: ${state}.`;
    return because(code, message, { status: state, nextSteps: [resume] });
  }
  if (state !== 'COMPLETED') return known(`The task runs on at the service. ${CHARGES_NOTHING}`);
  const { download, output } = caller.resumeFlags;
  if ((download ?? output) === undefined)
    return known(`The task is finished: fetch its result. ${CHARGES_NOTHING}`);
  return because('DOWNLOAD_FAILED', 'before the file was saved. The task is finished.', {
    status: state,
    nextSteps: [resume, `The task is finished and paid for: fetch its result. ${CHARGES_NOTHING}`],
  });
}

/**
 * Returns the outcome of a call that met a bug of this program.
 * @param caller absent where the arguments could not be read
 */
export function bugOutcome(
  error: unknown,
  situation: Situation,
  fallback: TaskState | null,
  caller?: Caller,
): Outcome {
  const { phase, taskId } = situation;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const where = (error instanceof Error ? (error.stack ?? '') : '').split('\n').slice(1, 6);
  const unknown = phase === 'submitting';
  const failure = new AdvisedFailure('UNKNOWN_ERROR', `This program failed: ${plain(text)}`, {
    status: unknown ? 'UNKNOWN' : undefined,
    data: { where: where.map((line) => plain(line, 200)) },
    nextSteps: sentences(
      unknown && 'Whether the submit was accepted is not known.',
      unknown && caller && findOutSteps(caller),
      !unknown && caller && taskId !== null && resumeStep(caller, situation),
      'This is a bug in async-media-workflow; please report it with errorMessage and data.where.',
    ),
  });
  return { ...failed(failure, fallback, taskId), exitCode: EXIT.bug };
}

/** Returns the command that resumes the task of a call that ended in between. */
function resumeStep({ command, same, resumeFlags }: Caller, { taskId, isAboutMany }: Situation): string {
  if (isAboutMany) return same;
  return taskId === null ? command('listTasks') : command('waitTask', { taskId, ...resumeFlags });
}
