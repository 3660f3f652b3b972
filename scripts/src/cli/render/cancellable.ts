import type { Cancellable, CancellableResult } from '../../core/tasks/cancellable.ts';
import { issue } from '../../model/issue.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { nameIn } from '../../providers/read-answer.ts';
import { AdvisedFailure } from '../advised-failure.ts';
import type { Caller } from './caller.ts';
import { failed, type Outcome } from './envelope.ts';
import { sentences } from './sentences.ts';
import { requestNamed } from './warnings.ts';

const MOST_LOST = 5;

/**
 * Returns the refusal of a cancel that names no task, with the commands that cancel what can be cancelled. Which one is meant
 * is for the user to say, so none of them stands alone in a step.
 * @param hasKey false: the service was not asked, because no key is set
 */
export function cancellableOutcome(result: CancellableResult, caller: Caller, hasKey = true): Outcome {
  const { tasks, more, lost, clearAfter, isListed } = result;
  const { command } = caller;
  const list = isListed ? command('listTasks', { status: 'SUBMITTED' }) : command('listPending');
  const nextSteps = sentences(
    tasks.map((task) => cancelStep(task, caller)),
    more > 0 && `${more} more can be cancelled: ${list}`,
    tasks.length === 0 && noneStep(result, caller, hasKey),
    lost.slice(0, MOST_LOST).map((record) => lostStep(record, result, caller)),
  );
  const [message, hint] =
    tasks.length > 0
      ? [
          'No task was named, so none was cancelled: data.nextSteps has the command of each that can be.',
          'add --taskId <id>: data.nextSteps has the command of each task that can be cancelled',
        ]
      : [
          'No task was named, and none is known that can be cancelled.',
          'no task is known that can be cancelled: data.nextSteps says how far that is known',
        ];
  const issues = [issue('--taskId', '<id> for --action cancelTask', 'nothing', hint)];
  const retryAfter = clearAfter.size > 0 ? Math.max(...clearAfter.values()) : undefined;
  const refusal = new AdvisedFailure('INVALID_PAYLOAD', message, { issues, nextSteps, retryAfter });
  return failed(refusal, 'UNKNOWN', null);
}

function cancelStep(task: Cancellable, { command }: Caller): string {
  const { taskId, promptExcerpt, created, seen, isRecorded } = task;
  const what = requestNamed(promptExcerpt, nameIn(task.model));
  const made = `${created ? `, made on ${created}` : ''}${isRecorded ? '' : ' (this machine has no record of it)'}`;
  const state = seen === undefined ? 'is SUBMITTED now' : `was SUBMITTED when it was last seen, on ${seen}`;
  return `To cancel ${what}${made}, which ${state}: ${command('cancelTask', { taskId })}`;
}

/** The command of such a request may submit once more, which a user who cancels does not want. */
function lostStep(record: RequestRecord, result: CancellableResult, caller: Caller): string {
  const { promptExcerpt, model, created, idempotencyKey } = record;
  const what = `the submit of ${requestNamed(promptExcerpt, model)}, begun on ${created}`;
  const warning = 'Do not run its own command, which may submit once more.';
  const { title } = caller.profile;
  const unknown = `Whether ${what}, made a task is not known`;
  if (!result.isListed)
    return `${unknown}. ${warning} When the list of ${title} can be read, this command tells: ${caller.same}`;
  const after = result.clearAfter.get(record);
  if (after !== undefined)
    return `${unknown}: the list of ${title} does not show it yet. ${warning} The list can tell more after ${after} seconds; then run this command again: ${caller.same}`;
  const drop = caller.command('forget', { idempotencyKey });
  return `The list of ${title} shows no task of ${what}, although a minute has passed: as far as the keys in that list tell, nothing was made. ${warning} To drop its record, so that no later answer leads to that command: ${drop}`;
}

function noneStep(
  { isListed, listFailure }: CancellableResult,
  { profile, command }: Caller,
  hasKey: boolean,
): string {
  if (isListed)
    return `${profile.title} lists no task of this key that is SUBMITTED: none can be cancelled. A task that runs already stays as it is. The unfinished requests of this machine: ${command('listPending')}`;
  const none = 'By the records of this machine, no task can be cancelled any more.';
  if (listFailure) return `${none} The list of ${profile.title} could not be read: ${listFailure.message}`;
  if (hasKey) return none;
  return `${none} What ${profile.title} lists is not known, because ${profile.keyVariable} is not set.`;
}
