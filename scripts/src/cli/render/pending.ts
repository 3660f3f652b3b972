import type { Forgotten } from '../../core/record/forget-records.ts';
import { compact } from '../../model/json.ts';
import { type Account, isUnsaved, type RequestRecord } from '../../model/request-record.ts';
import { BRIEF_WAIT_S } from '../../model/task.ts';
import { profileOf } from '../../providers/registry.ts';
import { EXIT } from '../exit-codes.ts';
import { type Caller, earlierStep } from './caller.ts';
import { done, type Outcome, success } from './envelope.ts';

const MOST_STEPS = 5;
const UNFOUND =
  'Where that finds no task: the command of the request searches again, and may submit it. To drop its record instead: forget of its row.';
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
    const resume = elsewhere ?? resumeOf(record, caller, records.length);
    const cancel = !elsewhere && cancellable.includes(record) ? cancelOf(record, caller) : undefined;
    const ways = taskId === null && !elsewhere ? waysWithoutTask(record, caller) : {};
    return compact({ ...facts, otherAccount: elsewhere ? true : undefined, resume, cancel, ...ways });
  });
  const own = pending.filter(({ otherAccount }) => !otherAccount);
  // The one that may have been charged without a result comes first.
  const [lost, known] = [true, false].map((isLost) =>
    own.filter(({ taskId }) => (taskId === null) === isLost),
  );
  const steps = new Set([...lost!, ...known!].map(({ resume }) => resume));
  const isSearched = lost!.some(({ provider }) => profileOf(provider)?.can.list);
  const others = othersStep(pending.length - own.length);
  const nextSteps =
    pending.length > 0
      ? [...[...steps].slice(0, MOST_STEPS), ...(isSearched ? [UNFOUND] : []), ...others, SEEN]
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

/** Returns what the user can decide about a request of which no task is known. */
function waysWithoutTask({ provider, idempotencyKey }: RequestRecord, caller: Caller) {
  const command = caller.commandAt(profileOf(provider) ?? caller.profile);
  const attach = command('waitTask', { taskId: '<task_id>', idempotencyKey, wait: BRIEF_WAIT_S });
  const forget = `Only if the user accepts that its command, run again, may be charged a second time: ${command('forget', { idempotencyKey })}`;
  return { attach, forget };
}

/** @param count how many requests are listed: one wait resumes all of them, so that it reaches this one */
function resumeOf(record: RequestRecord, caller: Caller, count: number): string {
  // The command calls the service that has the task, whichever service this call named.
  const profile = profileOf(record.provider) ?? caller.profile;
  const command = caller.commandAt(profile);
  const { taskId, download } = record;
  // The caller of this command may have less time than the first one had.
  const wait = Math.min(record.wait || BRIEF_WAIT_S, BRIEF_WAIT_S);
  if (taskId !== null) return command('waitTask', { taskId, wait, download: download ?? undefined });
  const unknown = 'Whether this one was submitted is not known.';
  if (!profile.can.list)
    return `${unknown} ${profile.says.tasks} Only if the user accepts that it may be charged once more: its command with --new, or with another --idempotencyKey if it had one`;
  // Each of several is saved where its own command said.
  const which = count > 1 ? { all: true, wait } : { wait, download: download ?? 'out' };
  return `${unknown} This searches the list of ${profile.title} for its task and resumes it; it submits nothing: ${command('waitTask', which)}`;
}
