import type { Forgotten } from '../../core/record/forget-records.ts';
import { compact } from '../../model/json.ts';
import { type AccountId, isUnsaved, type RequestRecord } from '../../model/request-record.ts';
import { profileOf } from '../../providers/registry.ts';
import { type Action, BRIEF_WAIT_S } from '../command-line/flags.ts';
import type { Flags } from '../command-line/words.ts';
import { EXIT } from '../exit-codes.ts';
import { accountWords } from '../other-account.ts';
import { type Caller, earlierStep } from './caller.ts';
import { done, type Outcome, success } from './envelope.ts';
import { sentences } from './sentences.ts';

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
  here: ReadonlyMap<string, AccountId>,
  caller: Caller,
): Outcome {
  const pending = records.map((record) => {
    const { taskId, status, checked, created, model, promptExcerpt, owner } = record;
    const { provider, service, account, idempotencyKey, wait, download, credits, files } = record;
    const task = { taskId, status, statusSeenAt: checked, created, model, promptExcerpt, owner };
    const request = { provider, service, account, idempotencyKey, wait, download };
    const facts = { ...task, ...request, credits: { ...credits }, files: files.length };
    const elsewhere = elsewhereWords(record, here.get(provider), caller);
    const ways: Ways = elsewhere
      ? { otherAccount: true, resume: elsewhere }
      : waysOf(record, cancellable.includes(record), caller, records.length);
    return compact({ ...facts, ...ways });
  });
  const own = pending.filter(({ otherAccount }) => !otherAccount);
  const lost = own.filter(({ taskId }) => taskId === null);
  // The one that may have been charged without a result comes first.
  const resumes = new Set([...lost, ...own].map(({ resume }) => resume));
  const others = pending.length - own.length;
  const nextSteps =
    pending.length > 0
      ? sentences(
          [...resumes].slice(0, MOST_STEPS),
          lost.some(({ provider }) => profileOf(provider)?.can.list) && UNFOUND,
          others > 0 &&
            `${others} of these requests ${others === 1 ? 'was' : 'were'} made with another key or at another address (otherAccount): resume says what has to be set.`,
          SEEN,
        )
      : sentences(
          'No request that was asked for is unfinished or waits to be delivered.',
          earlierStep(caller),
        );
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

/** Says what has to be set for a request of another key or address; undefined for one of those in use, or where no key is set. */
function elsewhereWords(record: RequestRecord, here: AccountId | undefined, { command }: Caller) {
  const profile = profileOf(record.provider);
  if (!here || !profile) return undefined;
  const account = record.account === here.account ? null : record.account;
  const service = record.service === here.service ? null : record.service;
  const set = sentences(
    account !== null && `${profile.keyVariable} to that key`,
    service !== null && `${profile.urlVariable} to that address`,
  );
  if (set.length === 0) return undefined;
  return `This request was made${accountWords(account, service)}: only there it can be resumed or cancelled. Set ${set.join(', and ')}; then its command is in ${command('listPending', {}, profile)}`;
}

/** What can be done about a request: commands, or words with a command behind them. */
interface Ways {
  otherAccount?: true;
  resume: string;
  cancel?: string | undefined;
  attach?: string;
  forget?: string;
}

/** @param count how many requests are listed: one wait resumes all of them, so that it reaches this one */
function waysOf(record: RequestRecord, mayCancel: boolean, caller: Caller, count: number): Ways {
  // A command calls the service that has the task, whichever service this call named.
  const known = profileOf(record.provider);
  const profile = known ?? caller.profile;
  const command = (action: Action, flags: Flags) => caller.command(action, flags, profile);
  const { taskId, download, idempotencyKey } = record;
  // The caller of this command may have less time than the first one had.
  const wait = Math.min(record.wait || BRIEF_WAIT_S, BRIEF_WAIT_S);
  if (taskId !== null)
    return {
      resume: command('waitTask', { taskId, wait, download: download ?? undefined }),
      cancel: mayCancel && known?.can.cancel ? command('cancelTask', { taskId }) : undefined,
    };
  // Each of several is saved where its own command said.
  const search = command('waitTask', count > 1 ? { all: true, wait } : { wait, download: download ?? 'out' });
  const { tasks } = profile.says;
  const resume = !tasks
    ? `This searches the list of ${profile.title} for its task and resumes it; it submits nothing: ${search}`
    : `${tasks} Only if the user accepts that it may be charged once more: its command with --new, or with another --idempotencyKey if it had one`;
  return {
    resume: `Whether this one was submitted is not known. ${resume}`,
    attach: command('waitTask', { taskId: '<task_id>', idempotencyKey, wait: BRIEF_WAIT_S }),
    forget: `Only if the user accepts that its command, run again, may be charged a second time: ${command('forget', { idempotencyKey })}`,
  };
}
