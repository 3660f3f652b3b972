import type { Failure } from '../../model/failure.ts';
import type { Caller } from './caller.ts';

interface Circumstances {
  caller: Caller;
  /** The fingerprint of the key in use. */
  account: string;
  taskId: string | null;
}

/** Returns the next steps for a failure without a reason of its own: by its code. */
export function adviceFor(failure: Failure, { caller, account, taskId }: Circumstances): string[] {
  const { profile, isSubmit, same, command } = caller;
  const { title, can, keyVariable, urlVariable, keyPage, says } = profile;
  const list = can.list ? [command('listTasks')] : [];
  const wait = failure.details.retryAfter;
  const later = wait === undefined ? 'a little later' : `after ${wait} seconds`;
  const retry =
    isSubmit && taskId === null
      ? `Nothing was submitted or charged. Run the same command again ${later}.`
      : `The task is as it was. Run the same command again${isSubmit ? ', without --new,' : ''} ${later}; it charges nothing.`;
  switch (failure.code) {
    case 'AUTH_FAILED':
      return [
        `${title} refused the key in ${keyVariable} (fingerprint ${account}). Check it, or make a new one at ${keyPage} (${says.key}).`,
        'A key is shown nowhere and is passed by the environment only.',
      ];
    case 'RATE_LIMITED':
    case 'NETWORK_ERROR':
      return taskId === null && !isSubmit
        ? [`Run the same command again ${later}; it charges nothing.`]
        : [retry];
    case 'TASK_NOT_FOUND':
      return [
        `${says.missing} Check ${keyVariable}, ${urlVariable} and the id. A sandbox task is seen with --sandbox only.`,
        ...list,
      ];
    case 'INVALID_PAYLOAD':
    case 'INVALID_MODEL':
      return [
        'The service refused it, so nothing was charged. Do not send it again unchanged; its message says what to change.',
        ...(can.account ? [command('account')] : []),
      ];
    case 'IDEMPOTENCY_CONFLICT':
      return [
        'This key was already used for another request. Nothing new was submitted or charged.',
        'To resume the earlier task, find it in the list; for a new request leave --idempotencyKey out.',
        ...list,
      ];
    case 'BUDGET_EXCEEDED':
      return [
        'Nothing was submitted. Ask the user for a higher limit, or choose a cheaper model or duration.',
      ];
    case 'UNKNOWN_ERROR':
      if (taskId !== null)
        return [
          `${title} gave no usable answer about the task, which is as it was: check the id.`,
          command('getTask', { taskId }),
          ...list,
        ];
      return isSubmit
        ? [
            'Nothing was submitted or charged. Read errorMessage first: unchanged, the same may be rejected again.',
            same,
          ]
        : [same];
    default:
      return [];
  }
}
