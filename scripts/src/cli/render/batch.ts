import type { LineResult } from '../../core/batch/line.ts';
import type { BatchResult } from '../../core/batch/options.ts';
import { batchState, isMadeNow, totalsOf } from '../../core/batch/totals.ts';
import { isGone } from '../../core/result.ts';
import { Failure } from '../../model/failure.ts';
import { type JsonObject, unlessEmpty } from '../../model/json.ts';
import { counted } from '../../model/text.ts';
import type { AdvisedFailure } from '../advised-failure.ts';
import { BATCH_ORDER, EXIT, OPEN } from '../exit-codes.ts';
import { withResume } from './batch-resume.ts';
import { batchWarnings, type LineItem, linesNamed } from './batch-warnings.ts';
import { type Caller, callerOfLine, type LineCommand } from './caller.ts';
import { definedFields, failed, type Outcome, rowsThatFit, success, textsIn, UPSTREAM } from './envelope.ts';
import { advised, explained, LASTING } from './errors/explained.ts';
import { runStepsOfLines, spentBefore } from './reused.ts';
import { pollError } from './state.ts';
import { taskOutcome } from './task.ts';

/** The commands of single lines by their numbers. */
export type LineCommands = Map<number, LineCommand>;

const NO_COMMAND: LineCommand = { command: null, isFirst: true };

/**
 * Returns the outcome of each line.
 * @param account the fingerprint of the key in use
 * @param commands of those that may be made again
 */
export function lineOutcomes(
  { lines, leftOver }: BatchResult,
  caller: Caller,
  account: string,
  commands: LineCommands = new Map(),
): LineItem[] {
  return lines.map((line) => {
    const own = callerOfLine(caller, commands.get(line.number) ?? NO_COMMAND);
    return { line, outcome: outcomeOfLine(line, own, account, leftOver?.lines.has(line.number) === true) };
  });
}

function outcomeOfLine({ end, taskId, state }: LineResult, caller: Caller, account: string, isLeft: boolean) {
  if (end === null) {
    const nextSteps = [
      isLeft
        ? `This line was not made once more: without --new the batch returns its earlier task. To make it once more, with a new charge: ${caller.anew}`
        : 'This line was not submitted yet. Run the batch again, without --new.',
    ];
    return success(null, null, { nextSteps }, EXIT.stillRunning);
  }
  if (!(end instanceof Failure)) return taskOutcome(end, caller);
  return failed(advisedInLine(end, { caller, account, taskId }), state, taskId);
}

// What a single command is told after these holds for a line too; after the others it speaks of the whole command.
const SAME_FOR_LINES: ReadonlySet<string> = new Set(['AUTH_FAILED', 'INVALID_PAYLOAD', 'INVALID_MODEL']);

function advisedInLine(failure: Failure, about: Parameters<typeof advised>[1]): AdvisedFailure {
  return SAME_FOR_LINES.has(failure.code) ? advised(failure, about) : explained(failure, about.caller);
}

/** Returns a line whole, as the report has it: the document that a command of its own would print, without the service's record. */
export function reportRow({ line, outcome }: LineItem): JsonObject {
  const { number, name, model } = line;
  const { [UPSTREAM]: _, ...data } = outcome.envelope.data ?? {};
  return { line: number, name, model, ...outcome.envelope, data, exitCode: outcome.exitCode };
}

/**
 * Returns the document of a batch. The line that the caller has to see to first gives the exit code and the error.
 * @param report the path of the report, or why there is none
 * @param account the fingerprint of the key in use
 */
export function batchOutcome(
  result: BatchResult,
  items: readonly LineItem[],
  report: { file: string } | { problem: string },
  caller: Caller,
  account: string,
): Outcome {
  const sorted = [...items].sort((a, b) => urgency(a) - urgency(b) || a.line.number - b.line.number);
  const { exitCode } = sorted[0]!.outcome;
  const rows = rowsThatFit(sorted.map(shortRow));
  const hidden = items.length - rows.length;
  const said = sorted.find(({ outcome }) => !outcome.envelope.ok);
  const { errorCode = null, retryAfter = null } = said?.outcome.envelope ?? {};
  const warnings = batchWarnings(result, items, report);
  const nextSteps = stepsOf(result, sorted, { caller, account, retryAfter, hidden });
  const data = definedFields({
    batch: { ...totalsOf(result.lines) },
    quoted: result.quoted ?? undefined,
    limit: result.held?.details.data,
    lastPollError: lastPollErrorOf(result.lines),
    items: rows,
    itemsLeftOut: hidden || undefined,
    report: 'file' in report ? report.file : null,
    warnings: unlessEmpty(warnings),
    nextSteps: unlessEmpty(nextSteps),
  });
  return {
    envelope: {
      ok: said === undefined,
      status: batchState(result.lines),
      taskId: null,
      data,
      errorCode,
      errorMessage: said ? messageOf(said, items, result) : null,
      retryAfter,
    },
    exitCode,
    files: items.flatMap(({ outcome }) => outcome.files),
    isInterrupted: result.isInterrupted && exitCode !== EXIT.done,
    onWritten: () => {
      // A line that is in the report, or shown, has reached the caller.
      const delivered = 'file' in report ? items : sorted.slice(0, rows.length);
      for (const { outcome } of delivered) outcome.onWritten?.();
    },
  };
}

function urgency({ outcome }: LineItem): number {
  const place = BATCH_ORDER.indexOf(outcome.exitCode);
  return place < 0 ? 0 : place;
}

function shortRow({ line, outcome }: LineItem): JsonObject {
  const { status, taskId, errorCode } = outcome.envelope;
  const [file = null] = outcome.files;
  const reused = (line.taskId !== null && line.isReused) || undefined;
  const resultGone = isLineGone(line) || undefined;
  return definedFields({
    line: line.number,
    name: line.name,
    taskId,
    status,
    file,
    errorCode,
    resultGone,
    reused,
  });
}

/** Returns why the state of a line that runs could not be asked for, where that was so until the end. */
function lastPollErrorOf(lines: readonly LineResult[]): JsonObject | undefined {
  for (const { end } of lines)
    if (end !== null && !(end instanceof Failure) && end.lastPollError) return pollError(end.lastPollError);
  return undefined;
}

function messageOf({ line, outcome }: LineItem, items: readonly LineItem[], { lines }: BatchResult): string {
  const { errorCode } = outcome.envelope;
  const same = items.filter((item) => item.outcome.envelope.errorCode === errorCode).length;
  const what =
    same === 1
      ? `Line ${line.number} (${line.name})`
      : `${same} of ${items.length} lines, the first of them ${line.number} (${line.name})`;
  return `${what}: ${outcome.failure?.message} ${submittedNow(lines)}`;
}

/** Says what the whole batch submitted in this run: the message of one line does not. */
function submittedNow(lines: readonly LineResult[]): string {
  const made = lines.filter(isMadeNow).length;
  const { chargedNow, unknown, notSubmitted } = totalsOf(lines);
  const charged =
    chargedNow === null ? 'the service did not say for what charge' : counted(chargedNow, 'credit');
  const parts = [
    made === 0
      ? 'This run submitted no line'
      : `This run submitted ${made} of ${lines.length} lines (${charged})`,
    ...(unknown > 0 ? [`the outcome of ${unknown} is not known`] : []),
    ...(notSubmitted > 0 ? [`${notSubmitted} have no task`] : []),
  ];
  return `${parts.join('; ')}.`;
}

interface StepOptions {
  caller: Caller;
  account: string;
  /** Seconds after which the same command can do more. */
  retryAfter: number | null;
  /** Lines that the document does not show. */
  hidden: number;
}

function stepsOf(
  result: BatchResult,
  sorted: readonly LineItem[],
  { caller, account, retryAfter, hidden }: StepOptions,
): string[] {
  const { held, isReused, lines, leftOver, unsaved } = result;
  // The very same command would meet the same limit.
  const isCapped = CAPPED.has(held?.details.reason?.kind ?? '');
  const isOpen =
    sorted.some(({ line, outcome }) => OPEN.has(outcome.exitCode) && !isLastingEnd(line)) ||
    (held && !isCapped) ||
    lines.some(isChanged);
  const first = sorted.find(({ outcome }) => !outcome.envelope.ok);
  const own = held
    ? withChargedBefore(
        advisedInLine(held, { caller, account, taskId: null }).details.nextSteps ?? [],
        result,
      )
    : first
      ? ownSteps(first, caller)
      : [];
  const open = isCapped
    ? 0
    : totalsOf(lines.filter(({ number }) => !leftOver?.lines.has(number))).notSubmitted;
  const steps = isOpen ? withResume(own, sorted, { caller, retryAfter, open }) : [...own];
  const ended = lines.filter(({ state }) => state === 'FAILED' || state === 'CANCEL');
  if (ended.length > 0) {
    steps.push(
      `${counted(ended.length, 'task')} ended without a result (${linesNamed(ended)}). Another try is a new charge for each: change these lines, or run the command that data.report has for each of them alone. --new on the batch makes every line again, with a charge for every line.`,
    );
  }
  const gone = lines.filter(isLineGone);
  if (gone.length > 0) {
    steps.push(
      `The result of ${linesNamed(gone)} is lost: running the batch again does not change that. To make it once more, after a yes to a new charge for each: run the command that data.report has for each of them alone.`,
    );
  }
  if (leftOver) {
    const left = lines.filter(({ number }) => leftOver.lines.has(number));
    steps.push(
      `To make ${linesNamed(left)} once more too, with a new charge for each: run the command that data.report has for each of them alone; or copy these lines into a file of their own, and run that with --new, --maxTotalCredits and another --output.`,
    );
  }
  if (unsaved.length > 0) {
    steps.push(
      'The earlier tasks of these lines are paid for. This lists those that wait to be fetched, each with the command that does it:',
      caller.command('listPending', {}),
    );
  }
  if (hidden > 0)
    steps.push(
      `${counted(hidden, 'line')} ${hidden === 1 ? 'is' : 'are'} not shown here: data.report has every line whole.`,
    );
  if (isReused && !isOpen && !leftOver && ended.length + gone.length === 0) {
    steps.push(
      ...runStepsOfLines(lines),
      `Every line was submitted by an earlier run: ${spentBefore(totalsOf(lines), ' for all lines')}. To make all of them again, with a charge for every line: the same command with --new and another --download or --output.`,
    );
  }
  return steps;
}

/** Names what the limit of a run does not count, where that limit is why it is held. */
function withChargedBefore(steps: readonly string[], { held, lines }: BatchResult): string[] {
  const { charged } = totalsOf(lines.filter(({ isReused }) => isReused));
  const isOfSum = held?.details.reason?.kind === 'sumAboveCap';
  return isOfSum && charged ? [`${steps[0]} ${chargedBefore(charged)}`, ...steps.slice(1)] : [...steps];
}

const chargedBefore = (credits: number): string =>
  `${counted(credits, 'credit')} ${credits === 1 ? 'was' : 'were'} charged before for the other lines.`;

/** Tells whether the result of a line is lost: only its own command with --new can make another. */
export const isLineGone = ({ end }: LineResult): boolean =>
  end !== null && !(end instanceof Failure) && isGone(end);

const isLastingEnd = ({ end }: LineResult): boolean =>
  end !== null && 'failure' in end && LASTING.has(end.failure.details.reason?.kind ?? '');

const isChanged = ({ end }: LineResult): boolean =>
  end instanceof Failure && end.details.reason?.kind === 'lineChanged';

const CAPPED: ReadonlySet<string> = new Set(['linesAboveCap', 'sumAboveCap', 'lineWithoutEstimate']);

/** Returns what the most urgent line says, without the command of the whole batch. */
function ownSteps({ line, outcome }: LineItem, caller: Caller): string[] {
  const own = textsIn(outcome, 'nextSteps').filter(
    (step) => step !== caller.same && !step.startsWith('Run this command'),
  );
  return own.slice(0, 6).map((step) => (step.startsWith('node ') ? step : `Line ${line.number}: ${step}`));
}
