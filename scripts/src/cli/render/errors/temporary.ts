import type { Failure } from '../../../model/failure.ts';
import type { Caller } from '../caller.ts';
import type { Words } from './said.ts';

/** Says that the same command is to be run once more: nothing has changed. */
function retry({ details }: Failure, { isSubmit }: Caller, taskId: string | null): string[] {
  const later = details.retryAfter === undefined ? 'a little later' : `after ${details.retryAfter} seconds`;
  if (taskId !== null)
    return [
      `The task is as it was. Run the same command again${isSubmit ? ', without --new,' : ''} ${later}; it charges nothing.`,
    ];
  return isSubmit
    ? [`Nothing was submitted or charged. Run the same command again ${later}.`]
    : [`Run the same command again ${later}; it charges nothing.`];
}

export const TEMPORARY = {
  NETWORK_ERROR: retry,
  RATE_LIMITED: retry,
  proxySettings: () => ({
    message: 'The proxy in HTTPS_PROXY or HTTP_PROXY cannot be used as it is written.',
    nextSteps: ['Correct HTTPS_PROXY or HTTP_PROXY: in a user name or password, % is written as %25.'],
  }),
  proxyRefusal: () => [
    'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY; a proxy that wants a password takes it as http://user:password@host:port.',
  ],
  certificate: () => [
    'Check the clock of this machine, and whether a proxy replaces certificates (NODE_EXTRA_CA_CERTS).',
  ],
  handshake: () => ['Check the address and its port, and whether a proxy stands in between.'],
  UNKNOWN_ERROR: (_, { profile, isSubmit, same, command }, taskId) =>
    taskId !== null
      ? [
          `${profile.title} gave no usable answer about the task, which is as it was: check the id.`,
          command('getTask', { taskId }),
          profile.can.list && command('listTasks'),
        ]
      : [
          isSubmit &&
            'Nothing was submitted or charged. Read errorMessage first: unchanged, the same may be rejected again.',
          same,
        ],
  beingSubmitted: () => ['Run the same command again a little later.'],
  justSubmitted: (_, { command }) => [command('listPending')],
  takenOver: (_, { same }) => ['The same command resumes what that process does, and charges nothing:', same],
  budgetBusy: (_, { same }) => ['Run the same command again a little later.', same],
  olderVersion: (_, { same }) => [
    'Update every copy of the skill that uses this state folder. Run the same command again when that process has ended.',
    same,
  ],
} satisfies Partial<Words>;
