import type { Words } from './said.ts';

export const IDEMPOTENCY_CONFLICT = {
  IDEMPOTENCY_CONFLICT: ({ caller: { profile, command } }) => [
    'This key was already used for another request. Nothing new was submitted or charged.',
    'To resume the earlier task, find it in the list; for a new request leave --idempotencyKey out.',
    ...(profile.can.list ? [command('listTasks')] : []),
  ],
  otherRequest: ({ idempotencyKey }) => ({
    message: `--idempotencyKey ${idempotencyKey} already stands for another request.`,
    nextSteps: [
      'For the earlier request, run its command unchanged; for another one, give another --idempotencyKey or none.',
    ],
  }),
  otherTask: (_, { command }) => [
    'Check the task id and the key; this shows the requests without a task:',
    command('listPending'),
  ],
} satisfies Partial<Words>;
