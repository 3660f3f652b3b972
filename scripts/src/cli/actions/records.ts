import { forgetRecords } from '../../core/record/forget-records.ts';
import { recordedCancellable } from '../../core/tasks/cancellable.ts';
import { mayCancel } from '../../core/tasks/may-cancel.ts';
import { dayOf, systemClock } from '../../model/clock.ts';
import { accountOf } from '../../model/fingerprint.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { serviceName } from '../../model/service-address.ts';
import { PROFILES } from '../../providers/registry.ts';
import { Journal } from '../../stores/file/journal.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { type Environment, journalFolder } from '../environment.ts';
import type { Caller } from '../render/caller.ts';
import type { Outcome } from '../render/envelope.ts';
import { forgottenOutcome, pendingOutcome } from '../render/pending.ts';

/** Returns what the records of this machine answer alone, those of every key; null where they cannot. No network. */
export async function answerFromRecords(
  args: Arguments,
  caller: Caller,
  { stateFolder, keyAndUrlOf }: Environment,
  warn: (text: string) => void,
): Promise<Outcome | null> {
  if (stateFolder === null) return null;
  const { action, profile, sandbox, taskId, idempotencyKey } = args;
  const folder = journalFolder(stateFolder, sandbox);
  const clock = systemClock;
  const journal = new Journal({ folder, provider: profile.id, service: '', account: '', clock, warn });
  if (action === 'forget') return forgottenOutcome(await forgetRecords(journal, { taskId, idempotencyKey }));
  if (action === 'listPending') return listPending(journal, args, caller, keyAndUrlOf);
  return action === 'spending' ? spent(journal, args, caller) : cancellable(journal, args, caller);
}

/** Returns the requests that are unfinished or were never delivered; of every service unless one was named. */
async function listPending(
  journal: Journal,
  args: Arguments,
  caller: Caller,
  keyAndUrlOf: Environment['keyAndUrlOf'],
): Promise<Outcome> {
  const records = (await journal.pending()).map(({ record }) => record);
  const wanted = records.filter(
    ({ owner, provider }) =>
      (args.owner === undefined || owner === args.owner) &&
      (!args.isProviderNamed || provider === args.profile.id),
  );
  const now = systemClock.wall();
  const cancellable: RequestRecord[] = [];
  for (const record of wanted) if (await mayCancel(record, now)) cancellable.push(record);
  // The sandbox has one key and one address.
  const accounts = (args.sandbox ? [] : PROFILES).flatMap((profile) => {
    const found = keyAndUrlOf(profile);
    if (!found) return [];
    const { id, apiPath } = profile;
    return { provider: id, service: serviceName(found.url, apiPath), account: accountOf(id, found.key) };
  });
  const here = new Map(accounts.map((account) => [account.provider, account]));
  return pendingOutcome(wanted, cancellable, here, caller);
}

/** Returns the refusal of a cancel that names no task, with what the records say that can be cancelled. */
async function cancellable(journal: Journal, { profile }: Arguments, caller: Caller): Promise<Outcome> {
  const all = (await journal.pending()).map(({ record }) => record);
  const records = all.filter(({ provider }) => provider === profile.id);
  const { cancellableOutcome } = await import('../render/cancellable.ts');
  return cancellableOutcome(await recordedCancellable(records, systemClock.wall()), caller, false);
}

/** Returns what was spent at one service; null where no record is of that service. */
async function spent(journal: Journal, args: Arguments, caller: Caller): Promise<Outcome | null> {
  const { id } = args.profile;
  const since = args.since ?? null;
  const all = await journal.spending(0);
  if (!all.some(({ provider }) => provider === id)) return null;
  const rows = since === null ? all : all.filter(({ day }) => day >= dayOf(since));
  const own = rows.filter(({ provider }) => provider === id);
  const unreadable = await journal.unreadable(since ?? 0);
  const unfinished = (await journal.pending()).filter(
    ({ record: { provider, phase, created } }) =>
      provider === id && phase !== 'submitted' && (since === null || Date.parse(created) >= since),
  );
  const { otherRequests, recordedSpending } = await import('../../core/money/spending.ts');
  const result = recordedSpending(own, since, systemClock.wall(), unreadable, unfinished.length);
  const { spendingOutcome } = await import('../render/spending.ts');
  return spendingOutcome({ ...result, others: otherRequests(rows, id) }, caller);
}
