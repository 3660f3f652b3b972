import { forgetRecords } from '../../core/record/forget-records.ts';
import { recordedCancellable } from '../../core/tasks/cancellable.ts';
import { mayCancel } from '../../core/tasks/may-cancel.ts';
import { systemClock } from '../../model/clock.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import type { Journal } from '../../stores/file/journal.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Caller } from '../render/caller.ts';
import type { Outcome } from '../render/envelope.ts';
import { forgottenOutcome, pendingOutcome } from '../render/pending.ts';

/**
 * Returns the requests that are unfinished or were never delivered: of every key, and of every service unless one was
 * named. No network.
 */
export async function listPending(journal: Journal, args: Arguments, caller: Caller): Promise<Outcome> {
  const records = (await journal.pending()).map(({ record }) => record);
  const wanted = records.filter(
    ({ owner, provider }) =>
      (args.owner === undefined || owner === args.owner) &&
      (!args.isProviderNamed || provider === args.profile.id),
  );
  const now = systemClock.wall();
  const cancellable: RequestRecord[] = [];
  for (const record of wanted) if (await mayCancel(record, now)) cancellable.push(record);
  return pendingOutcome(wanted, cancellable, caller);
}

/** Returns the refusal of a cancel that names no task, with what the records say that can be cancelled. No network. */
export async function cancelsWithoutKey(
  journal: Journal,
  { profile }: Arguments,
  caller: Caller,
): Promise<Outcome> {
  const all = (await journal.pending()).map(({ record }) => record);
  const records = all.filter(({ provider }) => provider === profile.id);
  const { cancellableOutcome } = await import('../render/cancellable.ts');
  return cancellableOutcome(await recordedCancellable(records, systemClock.wall()), caller, false);
}

export async function forget(journal: Journal, { taskId, idempotencyKey }: Arguments): Promise<Outcome> {
  return forgottenOutcome(await forgetRecords(journal, { taskId, idempotencyKey }));
}
