import type { LineResult } from '../../core/batch/line.ts';
import type { BatchResult } from '../../core/batch/options.ts';
import { counted } from '../../model/text.ts';
import { type Outcome, textsIn } from './envelope.ts';
import { type Part, sentences } from './sentences.ts';

const MOST_WARNED = 5;

/** A line of a batch and the outcome that a command of its own would have. */
export interface LineItem {
  line: LineResult;
  outcome: Outcome;
}

/** Returns the warnings of a batch: its own, and those of its first lines. */
export function batchWarnings(
  result: BatchResult,
  items: readonly LineItem[],
  report: { file: string } | { problem: string },
): string[] {
  const made = items.filter(({ line }) => line.taskId !== null).length;
  const warned = items.filter(({ outcome }) => textsIn(outcome, 'warnings').length > 0);
  const more = warned.length - MOST_WARNED;
  return sentences(
    result.isNew &&
      `--new asked for every line once more: ${counted(made, 'new task')}, ${costOf(result.quoted)}.`,
    madeBeforeWarning(result.lines),
    leftWarning(result),
    unsavedWarning(result),
    takenNames(result.lines),
    'problem' in report && `The report could not be written: ${report.problem}.`,
    warned
      .slice(0, MOST_WARNED)
      .flatMap(({ line: { number, name }, outcome }) =>
        textsIn(outcome, 'warnings').map((text) => `Line ${number} (${name}): ${text}`),
      ),
    more > 0 && `${counted(more, 'more line')} ${more === 1 ? 'has' : 'have'} warnings; the report has them.`,
  );
}

/** Says which results the user has already: who asks for variations expects new ones. */
function madeBeforeWarning(lines: readonly LineResult[]): Part {
  const made = lines.filter(({ madeBefore }) => madeBefore !== undefined);
  return (
    made.length > 0 &&
    `Earlier commands made ${linesNamed(made)} (${made.length > 1 ? 'the first ' : ''}on ${made[0]!.madeBefore}) for files of other names: what is here is the result of the earlier task, not another one. To get another one, with a new charge: add an equal line, or run the command of the line alone (its model and payload) with --new.`
  );
}

/** Says which lines an interrupted run with --new left as they were: the result is a mix of new and earlier tasks. */
function leftWarning({ leftOver, lines }: BatchResult): Part {
  const left = lines.filter(({ number }) => leftOver?.lines.has(number));
  return (
    leftOver &&
    `The run with --new that began on ${leftOver.began} did not make ${linesNamed(left)} once more: ${left.length === 1 ? 'its task is an earlier one' : 'their tasks are earlier ones'}.`
  );
}

/** Says which tasks are in no answer of the batch, and have no file: a run with --new made others in their place. */
function unsavedWarning({ unsaved, lines }: BatchResult): Part {
  const numbers = new Set(unsaved.map(({ line }) => line));
  const named = linesNamed(lines.filter(({ number }) => numbers.has(number)));
  const [have, it] = unsaved.length === 1 ? ['has', 'it'] : ['have', 'them'];
  return (
    unsaved.length > 0 &&
    `${counted(unsaved.length, 'earlier task')} of ${named} ${have} no whole result here, and this run does not return ${it}: a run with --new asked for ${numbers.size === 1 ? 'this line' : 'these lines'} once more.`
  );
}

/** Says why files are called otherwise than their lines. */
function takenNames(lines: readonly LineResult[]): Part {
  const taken = lines.filter(({ isNameTaken }) => isNameTaken);
  const [first] = taken;
  if (!first) return null;
  return taken.length === 1
    ? `Line ${first.number}: its name belongs to another file, which stays as it is. So a version follows it: ${first.name}.`
    : `Lines ${numbersOf(taken)}: their names belong to other files, which stay as they are. So a version follows each name, as in ${first.name}.`;
}

/** Returns what --new costs, for the user who can still interrupt it. */
export function newCharge(lines: number, credits: number | null): string {
  return `--new asks for ${lines === 1 ? 'the line' : `all ${lines} lines`} once more: ${costOf(credits)}.`;
}

function costOf(credits: number | null): string {
  const cost =
    credits === null ? 'their price could not be asked for' : `${counted(credits, 'credit')} for all lines`;
  return `a new charge (${cost})`;
}

export const linesNamed = (lines: readonly LineResult[]): string =>
  `${lines.length === 1 ? 'line' : 'lines'} ${numbersOf(lines)}`;

const numbersOf = (lines: readonly LineResult[]): string => ranges(lines.map(({ number }) => number));

const MOST_RANGES = 12;

/** Returns line numbers in short: 1-3, 7. */
export function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  const texts = found.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
  if (texts.length <= MOST_RANGES) return texts.join(', ');
  return `${texts.slice(0, MOST_RANGES).join(', ')} and ${texts.length - MOST_RANGES} more places`;
}
