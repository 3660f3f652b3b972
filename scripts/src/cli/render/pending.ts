import type { Forgotten } from '../../core/record/forget-records.ts';
import { compact } from '../../model/json.ts';
import { isUnsaved, type RequestRecord } from '../../model/request-record.ts';
import { BRIEF_WAIT_S } from '../../model/task.ts';
import { profileOf } from '../../providers/registry.ts';
import { EXIT } from '../exit-codes.ts';
import { type Caller, earlierStep } from './caller.ts';
import { done, type Outcome, success } from './envelope.ts';

const MOST_STEPS = 5;
const SEEN =
  'Each status is that of its statusSeenAt, not of now; the command of a task shows its present one.';

/**
 * Returns the outcome that lists unfinished requests, each with the command that resumes it.
 * @param cancellable those of which a cancel may still work
 */
export function pendingOutcome(
  records: readonly RequestRecord[],
  cancellable: readonly RequestRecord[],
  caller: Caller,
): Outcome {
  const pending = records.map((record) => {
    const { taskId, status, checked, created, model, promptExcerpt, owner } = record;
    const { provider, service, account, idempotencyKey, wait, download, credits, files } = record;
    const task = { taskId, status, statusSeenAt: checked, created, model, promptExcerpt, owner };
    const request = { provider, service, account, idempotencyKey, wait, download };
    const facts = { ...task, ...request, credits: { ...credits }, files: files.length };
    const cancel = cancellable.includes(record) ? cancelOf(record, caller) : undefined;
    return compact({ ...facts, resume: resumeOf(record, caller), cancel });
  });
  const nextSteps =
    pending.length > 0
      ? [...pending.map(({ resume }) => resume).slice(0, MOST_STEPS), SEEN]
      : ['No request that was asked for is unfinished or waits to be delivered.', ...earlierStep(caller)];
  return done({ count: pending.length, pending, nextSteps });
}

/** Returns the answer to `forget`. */
export function forgottenOutcome({ record, count }: Forgotten): Outcome {
  const { taskId, status } = record;
  const lost = isUnsaved(record) ? ' Its result is not saved on this machine.' : '';
  const nextSteps = [
    `The record is gone; the task at the service is as it was.${lost} The command that made it submits again now, with a new charge.`,
  ];
  return success(status, taskId, { forgotten: count, nextSteps }, EXIT.done);
}

/** Returns the command that cancels a task, where its service has one. */
function cancelOf({ provider, taskId }: RequestRecord, { commandAt }: Caller): string | undefined {
  const profile = profileOf(provider);
  return profile?.can.cancel ? commandAt(profile)('cancelTask', { taskId: taskId! }) : undefined;
}

function resumeOf(record: RequestRecord, caller: Caller): string {
  // The command calls the service that has the task, whichever service this call named.
  const profile = profileOf(record.provider) ?? caller.profile;
  const command = caller.commandAt(profile);
  const { taskId, idempotencyKey } = record;
  if (taskId === null) {
    const find = profile.can.list
      ? 'Whether this one was submitted is not known: run its command again, which searches the task list first (without that command, --action listTasks finds the task if the list shows its key)'
      : `Whether this one was submitted is not known. ${profile.says.tasks} Only if the user accepts that it may be charged once more: its command with --new, or with another --idempotencyKey if it had one`;
    const attach = command('waitTask', { taskId: '<task_id>', idempotencyKey, wait: BRIEF_WAIT_S });
    return `${find}; if its task is found: ${attach}; or, only if the user accepts a second charge, drop it: ${command('forget', { idempotencyKey })}`;
  }
  // The caller of this command may have less time than the first one had.
  const wait = Math.min(record.wait || BRIEF_WAIT_S, BRIEF_WAIT_S);
  return command('waitTask', { taskId, wait, download: record.download ?? undefined });
}
