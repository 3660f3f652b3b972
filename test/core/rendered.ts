// The actions of the core, with their results and failures as the command line shows them.

import { AdvisedFailure } from '../../scripts/src/cli/advised-failure.ts';
import { type Flags, flagWords } from '../../scripts/src/cli/command-line/words.ts';
import type { Caller } from '../../scripts/src/cli/render/caller.ts';
import { failed, type Outcome } from '../../scripts/src/cli/render/envelope.ts';
import { explained } from '../../scripts/src/cli/render/errors/explained.ts';
import { outcomeOfResult, type Result } from '../../scripts/src/cli/render/result.ts';
import * as generating from '../../scripts/src/core/generate.ts';
import * as accounts from '../../scripts/src/core/money/account.ts';
import * as spendings from '../../scripts/src/core/money/spending.ts';
import type { TaskFacts } from '../../scripts/src/core/result.ts';
import type { Session } from '../../scripts/src/core/session.ts';
import * as cancelling from '../../scripts/src/core/tasks/cancel-task.ts';
import * as states from '../../scripts/src/core/tasks/get-status.ts';
import * as getting from '../../scripts/src/core/tasks/get-task.ts';
import * as lists from '../../scripts/src/core/tasks/list-tasks.ts';
import * as pending from '../../scripts/src/core/wait/resume-pending.ts';
import * as waits from '../../scripts/src/core/wait/wait-task.ts';
import type { WaitSettings } from '../../scripts/src/core/wait-settings.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { Profile } from '../../scripts/src/providers/provider.ts';
import { PROFILES } from '../../scripts/src/providers/registry.ts';

/** With the flags that the command resuming the task repeats. */
export type Settings = WaitSettings & Pick<TaskFacts, 'model'> & { resumeFlags?: Flags };

/** A call whose commands are short and the same everywhere. */
export function callerOf({ provider }: { provider: Profile }, more: Partial<Caller> = {}): Caller {
  const command: Caller['command'] = (action, flags, at) =>
    ['run', ...flagWords({ action, ...flags, provider: at?.id })].join(' ');
  return {
    profile: provider,
    account: undefined,
    command,
    same: 'run again',
    anew: 'the same command with --new.',
    another: () => 'run again --new',
    retry: 'add --new to the command that submitted it.',
    again: (flags) => ['run again', ...flagWords(flags)].join(' '),
    writeModel: (id) => `write --model ${id}`,
    rehearsal: () => 'run again --sandbox',
    resumeFlags: {},
    wantsEnd: true,
    isLine: false,
    isSubmit: false,
    isRecorded: true,
    isFull: false,
    ...more,
  };
}

async function rendered(
  session: Session,
  result: Promise<Result>,
  more: Partial<Caller> = {},
): Promise<Outcome> {
  const caller = callerOf(session, more);
  try {
    return await outcomeOfResult(await result, caller);
  } catch (error) {
    throw error instanceof Failure ? explained(error, caller) : error;
  }
}

/** The outcome as the program ends with it; `command` is an action of this module. */
export async function endOf(command: Promise<Outcome>): Promise<Outcome> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof AdvisedFailure)) throw error;
    return failed(error, 'UNKNOWN', null);
  }
}

const STATE = { wantsEnd: false, resumeFlags: { wait: 45 } };

export const getStatus = (session: Session, taskId: string) =>
  rendered(session, states.getStatus(session, taskId), STATE);

export const getTask = (session: Session, taskId: string, settings: Settings) =>
  rendered(session, getting.getTask(session, taskId, settings), STATE);

export const waitTask = (
  session: Session,
  taskId: string,
  { resumeFlags = {}, model, ...settings }: Settings,
) => rendered(session, waits.waitTask(session, taskId, settings, { model }), { resumeFlags });

export const waitForNewest = (session: Session, { resumeFlags = {}, ...settings }: Settings) =>
  rendered(session, pending.waitForNewest(session, settings), { resumeFlags });

export const waitForAll = (session: Session, { resumeFlags = {}, ...settings }: Settings) =>
  rendered(session, pending.waitForAll(session, settings), { resumeFlags });

export const cancelTask = (session: Session, taskId: string) =>
  rendered(session, cancelling.cancelTask(session, taskId), STATE);

const EVERY: lists.ListFilter = { since: null, states: null, model: null, limit: 50 };

export const listTasks = (session: Session, filter: Partial<lists.ListFilter> = {}, isFull = false) =>
  rendered(session, lists.listTasks(session, { ...EVERY, ...filter }), { isFull });

export const spending = (session: Session, since: number | null = null) =>
  rendered(session, spendings.spending(session, since));

export const account = (session: Session, contracts: string[]) =>
  rendered(session, accounts.account(session, contracts));

export const generate = (session: Session, options: generating.GenerateOptions) =>
  rendered(session, generating.generate(session, options), {
    wantsEnd: !options.isDetached,
    isSubmit: true,
  });

/** The failure with what the command line says of it, whatever the call. */
export const said = (failure: Failure, provider: Profile = PROFILES[0]!): AdvisedFailure =>
  explained(failure, callerOf({ provider }));
