import { mayCancel } from '../../core/tasks/may-cancel.ts';
import { systemClock } from '../../model/clock.ts';
import { Failure } from '../../model/failure.ts';
import { quoted } from '../../model/text.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { profileOf } from '../../providers/registry.ts';
import type { AdvisedFailure } from '../advised-failure.ts';
import { placeFlags } from '../command-line/commands.ts';
import { readFlags } from '../command-line/read-flags.ts';
import { commandLine, flagWords } from '../command-line/words.ts';
import { readEnvironment } from '../environment.ts';
import { localJournal } from './local-journal.ts';

const MOST_STEPS = 5;

/**
 * Returns the refusal of a cancel that names no task, with the commands that cancel what can be cancelled by the records,
 * the newest first, before the steps of the refusal itself. Which one is meant is for the user to say, so none of them stands alone in a step. No network.
 */
export async function withCancels(
  refusal: AdvisedFailure,
  argv: readonly string[],
  warn: (text: string) => void,
): Promise<AdvisedFailure> {
  const given = readFlags(argv, []);
  const named = profileOf(given.get('provider'));
  if (given.has('taskId') || !named?.can.cancel) return refusal;
  const place = { profile: named, sandbox: given.has('sandbox') };
  try {
    const environment = readEnvironment(process.env, named, { isLive: false, hasState: true });
    const now = systemClock.wall();
    const pending: StoredRequest[] = [];
    for (const entry of await localJournal({ args: place, environment, warn }).pending())
      if (entry.record.provider === named.id && (await mayCancel(entry.record, now))) pending.push(entry);
    const steps = pending
      .slice(0, MOST_STEPS)
      .map(({ record: { taskId, model, promptExcerpt, created } }) => {
        const what = promptExcerpt === null ? model : `${quoted(promptExcerpt)} (${model})`;
        const command = commandLine(
          flagWords({ action: 'cancelTask', taskId: taskId!, ...placeFlags(place) }),
        );
        return `To cancel ${what}, made on ${created}: ${command}`;
      });
    const more = pending.length - steps.length;
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
