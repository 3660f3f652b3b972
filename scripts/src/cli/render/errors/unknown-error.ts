import type { Words } from './said.ts';

export const UNKNOWN_ERROR = {
  UNKNOWN_ERROR: ({ caller: { profile, isSubmit, same, command }, taskId }) => {
    if (taskId !== null)
      return [
        `${profile.title} gave no usable answer about the task, which is as it was: check the id.`,
        command('getTask', { taskId }),
        ...(profile.can.list ? [command('listTasks')] : []),
      ];
    const unchanged =
      'Nothing was submitted or charged. Read errorMessage first: unchanged, the same may be rejected again.';
    return isSubmit ? [unchanged, same] : [same];
  },
  beingSubmitted: () => ['Run the same command again a little later.'],
  justSubmitted: (_, { command }) => [command('listPending')],
  takenOver: (_, { same }) => ['The same command resumes what that process does, and charges nothing:', same],
  budgetBusy: (_, { same }) => ['Run the same command again a little later.', same],
  olderVersion: (_, { same }) => [
    'Update every copy of the skill that uses this state folder. Run the same command again when that process has ended.',
    same,
  ],
} satisfies Partial<Words>;
