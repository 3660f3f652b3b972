import type { Json } from '../model/json.ts';
import { BRIEF_WAIT_S } from '../model/task.ts';
import type { StoredRequest } from '../ports/record-store.ts';
import { profileOf } from '../providers/registry.ts';
import { AdvisedFailure } from './advised-failure.ts';
import type { Arguments } from './arguments.ts';
import { placeFlags } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { type Local, localJournal } from './local-journal.ts';
import { type Outcome, success } from './render/envelope.ts';
import { actionWords, commandLine } from './words.ts';

/**
 * Returns the requests that are unfinished or were never delivered, with the commands that resume them: of every key, and
 * of every service unless one was named. No network.
 */
export async function listPending(where: Local): Promise<Outcome> {
  const { args } = where;
  const entries = (await localJournal(where).pending()).filter(
    ({ record }) =>
      (args.owner === undefined || record.owner === args.owner) &&
      (!args.isProviderNamed || record.provider === args.profile.id),
  );
  const pending: Json[] = entries.map((entry) => {
    const { provider, service, account, owner, model, idempotencyKey } = entry.record;
    const { promptExcerpt, taskId, status, created, checked, wait, download, credits, files } = entry.record;
    return {
      taskId,
      status,
      statusSeenAt: checked,
      created,
      model,
      promptExcerpt,
      owner,
      provider,
      service,
      account,
      idempotencyKey,
      wait,
      download,
      credits: { ...credits },
      files: files.length,
      resume: resumeOf(args, entry),
      ...cancelOf(args, entry),
    };
  });
  const nextSteps = entries.map((entry) => resumeOf(args, entry)).slice(0, 5);
  return success(
    null,
    null,
    { count: pending.length, pending, ...(nextSteps.length > 0 && { nextSteps }) },
    EXIT.done,
  );
}

/** Returns the command that cancels a task, where the recorded state still allows that. */
function cancelOf({ sandbox }: Arguments, { record }: StoredRequest): { cancel?: string } {
  const profile = profileOf(record.provider);
  if (!profile?.can.cancel || record.taskId === null || record.status !== 'SUBMITTED') return {};
  return {
    cancel: commandLine(
      actionWords('cancelTask', { taskId: record.taskId, ...placeFlags({ profile, sandbox }) }),
    ),
  };
}

function resumeOf(args: Arguments, { record }: StoredRequest): string {
  // The command calls the service that has the task, whichever service this call named.
  const profile = profileOf(record.provider) ?? args.profile;
  const place = placeFlags({ profile, sandbox: args.sandbox });
  if (record.taskId === null) {
    const find = profile.can.list
      ? 'Whether this one was submitted is not known: run its command again, which searches the task list first'
      : `Whether this one was submitted is not known. ${profile.says.tasks} Only if the user accepts that it may be charged once more: its command with --new, or with another --idempotencyKey if it had one`;
    const { idempotencyKey } = record;
    return `${find}; or drop it: ${commandLine(actionWords('forget', { idempotencyKey, ...place }))}`;
  }
  const { taskId } = record;
  const wait = record.wait || BRIEF_WAIT_S;
  const download = record.download ?? undefined;
  return commandLine(actionWords('waitTask', { taskId, wait, download, ...place }));
}

/** Drops a record. The task itself does not change. No network. */
export async function forget(where: Local): Promise<Outcome> {
  const { args } = where;
  const journal = localJournal(where);
  const entries =
    args.taskId === undefined
      ? await journal.byKey(args.idempotencyKey ?? '')
      : [await journal.byTask(args.taskId)].filter((entry) => entry !== undefined);
  const first = entries[0];
  if (!first) {
    throw new AdvisedFailure('TASK_NOT_FOUND', 'There is no such record, so there is nothing to forget.', {
      nextSteps: [commandLine(actionWords('listPending', placeFlags(args)))],
    });
  }
  for (const entry of entries) {
    const lock = await journal.fence(entry.record.request);
    if ('heldBy' in lock) {
      const { pid, host } = lock.heldBy;
      const message = `Process ${pid} on ${host} is submitting this request just now; its record stays.`;
      throw new AdvisedFailure('UNKNOWN_ERROR', message, {
        nextSteps: ['Run the same command again a little later.'],
      });
    }
    try {
      const { taskId: known } = entry.record;
      await entry.refresh();
      // A submit that has just come to its end gave it one.
      if (known !== entry.record.taskId) {
        throw new AdvisedFailure(
          'UNKNOWN_ERROR',
          'This request has just been given a task; its record stays.',
          {
            nextSteps: [commandLine(actionWords('listPending', placeFlags(args)))],
          },
        );
      }
      await entry.drop();
    } finally {
      await lock.release();
    }
  }
  const { taskId, status, delivered } = first.record;
  const lost = delivered === null ? ' Its result was never delivered.' : '';
  const nextSteps = [
    `The record is gone; the task at the service is as it was.${lost} The command that made it submits again now, with a new charge.`,
  ];
  return success(status, taskId, { forgotten: entries.length, nextSteps }, EXIT.done);
}
