import { promptExcerpt } from '../../core/record/prompt-excerpt.ts';
import type { ListedTask, ListResult } from '../../core/tasks/list-tasks.ts';
import { isObject, type JsonObject, unlessEmpty } from '../../model/json.ts';
import { counted, plain, quoted } from '../../model/text.ts';
import { nameIn } from '../../providers/read-answer.ts';
import { briefWait, type Caller, resumeCommand } from './caller.ts';
import { definedFields, done, type Outcome, upstream } from './envelope.ts';
import { sentences } from './sentences.ts';
import { leftOut, othersWords, spanOf } from './spending.ts';

const MOST_COMMANDS = 5;
const MOST_MODELS = 20;
const LONGEST_REASON = 120;

/** Returns the document of a list: compact rows without links, or the service's records. */
export function listOutcome(result: ListResult, caller: Caller): Outcome {
  const { filter, tasks, matched, counts, listed, running, record } = result;
  const wanted = tasks.filter(({ task }) => running.some(({ id }) => id === task.id));
  const resume = ({ task: { id }, request }: ListedTask) =>
    resumeCommand(caller, id, { wait: briefWait(caller, request?.wait) });
  const nextSteps = sentences(
    wanted.slice(0, MOST_COMMANDS).map(resume),
    matched === 0 && listed > 0 && nothingMatches(result),
  );
  const data = {
    since: filter.since === null ? undefined : spanOf(filter.since),
    count: matched,
    counts: counts as JsonObject,
    tasks: tasks.map(rowOf),
    more: matched > tasks.length ? matched - tasks.length : undefined,
    covers: unlessEmpty(othersWords(result.others, filter.since, caller)),
    warnings: unlessEmpty(warningsOf(result, caller)),
    nextSteps: unlessEmpty(nextSteps),
  };
  const shown = caller.isFull ? { ...record, tasks: tasks.map(({ task }) => task.record) } : record;
  return done({ ...data, ...upstream(shown) });
}

function warningsOf(result: ListResult, caller: Caller): string[] {
  const { matched, tasks, filter, lost } = result;
  return sentences(
    matched > tasks.length &&
      `Only the newest ${tasks.length} of ${matched} tasks are shown; --limit, --since, --status and --model choose others. The counts are of all.`,
    leftOut(result, filter.since !== null),
    lost > 0 && lostWords(lost, caller),
  );
}

/** Says that there may be a task which the list does not show, with the command that searches for it. */
function lostWords(lost: number, caller: Caller): string {
  const those = lost === 1 ? 'its task' : 'their tasks';
  const search = caller.command('waitTask', { all: true, wait: briefWait(caller) });
  return `The outcome of ${counted(lost, 'submit')} on record here is not known, and the list does not show ${those} yet, if there ${lost === 1 ? 'is one' : 'are any'}. This searches the list again, and submits nothing: ${search}`;
}

/** Says what was asked for, and what there is instead: of that model and span, or of the whole list. */
function nothingMatches({ listed, models, counts, filter: { states, model, since } }: ListResult): string {
  const span = since === null ? '' : `made since ${new Date(since).toISOString()}`;
  const there = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  if (states !== null && there.length > 0) {
    const of = [model === null ? '' : ` of model ${model}`, span && ` ${span}`].join('');
    const found = there.map(([state, count]) => `${count} ${state}`).join(', ');
    return `No task${of} is ${states.join(' or ')} (${found}).`;
  }
  const names = models.flatMap((name) => nameIn(name) ?? []).slice(0, MOST_MODELS);
  const asked = [model === null ? '' : `of model ${model}`, span].filter(Boolean).join(' and ');
  const all = listed === 1 ? 'The 1 task of this key is not' : `None of the ${listed} tasks of this key is`;
  return `${all} ${asked}. ${listed === 1 ? 'Its model' : 'Their models'}: ${names.join(', ') || 'not named'}.`;
}

function rowOf({ task, request, name, file }: ListedTask): JsonObject {
  const { id, state, unknownState, createdAt, completedAt, charged, refunded, error } = task;
  const { input, idempotencyKey: key = '' } = task;
  // The beginning of the prompt as the service has it.
  const own = isObject(input) ? promptExcerpt(input) : null;
  return definedFields({
    taskId: id,
    name: name && plain(name, 200),
    promptExcerpt: request?.promptExcerpt ?? own ?? undefined,
    file: file && plain(file, 1_000),
    model: nameIn(task.model) ?? null,
    status: state,
    unknownState,
    createdAt: dateOf(createdAt),
    completedAt: dateOf(completedAt),
    credits: { charged: charged ?? null, refunded: refunded ?? null },
    reason: error && quoted(error, LONGEST_REASON),
    // A key has no spaces: whatever has some is no key, and may be a sentence.
    idempotencyKey: /^[\x21-\x7e]{1,128}$/.test(key) ? key : undefined,
  });
}

const dateOf = (time: number | undefined): string | null =>
  time === undefined ? null : new Date(time).toISOString();
