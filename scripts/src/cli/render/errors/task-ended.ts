import type { Seen } from '../../../core/result.ts';
import { quoted } from '../../../model/text.ts';
import { AdvisedFailure } from '../../advised-failure.ts';
import type { Caller } from '../caller.ts';

export function generationFailed(seen: Seen, { profile, command, retry }: Caller): AdvisedFailure {
  const why = seen.error
    ? `The service says: ${quoted(seen.error)}.`
    : seen.isRecordUnread
      ? 'Why is not known: its record at the service cannot be read.'
      : 'The service gives no reason.';
  return new AdvisedFailure('GENERATION_FAILED', `The task ended FAILED. ${why}`, {
    nextSteps: [
      profile.says.refund,
      ...(profile.can.account ? [command('account')] : []),
      `Tell the user what the service said. Another try is a new charge: change the prompt or the image, or ${retry}`,
    ],
  });
}

export function taskCancelled({ profile, retry }: Caller): AdvisedFailure {
  const { cancelled } = profile.says;
  return new AdvisedFailure('TASK_CANCELLED', 'The task was cancelled; there will be no result.', {
    nextSteps: [
      ...(cancelled ? [cancelled] : []),
      `To have the result after all, with a new charge: ${retry}`,
    ],
  });
}
