import type { Seen } from '../../../core/result.ts';
import { quoted } from '../../../model/text.ts';
import { AdvisedFailure } from '../../advised-failure.ts';
import type { Caller } from '../caller.ts';

// Not final: what the record has is not known yet.
const READ_AGAIN =
  'First run this command once more: it charges nothing, and reads the record of the task, which may have the result.';

/** @param isReused the steps of a reused result end with the command for another one: only one step names it */
export function generationFailed(
  seen: Seen,
  { profile, command, retry }: Caller,
  isReused: boolean,
): AdvisedFailure {
  const why = seen.error
    ? `The service says: ${quoted(seen.error)}.`
    : seen.detailsUnread
      ? 'Why is not known: its record at the service cannot be read.'
      : 'The service gives no reason.';
  return new AdvisedFailure('GENERATION_FAILED', `The task ended FAILED. ${why}`, {
    nextSteps: [
      ...(seen.detailsUnread === 'forNow' ? [READ_AGAIN] : []),
      profile.says.refund,
      ...(profile.can.account ? [command('account')] : []),
      `Tell the user what the service said. Another try is a new charge: change the prompt or the image${isReused ? '.' : `, or ${retry}`}`,
    ],
  });
}

/** @param isReused as for `generationFailed` */
export function taskCancelled(
  { detailsUnread }: Seen,
  { profile, retry }: Caller,
  isReused: boolean,
): AdvisedFailure {
  const { cancelled } = profile.says;
  const another = `To have the result after all, with a new charge: ${retry}`;
  const isOpen = detailsUnread === 'forNow';
  const message = `The task was cancelled${isOpen ? '' : '; there will be no result'}.`;
  return new AdvisedFailure('TASK_CANCELLED', message, {
    nextSteps: [
      ...(isOpen ? [READ_AGAIN] : []),
      ...(cancelled ? [cancelled] : []),
      ...(isReused ? [] : [another]),
    ],
  });
}
