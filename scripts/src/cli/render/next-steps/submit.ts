import { BRIEF_WAIT_S, isTerminal } from '../../../model/task.ts';
import { resumeCommand } from '../caller.ts';
import { decision, dropStep } from './decision.ts';
import type { Explained } from './explained.ts';

/** What failures about a submit, or about the task that it made, say. */
export const SUBMIT = {
  submitUnknown: (reason, caller, messageOf) => {
    const { model, idempotencyKey, sentAt, isRecorded, after, named, lost, later, notResubmitted } = reason;
    const { profile, command, same } = caller;
    const why = notResubmitted
      ? `It was not submitted once more: ${messageOf(notResubmitted).replace(' Nothing was submitted.', '')}`
      : later?.message;
    const yet = after === undefined ? '' : ' yet';
    const message = `Whether ${profile.title} accepted this submit, and charged for it, is not known${yet}. ${[lost.message, why].filter(Boolean).join(' ')}`;
    const answered =
      named === undefined
        ? []
        : [
            'The answer named a task beside an error; this shows the state of that task:',
            resumeCommand(caller, named),
          ];
    const decide = isRecorded ? decision(caller, { after, idempotencyKey }) : [];
    const notYet = 'Do not submit this again before you know: it may be charged twice.';
    if (!profile.can.list)
      return { message, nextSteps: [...answered, notYet, profile.says.tasks, ...decide] };
    const when = after === undefined ? '' : ` after ${after} seconds`;
    const repeat = isRecorded
      ? [
          `Run this command${when}, without --new. It searches the service's list for the task, and submits nothing while that may charge twice:`,
          same,
        ]
      : [notYet];
    return {
      message,
      nextSteps: [
        ...answered,
        ...repeat,
        command('listTasks'),
        `A task with idempotencyKey ${idempotencyKey}, or of model ${model} made about ${sentAt}, is this one.`,
        ...decide,
      ],
    };
  },
  requestBusy: ({ isNew, lockFile }) => {
    const resumes = 'resumes the task of that process, and charges nothing';
    return {
      nextSteps: [
        isNew
          ? `Nothing was submitted by this command. The same command without --new ${resumes}; with --new, later, it is one more charge.`
          : `Run the same command again a little later: it ${resumes}.`,
        `If there is certainly no such process any more, remove ${lockFile} first.`,
      ],
    };
  },
  recordDamaged: (_, caller) => ({
    nextSteps: [
      ...(caller.profile.can.list
        ? ["Find its task in the service's own list first:", caller.command('listTasks')]
        : [caller.profile.says.tasks]),
      ...decision(caller),
    ],
  }),
  otherRequest: ({ idempotencyKey }) => ({
    message: `--idempotencyKey ${idempotencyKey} already stands for another request. Nothing was submitted.`,
    nextSteps: [
      'For the earlier request, run its command unchanged; for another one, give another --idempotencyKey or none.',
    ],
  }),
  otherTask: (_, { command }) => ({
    nextSteps: [
      'Check the task id and the key; this shows the requests without a task:',
      command('listPending'),
    ],
  }),
  takenOver: (_, { same }) => ({
    nextSteps: ['The same command resumes what that process does, and charges nothing:', same],
  }),
  recordedTaskYoung: ({ taskId }, { same }) => ({
    nextSteps: [
      `This request was submitted only just now, as task ${taskId}; the service may not show it yet. The same command resumes it, and charges nothing:`,
      same,
    ],
  }),
  recordedTaskGone: ({ taskId, created }, caller) => ({
    nextSteps: [
      `This request was submitted on ${created} as task ${taskId}, which the service does not show any more; its result is kept for a limited time only.`,
      `Nothing was submitted now. If the user wants it made once more, with a new charge: ${caller.anew}`,
      dropStep(caller, taskId),
    ],
  }),
  pendingTaskGone: ({ taskId }, caller) => ({
    nextSteps: [
      'The service does not show this task any more. Without its record the same command waits for the others.',
      dropStep(caller, taskId),
    ],
  }),
  notCancelled: ({ state, taskId }, { profile, command }) => ({
    nextSteps: [
      profile.says.cancel,
      ...(state === 'SUBMITTED' ? [command('cancelTask', { taskId })] : []),
      isTerminal(state)
        ? command('getTask', { taskId })
        : command('waitTask', { taskId, wait: BRIEF_WAIT_S }),
    ],
  }),
  noAddress: () => ({
    nextSteps: ['Tell the user what the service gave as the result; it cannot be fetched.'],
  }),
} satisfies Partial<Explained>;
