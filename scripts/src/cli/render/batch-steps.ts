import type { LineResult } from '../../core/batch/line.ts';
import type { BatchResult } from '../../core/batch/options.ts';
import { totalsOf } from '../../core/batch/totals.ts';
import { isGone } from '../../core/result.ts';
import { Failure } from '../../model/failure.ts';
import { counted } from '../../model/text.ts';
import type { AdvisedFailure } from '../advised-failure.ts';
import { isCommandLine } from '../command-line/words.ts';
import { EXIT, OPEN } from '../exit-codes.ts';
import { type LineItem, linesNamed } from './batch-warnings.ts';
import type { Caller } from './caller.ts';
import { textsIn } from './envelope.ts';
import { explained, LASTING, withFallbackSteps } from './errors/explained.ts';
import { runStepOfLines, spentBefore } from './reused.ts';
import { sentences } from './sentences.ts';

// What a single command is told after these holds for a line too; after the others it speaks of the whole command.
const SAME_FOR_LINES: ReadonlySet<string> = new Set(['AUTH_FAILED', 'INVALID_PAYLOAD', 'INVALID_MODEL']);

export function advisedInLine(failure: Failure, caller: Caller, taskId: string | null): AdvisedFailure {
  return SAME_FOR_LINES.has(failure.code)
    ? withFallbackSteps(failure, caller, taskId)
    : explained(failure, caller);
}

const CAPPED: ReadonlySet<string> = new Set(['linesAboveCap', 'sumAboveCap', 'lineWithoutEstimate']);

/**
 * Returns the steps of a batch.
 * @param sorted its lines, the most urgent first
 * @param hidden the number of lines that the document does not show
 */
export function batchSteps(
  result: BatchResult,
  sorted: readonly LineItem[],
  hidden: number,
  caller: Caller,
): string[] {
  const { held, isReused, lines, leftOver, unsaved } = result;
  const isLeft = ({ number }: LineResult) => leftOver?.lines.has(number) === true;
  // The very same command would meet the same limit.
  const isCapped = CAPPED.has(held?.details.reason?.kind ?? '');
  const isOpen =
    sorted.some(({ line, outcome }) => OPEN.has(outcome.exitCode) && !isLastingEnd(line)) ||
    (held && !isCapped) ||
    lines.some(isChanged);
  const first = sorted.find(({ outcome }) => !outcome.envelope.ok);
  const own = held ? heldSteps(held, lines, caller) : first ? ownSteps(first, caller) : [];
  const open = isCapped ? 0 : totalsOf(lines.filter((line) => !isLeft(line))).notSubmitted;
  const ended = lines.filter(({ state }) => state === 'FAILED' || state === 'CANCEL');
  const gone = lines.filter(isLineGone);
  return sentences(
    isOpen ? withResume(own, sorted, open, caller) : own,
    ended.length > 0 &&
      `${counted(ended.length, 'task')} ended without a result (${linesNamed(ended)}). Another try is a new charge for each: change these lines, or run the command that data.report has for each of them alone. --new on the batch makes every line again, with a charge for every line.`,
    gone.length > 0 &&
      `The result of ${linesNamed(gone)} is lost: running the batch again does not change that. To make it once more, after a yes to a new charge for each: run the command that data.report has for each of them alone.`,
    leftOver &&
      `To make ${linesNamed(lines.filter(isLeft))} once more too, with a new charge for each: run the command that data.report has for each of them alone; or copy these lines into a file of their own, and run that with --new, --maxTotalCredits and another --output.`,
    unsaved.length > 0 && [
      'The earlier tasks of these lines are paid for. This lists those that wait to be fetched, each with the command that does it:',
      caller.command('listPending'),
    ],
    hidden > 0 &&
      `${counted(hidden, 'line')} ${hidden === 1 ? 'is' : 'are'} not shown here: data.report has every line whole.`,
    isReused &&
      !isOpen &&
      !leftOver &&
      ended.length + gone.length === 0 && [
        runStepOfLines(lines),
        `The newest tasks of all lines were submitted by earlier runs${spentBefore(totalsOf(lines), ' in all')}. To make all of them again, with a charge for every line: the same command with --new and another --download or --output.`,
      ],
  );
}

/** Returns what is to be done about a limit that holds the batch; that of a run does not count what was charged before it. */
function heldSteps(held: Failure, lines: readonly LineResult[], caller: Caller): string[] {
  const { nextSteps = [] } = advisedInLine(held, caller, null).details;
  const { charged } = totalsOf(lines.filter(({ isReused }) => isReused));
  const { reason } = held.details;
  const isSumAbove = reason?.kind === 'sumAboveCap' || (reason?.kind === 'linesAboveCap' && reason.sum);
  if (!isSumAbove || !charged) return nextSteps;
  const before = `${counted(charged, 'credit')} ${charged === 1 ? 'was' : 'were'} charged before for the other lines (their newest tasks).`;
  return [...nextSteps.slice(0, -1), `${nextSteps.at(-1)} ${before}`];
}

/** Tells whether the result of a line is lost: only its own command with --new can make another. */
export const isLineGone = ({ end }: LineResult): boolean =>
  end !== null && !(end instanceof Failure) && isGone(end);

const isLastingEnd = ({ end }: LineResult): boolean =>
  end !== null && 'failure' in end && LASTING.has(end.failure.details.reason?.kind ?? '');

const isChanged = ({ end }: LineResult): boolean =>
  end instanceof Failure && end.details.reason?.kind === 'lineChanged';

/** Returns what the most urgent line says, without the command of the whole batch. */
function ownSteps({ line, outcome }: LineItem, caller: Caller): string[] {
  const own = textsIn(outcome, 'nextSteps').filter((step) => step !== caller.same);
  return own.slice(0, 6).map((step) => (isCommandLine(step) ? step : `Line ${line.number}: ${step}`));
}

// After these, nothing but the same command is needed: as of a single request, it stands first.
const FIRST: ReadonlySet<number> = new Set([EXIT.submitUnknown, EXIT.stillRunning, EXIT.temporary]);

/**
 * Returns the steps with the command that resumes the batch, in the order and the words of a single request.
 * @param own what is to be done besides
 * @param open the number of lines that the same command submits
 */
function withResume(
  own: readonly string[],
  sorted: readonly LineItem[],
  open: number,
  caller: Caller,
): string[] {
  const unknown = sorted.filter(({ outcome }) => outcome.exitCode === EXIT.submitUnknown).length;
  // Without a list the same command finds out nothing: the user does so first.
  const mayFindOut = unknown === 0 || caller.profile.can.list;
  const first = sorted.find(({ outcome }) => !outcome.envelope.ok)?.outcome.envelope;
  const isShort = first?.errorCode === 'INSUFFICIENT_CREDITS';
  const after = first?.retryAfter ? ` after ${first.retryAfter} seconds` : '';
  const when = isShort ? ' when there are enough credits (before that it ends like this again)' : after;
  const said = sentences(
    `Run this command${when}, without --new.`,
    'It resumes every line, and charges nothing for those that have a task.',
    unknown > 0 &&
      mayFindOut &&
      `It reconciles the ${unknown} whose outcome is not known, and never submits while that may charge twice.`,
    open > 0 && `It submits the ${open} that have none, which is charged.`,
  );
  const resume = [said.join(' '), caller.same];
  return FIRST.has(sorted[0]!.outcome.exitCode) && mayFindOut ? [...resume, ...own] : [...own, ...resume];
}
