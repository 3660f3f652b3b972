import type { LineResult } from '../../core/batch/line.ts';
import type { BatchResult } from '../../core/batch/options.ts';
import { batchState, isMadeNow, totalsOf } from '../../core/batch/totals.ts';
import { Failure } from '../../model/failure.ts';
import { type JsonObject, unlessEmpty } from '../../model/json.ts';
import { counted } from '../../model/text.ts';
import { byUrgency, EXIT } from '../exit-codes.ts';
import { advisedInLine, batchSteps, isLineGone } from './batch-steps.ts';
import { batchWarnings, type LineItem } from './batch-warnings.ts';
import { type Caller, callerOfLine } from './caller.ts';
import { definedFields, failed, type Outcome, rowsThatFit, success, UPSTREAM } from './envelope.ts';
import { explained } from './errors/explained.ts';
import { pollError } from './state.ts';
import { taskOutcome } from './task.ts';

/** Returns the outcome of each line. @param alone how those are made again that may be, by their numbers */
export function lineOutcomes(
  { lines, leftOver }: BatchResult,
  caller: Caller,
  alone: ReadonlyMap<number, string> = new Map(),
): LineItem[] {
  return lines.map((line) => {
    const own = callerOfLine(caller, alone.get(line.number));
    return { line, outcome: outcomeOfLine(line, own, leftOver?.lines.has(line.number) === true) };
  });
}

function outcomeOfLine(line: LineResult, caller: Caller, isLeft: boolean): Outcome {
  const { number, end, taskId, state } = line;
  if (end === null) {
    const step = isLeft
      ? `This line was not made once more: without --new the batch returns its earlier task. To make it once more, with a new charge: ${caller.anew}`
      : 'This line was not submitted yet. Run the batch again, without --new.';
    return success(null, null, { nextSteps: [step] }, EXIT.stillRunning);
  }
  if (!(end instanceof Failure)) return taskOutcome(end, caller);
  const { reason } = end.details;
  // The line itself is not too dear.
  const isHeld = reason?.kind === 'linesAboveCap' && !reason.lines.includes(number);
  const told = advisedInLine(end, caller, taskId);
  return failed(isHeld ? told.with({ data: { heldBy: reason.lines[0]! } }) : told, state, taskId);
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
 */
export function batchOutcome(
  result: BatchResult,
  items: readonly LineItem[],
  report: { file: string } | { problem: string },
  caller: Caller,
): Outcome {
  const sorted = [...items].sort((a, b) => byUrgency(a.outcome, b.outcome) || a.line.number - b.line.number);
  const { exitCode } = sorted[0]!.outcome;
  const rows = rowsThatFit(sorted.map(shortRow));
  const hidden = items.length - rows.length;
  const said = sorted.find(({ outcome }) => !outcome.envelope.ok);
  const { errorCode = null, retryAfter = null } = said?.outcome.envelope ?? {};
  const data = definedFields({
    batch: { ...totalsOf(result.lines) },
    quoted: result.quoted ?? undefined,
    limit: result.held && explained(result.held, caller).details.data,
    lastPollError: lastPollErrorOf(result.lines),
    items: rows,
    itemsLeftOut: hidden || undefined,
    report: 'file' in report ? report.file : null,
    warnings: unlessEmpty(batchWarnings(result, items, report)),
    nextSteps: unlessEmpty(batchSteps(result, sorted, hidden, caller)),
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

function shortRow({ line, outcome }: LineItem): JsonObject {
  const { status, taskId, errorCode, data } = outcome.envelope;
  const [file = null] = outcome.files;
  const { number, name } = line;
  const resultGone = isLineGone(line) || undefined;
  const reused = (line.taskId !== null && line.isReused) || undefined;
  const quoted = line.taskId === null ? (line.quoted ?? undefined) : undefined;
  const { heldBy } = data ?? {};
  return definedFields({
    ...{ line: number, name, taskId, status, file, errorCode },
    ...{ resultGone, reused, quoted, heldBy },
  });
}

/** Returns why the state of a line that runs could not be asked for, where that was so until the end. */
function lastPollErrorOf(lines: readonly LineResult[]): JsonObject | undefined {
  const found = lines.flatMap(({ end }) => (end instanceof Failure ? [] : (end?.lastPollError ?? [])));
  return found[0] && pollError(found[0]);
}

function messageOf({ line, outcome }: LineItem, items: readonly LineItem[], { lines }: BatchResult): string {
  const { errorCode } = outcome.envelope;
  const said = `${outcome.failure?.message} ${submittedNow(lines)}`;
  if (line.end instanceof Failure && line.end.details.reason?.kind === 'linesAboveCap') return said;
  const same = items.filter((item) => item.outcome.envelope.errorCode === errorCode).length;
  const what =
    same === 1
      ? `Line ${line.number} (${line.name})`
      : `${same} of ${items.length} lines, the first of them ${line.number} (${line.name})`;
  return `${what}: ${said}`;
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
