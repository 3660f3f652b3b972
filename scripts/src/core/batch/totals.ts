import { Failure } from '../../model/failure.ts';
import type { Credits } from '../../model/request-record.ts';
import { isTerminal, type TaskState } from '../../model/task.ts';
import type { BatchProgress } from '../observer.ts';
import type { LineEnd, LineResult } from './line.ts';

export type LineOutcome = 'completed' | 'failed' | 'cancelled' | 'running' | 'notSubmitted' | 'unknown';

/** How many lines came to what, and what they cost. */
export type BatchTotals = Record<LineOutcome, number> & {
  total: number;
  /** Credits that the service reported; null where it reported none. */
  charged: number | null;
  /** Of these, what the tasks were charged that this call submitted; null where it submitted some and none was reported. */
  chargedNow: number | null;
  refunded: number | null;
};

/** Returns what came of a line. `unknown`: whether it has a task, or what became of the task, is not known. */
export function outcomeOf({ end, taskId, state }: Pick<LineResult, 'end' | 'taskId' | 'state'>): LineOutcome {
  if (end instanceof Failure && end.code === 'SUBMIT_OUTCOME_UNKNOWN') return 'unknown';
  if (taskId === null) return 'notSubmitted';
  if (end instanceof Failure && end.code === 'TASK_NOT_FOUND') return 'unknown';
  if (state === 'COMPLETED') return 'completed';
  if (state === 'FAILED') return 'failed';
  return state === 'CANCEL' ? 'cancelled' : 'running';
}

/** Returns the credits that are known of a line. */
export function creditsOfEnd(end: LineEnd): Credits | undefined {
  return end === null || end instanceof Failure ? undefined : end.credits;
}

/** Returns the sums over all lines. */
export function totalsOf(
  lines: readonly Pick<LineResult, 'end' | 'taskId' | 'state' | 'credits' | 'isReused'>[],
): BatchTotals {
  const totals: BatchTotals = {
    ...{
      total: lines.length,
      completed: 0,
      failed: 0,
      cancelled: 0,
      running: 0,
      notSubmitted: 0,
      unknown: 0,
    },
    charged: null,
    chargedNow: lines.some(isMadeNow) ? null : 0,
    refunded: null,
  };
  for (const line of lines) {
    totals[outcomeOf(line)] += 1;
    const credits = creditsOfEnd(line.end) ?? line.credits;
    totals.charged = sum(totals.charged, credits?.charged);
    if (isMadeNow(line)) totals.chargedNow = sum(totals.chargedNow, credits?.charged);
    totals.refunded = sum(totals.refunded, credits?.refunded);
  }
  return totals;
}

/** Tells whether this call submitted the task of a line. */
export function isMadeNow({ taskId, isReused }: Pick<LineResult, 'taskId' | 'isReused'>): boolean {
  return taskId !== null && !isReused;
}

function sum(before: number | null, more: number | null | undefined): number | null {
  return more === null || more === undefined ? before : (before ?? 0) + more;
}

/** Returns the state that stands for all lines: PROGRESS while any of them may still come to a result without a decision. */
export function stateOf(lines: readonly Pick<LineResult, 'end' | 'taskId' | 'state'>[]): TaskState {
  if (lines.every((line) => outcomeOf(line) === 'completed')) return 'COMPLETED';
  const isOpen = lines.some((line) => {
    const outcome = outcomeOf(line);
    return outcome === 'running' || outcome === 'unknown' || line.end === null;
  });
  return isOpen ? 'PROGRESS' : 'FAILED';
}

/** Returns the state of a line's task, as its end says. */
export function stateIn(end: LineEnd, before: TaskState | null): TaskState | null {
  if (end === null) return before;
  if (!(end instanceof Failure)) return end.seen.state;
  const { status } = end.details;
  return before !== null && isTerminal(before) ? before : (status ?? before);
}

/** Returns the sums of a batch that is under way. @param lines with the credits that their records name */
export function progressOf(
  lines: readonly (Pick<LineResult, 'end' | 'taskId' | 'state'> & {
    isOver: boolean;
    isReused: boolean;
    credits: Credits | undefined;
  })[],
): BatchProgress {
  const sums = { total: lines.length, done: 0, failed: 0, unknown: 0, notSubmitted: 0, running: 0 };
  let credits: number | null = null;
  let creditsNow = 0;
  for (const line of lines) {
    const outcome = outcomeOf(line);
    if (outcome === 'completed' && line.isOver) sums.done += 1;
    else if (outcome === 'failed' || outcome === 'cancelled') sums.failed += line.isOver ? 1 : 0;
    else if (line.isOver && outcome === 'unknown') sums.unknown += 1;
    else if (line.isOver && outcome === 'notSubmitted') sums.notSubmitted += 1;
    else if (line.taskId !== null) sums.running += 1;
    const { charged, refunded } = creditsOfEnd(line.end) ?? line.credits ?? {};
    if (typeof charged !== 'number') continue;
    const cost = charged - (refunded ?? 0);
    credits = (credits ?? 0) + cost;
    if (!line.isReused) creditsNow += cost;
  }
  return { ...sums, credits, creditsNow };
}
