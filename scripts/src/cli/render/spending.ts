import type { OtherRequests, SpendingResult } from '../../core/money/spending.ts';
import { type JsonObject, unlessEmpty } from '../../model/json.ts';
import { KEPT_DAYS } from '../../model/request-record.ts';
import type { SpendingCounts } from '../../model/spending-row.ts';
import { counted } from '../../model/text.ts';
import { profileOf } from '../../providers/registry.ts';
import { sinceAt } from '../command-line/since.ts';
import type { Caller } from './caller.ts';
import { done, type Outcome } from './envelope.ts';
import { type Part, sentences } from './sentences.ts';

// Far more models than the services have.
const MOST_MODELS = 100;

/** Returns the answer to `spending`: the sums, and which span, list and records they cover. */
export function spendingOutcome(result: SpendingResult, caller: Caller): Outcome {
  const { total, models, list, journal, since } = result;
  const covers = sentences(
    listWords(list, since, caller),
    journalWords(journal, caller),
    'Credits are as the service reported them. A task is counted in the span in which it was submitted, and once.',
    othersWords(result.others, since, caller),
  );
  const data = {
    since: spanOf(since),
    total: rowOf(total),
    models: models.slice(0, MOST_MODELS).map(({ model, ...sums }) => ({ model, ...rowOf(sums) })),
    more: models.length > MOST_MODELS ? models.length - MOST_MODELS : undefined,
    covers,
    warnings: unlessEmpty(warningsOf(result, caller)),
    nextSteps: unlessEmpty(nextStepsOf(result, caller)),
  };
  return done(data);
}

/** Returns a span as the documents name it; null: all that is known. */
export function spanOf(since: number | null): JsonObject | null {
  if (since === null) return null;
  const { day, timeZone } = sinceAt(since);
  return { day, from: new Date(since).toISOString(), timeZone };
}

/** Returns a warning for each kind of entry of the list that the sums do not have. */
export function leftOut({ undated, unread }: { undated: number; unread: number }, hasSpan: boolean): Part[] {
  return [
    undated > 0 &&
      hasSpan &&
      `${counted(undated, 'task')} of the list ${undated === 1 ? 'has no date, and is' : 'have no date, and are'} left out.`,
    unread > 0 &&
      `${counted(unread, 'entry', 'entries')} of the list cannot be read, and ${unread === 1 ? 'is' : 'are'} left out.`,
  ];
}

/** A row of sums. Credits that nobody reported are null, never 0. */
function rowOf(row: SpendingCounts): JsonObject {
  const { charged, refunded, open, unpriced, openUnpriced, unknown, ...counts } = row;
  const isAllUnknown = unpriced > 0 && charged === 0 && unpriced + unknown >= counts.tasks;
  return {
    ...counts,
    outcomeUnknown: unknown,
    charged: isAllUnknown ? null : charged,
    refunded: isAllUnknown && refunded === 0 ? null : refunded,
    net: isAllUnknown ? null : charged - refunded,
    mayStillBeCharged: openUnpriced > 0 && open === 0 ? null : open,
    creditsUnknown: unpriced,
  };
}

function listWords(list: SpendingResult['list'], since: number | null, { profile }: Caller): Part {
  const { title, can } = profile;
  if (!list)
    return !can.list && `${title} documents no list of tasks, so its tasks are known by the journal alone.`;
  const oldest = list.oldest === null ? '' : `, the oldest of ${new Date(list.oldest).toISOString()}`;
  const later =
    since !== null && list.oldest !== null && list.oldest > since
      ? ' Whether it reaches back to the beginning of the span is not known.'
      : '';
  return `The list of ${title}: ${counted(list.tasks, 'task')} of this key${oldest}. How far back such a list reaches is not documented.${later}`;
}

function journalWords(journal: SpendingResult['journal'], { profile }: Caller): string {
  if (!journal) return 'The journal of this machine: there is none.';
  const kept = `A record is kept for ${KEPT_DAYS} days after its last use.`;
  return journal.keys === 'all'
    ? `The journal of this machine alone, because ${profile.keyVariable} is not set: ${counted(journal.more, 'request')}, of every key that was used here. ${kept}`
    : `The journal of this machine: ${counted(journal.more, 'request')} of this key${profile.can.list ? ' that the list does not show' : ''}. ${kept}`;
}

/** Says of the requests to other services that they are left out, with the command that shows them. */
export function othersWords(
  others: readonly OtherRequests[] = [],
  since: number | null,
  { command }: Caller,
): string[] {
  return others.flatMap(({ provider, count }) => {
    const profile = profileOf(provider);
    if (!profile) return [];
    const day = since === null ? undefined : sinceAt(since).day;
    const shows = command('spending', { since: day }, profile);
    return [`The requests to ${profile.title} are left out (${count} on record here): ${shows}`];
  });
}

function warningsOf({ total, list, journal, asOf, since, listFailure }: SpendingResult, { profile }: Caller) {
  const { unpriced, unknown } = total;
  const unreadable = journal?.unreadable ?? 0;
  const [was, it] = unknown === 1 ? ['was', 'it'] : ['were', 'them'];
  const isBeyondRecords = since !== null && since < asOf - KEPT_DAYS * 24 * 3_600_000;
  return sentences(
    listFailure &&
      `The list of ${profile.title} could not be read (${listFailure.message}), so this is what the journal of this machine knows, which may be out of date.`,
    unpriced > 0 &&
      `The credits of ${unpriced} of these tasks are not known: nobody reported them, and the sums leave them out.`,
    unreadable > 0 &&
      `${unreadable === 1 ? '1 record of this machine cannot be read: its request counts' : `${unreadable} records of this machine cannot be read: their requests count`} only where the list of the service shows the task.`,
    unknown > 0 &&
      `Whether ${unknown} of these submits ${was} accepted, and charged, is not known.${list ? ` The list may show what came of ${it}.` : ''}`,
    list && leftOut(list, since !== null),
    !list &&
      journal &&
      isBeyondRecords &&
      `What was made more than ${KEPT_DAYS} days ago may no longer be on record here.`,
  );
}

function nextStepsOf(
  { total: { running, unknown }, replaced, since }: SpendingResult,
  { command, profile }: Caller,
): string[] {
  const day = since === null ? undefined : sinceAt(since).day;
  const [were, them, tasks] = replaced === 1 ? ['was', 'it', 'its task'] : ['were', 'them', 'their tasks'];
  const find =
    profile.says.tasks ?? `Whether the service has ${tasks}: ${command('listTasks', { since: day })}`;
  return sentences(
    running > 0 && profile.can.list && command('listTasks', { status: 'running' }),
    ((running > 0 && !profile.can.list) || unknown > replaced) && command('listPending'),
    replaced > 0 &&
      `${counted(replaced, 'submit')} of unknown outcome ${were} replaced by a run with --new, so listPending does not show ${them}. ${find}`,
  );
}
