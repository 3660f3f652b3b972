import type { TaskState } from '../../model/task.ts';
import { plain } from '../../model/text.ts';
import { AdvisedFailure } from '../advised-failure.ts';
import { EXIT } from '../exit-codes.ts';
import type { Situation } from '../progress.ts';
import type { Caller } from './caller.ts';
import { failed, type Outcome } from './envelope.ts';
import { findOutSteps, resumeStep } from './stopped.ts';

/**
 * Returns the outcome of a call that met a bug of this program.
 * @param caller absent where the arguments could not be read
 */
export function bugOutcome(
  error: unknown,
  situation: Situation,
  fallback: TaskState | null,
  caller?: Caller,
  isRecorded = true,
): Outcome {
  const { phase, taskId } = situation;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const where = stack
    .split('\n')
    .slice(1, 6)
    .map((line) => plain(line, 200));
  const unknown = phase === 'submitting';
  const failure = new AdvisedFailure('UNKNOWN_ERROR', `This program failed: ${plain(text)}`, {
    exitCode: EXIT.bug,
    status: unknown ? 'UNKNOWN' : undefined,
    data: { where },
    nextSteps: [
      ...(unknown ? ['Whether the submit was accepted is not known.'] : []),
      ...(unknown && caller ? findOutSteps(caller, isRecorded) : []),
      ...(!unknown && caller && taskId !== null ? [resumeStep(caller, situation)] : []),
      'This is a bug in async-media-workflow; please report it with errorMessage and data.where.',
    ],
  });
  return failed(failure, fallback, taskId);
}
