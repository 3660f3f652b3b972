import type { AccountResult, ListResult, QuoteResult } from '../../core/account.ts';
import { creditsOf } from '../../core/result.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Task } from '../../model/task.ts';
import { nameIn } from '../../providers/error-answer.ts';
import { EXIT } from '../exit-codes.ts';
import { type Caller, resumeCommand } from './caller.ts';
import { type Outcome, success, upstream } from './envelope.ts';
import { cheaperSteps } from './next-steps/budget.ts';

export function quoteOutcome(
  { model, quote, estimate, missing, cheaper }: QuoteResult,
  { profile }: Caller,
): Outcome {
  const { credits, balance, affordable, record } = quote;
  const nextSteps = cheaper
    ? [`${missing} credits are missing. ${profile.says.credits}`, ...cheaperSteps(cheaper)]
    : affordable === false
      ? [`The service says that the balance is too small. ${profile.says.credits}`]
      : [
          `Tell the user the price (${credits} credits), then submit once with --maxCredits ${credits}. Media and content are checked only then.`,
        ];
  const data = {
    ...{ model, credits, currentBalance: balance, affordable },
    ...(estimate && { estimate: { ...estimate, note: 'The quote counts.' } }),
    nextSteps,
  };
  return success(null, null, { ...data, ...upstream(record) }, EXIT.done);
}

export function accountOutcome(
  { account: { balance, models, record }, contracts, notListedByService, withoutContract }: AccountResult,
  { profile: { title } }: Caller,
): Outcome {
  const nextSteps: string[] = [];
  if (models.length > 0 && notListedByService.length > 0)
    nextSteps.push(
      `${title} does not list ${notListedByService.join(', ')} today: choose another model, as a submit of it may be refused.`,
    );
  if (withoutContract.length > 0)
    nextSteps.push(
      `${title} lists ${withoutContract.join(', ')}, which has no contract here: references/add-a-model.md tells how to add one.`,
    );
  const data = {
    currentBalance: balance,
    supportedModels: models,
    contracts: { models: contracts, notListedByService, withoutContract },
    ...(nextSteps.length > 0 && { nextSteps }),
  };
  return success(null, null, { ...data, ...upstream(record) }, EXIT.done);
}

// So many fit into one document.
const MOST_ROWS = 100;
// The rows say what is needed; a record as it came shows what else there would be.
const MOST_RECORDS = 10;
const MOST_COMMANDS = 5;

export function listOutcome({ tasks, record }: ListResult, caller: Caller): Outcome {
  const running = tasks.filter(({ state }) => state === 'SUBMITTED' || state === 'PROGRESS');
  const nextSteps = running.slice(0, MOST_COMMANDS).map(({ id }) => resumeCommand(caller, id));
  const data = {
    count: tasks.length,
    tasks: tasks.slice(0, MOST_ROWS).map(rowOf),
    ...(tasks.length > MOST_ROWS && { more: tasks.length - MOST_ROWS }),
    ...(nextSteps.length > 0 && { nextSteps }),
  };
  return success(null, null, { ...data, ...upstream(shortened(record)) }, EXIT.done);
}

/** A list as it came, with the newest of its records. */
function shortened(record: JsonObject): JsonObject {
  const tasks = record.tasks as Json[];
  const cut = `[cut: ${tasks.length - MOST_RECORDS} more items]`;
  return tasks.length > MOST_RECORDS ? { ...record, tasks: [...tasks.slice(0, MOST_RECORDS), cut] } : record;
}

/** A task of a list, in our words. */
function rowOf(task: Task): JsonObject {
  const { id, state, unknownState, createdAt, idempotencyKey } = task;
  const { charged, refunded } = creditsOf(task);
  return {
    taskId: id,
    status: state,
    ...(unknownState !== undefined && { unknownState }),
    model: nameIn(task.model) ?? null,
    createdAt: createdAt === undefined ? null : new Date(createdAt).toISOString(),
    credits: { charged, refunded },
    // A key has no spaces: whatever has some is no key, and may be a sentence.
    idempotencyKey: idempotencyKey && /^[\x21-\x7e]{1,128}$/.test(idempotencyKey) ? idempotencyKey : null,
  };
}
