import { forgetRecords } from '../../core/record/forget-records.ts';
import { recordedCancellable } from '../../core/tasks/cancellable.ts';
import { mayCancel } from '../../core/tasks/may-cancel.ts';
import { systemClock } from '../../model/clock.ts';
import { accountOf } from '../../model/fingerprint.ts';
import type { Account, RequestRecord } from '../../model/request-record.ts';
import { serviceName } from '../../model/service-address.ts';
import type { Profile } from '../../providers/provider.ts';
import { PROFILES } from '../../providers/registry.ts';
import type { Journal } from '../../stores/file/journal.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { PlaceInUse } from '../environment.ts';
import type { Caller } from '../render/caller.ts';
import type { Outcome } from '../render/envelope.ts';
import { forgottenOutcome, pendingOutcome } from '../render/pending.ts';

/**
 * Returns the requests that are unfinished or were never delivered: of every key, and of every service unless one was
 * named. No network.
 * @param placeOf the key and the address that are set for a service
 */
export async function listPending(
  journal: Journal,
  args: Arguments,
  caller: Caller,
  placeOf: (profile: Profile) => PlaceInUse | null,
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
  const places = args.sandbox ? [] : PROFILES.flatMap((profile) => accountIn(profile, placeOf(profile)));
  const here = new Map(places.map((place) => [place.provider, place]));
  return pendingOutcome(wanted, cancellable, here, caller);
}

function accountIn({ id, apiPath }: Profile, place: PlaceInUse | null): Account[] {
  if (!place) return [];
  return [{ provider: id, service: serviceName(place.url, apiPath), account: accountOf(id, place.key) }];
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
