import type { LineResult } from '../../core/batch/line.ts';
import type { BatchResult } from '../../core/batch/options.ts';
import { counted } from '../../model/text.ts';
import { type Outcome, textsIn } from './envelope.ts';

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
  const warnings: string[] = [];
  if (result.isNew) {
    const made = items.filter(({ line }) => line.taskId !== null).length;
    warnings.push(
      `--new asked for every line once more: ${counted(made, 'new task')}, ${costOf(result.quoted)}.`,
    );
  }
  warnings.push(...madeBeforeWarning(result.lines));
  warnings.push(...leftWarning(result), ...unsavedWarning(result), ...takenNames(result.lines));
  if ('problem' in report) warnings.push(`The report could not be written: ${report.problem}.`);
  const withWarnings = items.filter(({ outcome }) => textsIn(outcome, 'warnings').length > 0);
  for (const { line, outcome } of withWarnings.slice(0, 5))
    for (const text of textsIn(outcome, 'warnings'))
      warnings.push(`Line ${line.number} (${line.name}): ${text}`);
  if (withWarnings.length > 5)
    warnings.push(
      `${counted(withWarnings.length - 5, 'more line')} ${withWarnings.length === 6 ? 'has' : 'have'} warnings; the report has them.`,
    );
  return warnings;
}

/** Says which results the user has already: who asks for variations expects new ones. */
function madeBeforeWarning(lines: readonly LineResult[]): string[] {
  const made = lines.filter(({ madeBefore }) => madeBefore !== undefined);
  if (made.length === 0) return [];
  return [
    `Earlier commands made ${linesNamed(made)} (${made.length > 1 ? 'the first ' : ''}on ${made[0]!.madeBefore}) for files of other names: what is here is the result of the earlier task, not another one. To get another one, with a new charge: add an equal line, or run the command of the line alone (its model and payload) with --new.`,
  ];
}

/** Says which lines an interrupted run with --new left as they were: the result is a mix of new and earlier tasks. */
function leftWarning({ leftOver, lines }: BatchResult): string[] {
  if (!leftOver) return [];
  const left = lines.filter(({ number }) => leftOver.lines.has(number));
  return [
    `The run with --new that began on ${leftOver.began} did not make ${linesNamed(left)} once more: ${left.length === 1 ? 'its task is an earlier one' : 'their tasks are earlier ones'}.`,
  ];
}

/** Says which tasks are in no answer of the batch, and have no file: a run with --new made others in their place. */
function unsavedWarning({ unsaved, lines }: BatchResult): string[] {
  if (unsaved.length === 0) return [];
  const numbers = new Set(unsaved.map(({ line }) => line));
  const named = linesNamed(lines.filter(({ number }) => numbers.has(number)));
  const [have, it] = unsaved.length === 1 ? ['has', 'it'] : ['have', 'them'];
  return [
    `${counted(unsaved.length, 'earlier task')} of ${named} ${have} no whole result here, and this run does not return ${it}: a run with --new asked for ${numbers.size === 1 ? 'this line' : 'these lines'} once more.`,
  ];
}

/** Says why files are called otherwise than their lines. */
function takenNames(lines: readonly LineResult[]): string[] {
  const taken = lines.filter(({ isNameTaken }) => isNameTaken);
  if (taken.length === 0) return [];
  const [{ number, name }] = taken as [LineResult];
  return [
    taken.length === 1
      ? `Line ${number}: its name belongs to another file, which stays as it is. So a version follows it: ${name}.`
      : `Lines ${numbersOf(taken)}: their names belong to other files, which stay as they are. So a version follows each name, as in ${name}.`,
  ];
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
