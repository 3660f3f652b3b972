import type { Forgotten } from '../../core/record/forget-records.ts';
import { compact } from '../../model/json.ts';
import { type Account, isUnsaved, type RequestRecord } from '../../model/request-record.ts';
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
 * @param here the account in use of each service for which a key is set
 */
export function pendingOutcome(
  records: readonly RequestRecord[],
  cancellable: readonly RequestRecord[],
  here: ReadonlyMap<string, Account>,
  caller: Caller,
): Outcome {
  const pending = records.map((record) => {
    const { taskId, status, checked, created, model, promptExcerpt, owner } = record;
    const { provider, service, account, idempotencyKey, wait, download, credits, files } = record;
    const task = { taskId, status, statusSeenAt: checked, created, model, promptExcerpt, owner };
    const request = { provider, service, account, idempotencyKey, wait, download };
    const facts = { ...task, ...request, credits: { ...credits }, files: files.length };
    const elsewhere = elsewhereWords(record, here.get(provider), caller);
    const cancel = !elsewhere && cancellable.includes(record) ? cancelOf(record, caller) : undefined;
    const otherAccount = elsewhere ? true : undefined;
    return compact({ ...facts, otherAccount, resume: elsewhere ?? resumeOf(record, caller), cancel });
  });
  const own = pending.flatMap(({ otherAccount, resume }) => (otherAccount ? [] : resume));
  const nextSteps =
    pending.length > 0
      ? [...own.slice(0, MOST_STEPS), ...othersStep(pending.length - own.length), SEEN]
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

const othersStep = (count: number): string[] =>
  count === 0
    ? []
    : [
        `${count} of these requests ${count === 1 ? 'was' : 'were'} made with another key or at another address (otherAccount): resume says what has to be set.`,
      ];

/** Says what has to be set for a request of another key or address; undefined for one of those in use, or where no key is set. */
function elsewhereWords(record: RequestRecord, here: Account | undefined, caller: Caller) {
  const { provider, account, service } = record;
  const profile = profileOf(provider);
  if (!here || !profile) return undefined;
  const made: string[] = [];
  const set: string[] = [];
  if (account !== here.account) {
    made.push(`with another key (fingerprint ${account})`);
    set.push(`${profile.keyVariable} to that key`);
  }
  if (service !== here.service) {
    made.push(`at another address (${service})`);
    set.push(`${profile.urlVariable} to that address`);
  }
  if (made.length === 0) return undefined;
  return `This request was made ${made.join(' ')}: only there it can be resumed or cancelled. Set ${set.join(', and ')}; then its command is in ${caller.commandAt(profile)('listPending')}`;
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
