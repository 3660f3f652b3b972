import type { Undecidable } from '../../../model/failure.ts';
import { resumeCommand } from '../caller.ts';
import { decision, NOT_YET } from '../find-out.ts';
import { sentences } from '../sentences.ts';
import type { Words } from './said.ts';

const UNDECIDABLE: Record<Undecidable, string> = {
  noList: 'the service documents no list of tasks',
  similar:
    'the list shows a task, or has one that cannot be read, which may be this one or that of another request',
  cut: 'the list has as many tasks as a page may hold, all of them newer: it may be cut',
  resubmitted: 'it was submitted once more, that answer was lost too, and the list shows neither task',
  late: 'it was submitted longer ago than the service says that it keeps results, and its list proves nothing about older tasks',
};

export const SUBMIT_OUTCOME_UNKNOWN = {
  submitUnknown: (reason, caller, messageOf) => {
    const { idempotencyKey, model, isRecorded, after, named, lost, later, notResubmitted } = reason;
    const { profile, command, same } = caller;
    const why = notResubmitted
      ? `It was not submitted once more: ${messageOf(notResubmitted)}`
      : later?.message;
    const yet = after === undefined ? '' : ' yet';
    const message = `Whether ${profile.title} accepted this submit, and charged for it, is not known${yet}. ${sentences(lost.message, why).join(' ')}`;
    const answered = named !== undefined && [
      'The answer named a task beside an error; this shows the state of that task:',
      resumeCommand(caller, named),
    ];
    const decide = isRecorded && decision(caller, { after, idempotencyKey });
    const { tasks } = profile.says;
    const data = { idempotencyKey, model };
    if (tasks) return { message, data, nextSteps: [answered, NOT_YET, tasks, decide] };
    const repeat = () => {
      const search =
        "It searches the service's list for the task, and submits nothing while that may charge twice";
      if (!isRecorded) return NOT_YET;
      if (notResubmitted || (later && after === undefined))
        return [`Once that is mended, run this command, without --new. ${search}:`, same];
      if (after === undefined)
        return `Waiting changes nothing${reason.why ? `: ${UNDECIDABLE[reason.why]}` : ''}. The same command submits nothing more.`;
      return !caller.isLine && [`Run this command after ${after} seconds, without --new. ${search}:`, same];
    };
    return {
      message,
      data,
      nextSteps: [
        answered,
        repeat(),
        command('listTasks'),
        `A task with idempotencyKey ${idempotencyKey}, or of model ${model} made about ${reason.sentAt}, is this one.`,
        decide,
      ],
    };
  },
  requestBusy: ({ isNew, lockFile }) => {
    const resumes = 'resumes the task of that process, and charges nothing';
    return [
      isNew
        ? `Nothing was submitted by this command. The same command without --new ${resumes}; with --new, later, it is one more charge.`
        : `Run the same command again a little later: it ${resumes}.`,
      `If there is certainly no such process any more, remove ${lockFile} first.`,
    ];
  },
  recordDamaged: (_, caller) => [
    caller.profile.says.tasks ?? [
      "Find its task in the service's own list first:",
      caller.command('listTasks'),
    ],
    decision(caller),
  ],
} satisfies Partial<Words>;
