import { mayCancel } from '../../core/tasks/may-cancel.ts';
import { systemClock } from '../../model/clock.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { quoted } from '../../model/text.ts';
import { profileOf } from '../../providers/registry.ts';
import type { AdvisedFailure } from '../advised-failure.ts';
import { type Arguments, parseArguments } from '../command-line/arguments.ts';
import { type Place, placeFlags } from '../command-line/commands.ts';
import { readFlags } from '../command-line/read-flags.ts';
import { commandLine, flagWords } from '../command-line/words.ts';
import { readEnvironment } from '../environment.ts';
import { type Caller, callerOf } from '../render/caller.ts';
import { localJournal } from './local-journal.ts';

const MOST_STEPS = 5;
// A cancel works only before the work begins, so the way to it is short.
const QUERY_MS = 5_000;

/** The refused call. */
interface RefusedCall {
  argv: readonly string[];
  progress: { line(text: string): void };
  interruption: { stop(): void };
  /** Runs an action, which notes in the records what it sees; without a key it fails. */
  run(args: Arguments, caller: Caller): Promise<unknown>;
}

/**
 * Returns the refusal of a cancel that names no task, with the commands that cancel what can be cancelled, the newest first,
 * before the steps of the refusal itself. Which one is meant is for the user to say, so none of them stands alone in a step.
 */
export async function withCancels(refusal: AdvisedFailure, call: RefusedCall): Promise<AdvisedFailure> {
  const given = readFlags(call.argv, []);
  const named = profileOf(given.get('provider'));
  if (given.has('taskId') || !named?.can.cancel) return refusal;
  const place = { profile: named, sandbox: given.has('sandbox') };
  try {
    const warn = call.progress.line;
    let records = await cancellable(place, warn);
    const isFresh = records.length > 0 && named.can.list && (await hasReadList(call, place));
    if (isFresh) records = await cancellable(place, warn);
    const steps = records.slice(0, MOST_STEPS).map((record) => cancelStep(record, place, isFresh));
    const more = records.length - steps.length;
    if (more > 0) steps.push(`${more} more can be cancelled: --action listPending shows them.`);
    const { nextSteps: own = [] } = refusal.details;
    const none = 'By the records of this machine, no task can be cancelled any more.';
    return refusal.with({ nextSteps: [...(steps.length > 0 ? steps : [none]), ...own] });
  } catch (error) {
    // The refusal is true without the records.
    if (error instanceof Failure) return refusal;
    throw error;
  }
}

/** Returns the records of tasks of which a cancel may still work, the newest first. No network. */
async function cancellable(place: Place, warn: (text: string) => void): Promise<RequestRecord[]> {
  const environment = readEnvironment(process.env, place.profile, { isLive: false, hasState: true });
  const now = systemClock.wall();
  const found: RequestRecord[] = [];
  for (const { record } of await localJournal(place, environment, warn).pending())
    if (record.provider === place.profile.id && (await mayCancel(record, now))) found.push(record);
  return found;
}

/** Tells whether the list of the service was read, which notes the present states in the records. */
async function hasReadList({ run, interruption }: RefusedCall, place: Place): Promise<boolean> {
  const argv = flagWords({ action: 'listTasks', ...placeFlags(place) });
  const args = parseArguments(argv);
  const list = orFailure(run(args, callerOf(args, argv)));
  const late = new Promise<null>((resolve) => setTimeout(resolve, QUERY_MS, null).unref());
  const read = await Promise.race([list, late]);
  // A query that takes longer must not keep the process.
  if (read === null) interruption.stop();
  return read !== null && !(read instanceof Failure);
}

function cancelStep(record: RequestRecord, place: Place, isFresh: boolean): string {
  const { taskId, model, promptExcerpt, created, checked } = record;
  const what = promptExcerpt === null ? model : `${quoted(promptExcerpt)} (${model})`;
  const seen = isFresh ? 'is SUBMITTED now' : `was SUBMITTED when it was last seen, on ${checked ?? created}`;
  const command = commandLine(flagWords({ action: 'cancelTask', taskId: taskId!, ...placeFlags(place) }));
  return `To cancel ${what}, made on ${created}, which ${seen}: ${command}`;
}
