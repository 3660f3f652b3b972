import { Failure } from '../../model/failure.ts';
import type { Credits } from '../../model/request-record.ts';
import { isTerminal, type TaskState } from '../../model/task.ts';
import type { BatchProgress } from '../observer.ts';
import type { LineEnd, LineResult } from './line.ts';

type LineState = Pick<LineResult, 'end' | 'taskId' | 'state'>;
type LineSums = LineState & Pick<LineResult, 'credits' | 'isReused'>;

export type LineOutcome = 'completed' | 'failed' | 'cancelled' | 'running' | 'notSubmitted' | 'unknown';

type BatchTotals = Record<LineOutcome, number> & {
  total: number;
  /** Credits that the service reported of the newest task of each line; null where it reported none. */
  charged: number | null;
  /** Of these, what the tasks were charged that this call submitted; null where it submitted some and none was reported. */
  chargedNow: number | null;
  refunded: number | null;
};

/** Returns what came of a line. `unknown`: whether it has a task, or what became of the task, is not known. */
export function lineOutcomeOf({ end, taskId, state }: LineState): LineOutcome {
  if (end instanceof Failure && end.code === 'SUBMIT_OUTCOME_UNKNOWN') return 'unknown';
  if (taskId === null) return 'notSubmitted';
  if (end instanceof Failure && end.code === 'TASK_NOT_FOUND') return 'unknown';
  if (state === 'COMPLETED') return 'completed';
  if (state === 'FAILED') return 'failed';
  return state === 'CANCEL' ? 'cancelled' : 'running';
}

export function creditsOfEnd(end: LineEnd): Credits | undefined {
  return end === null || end instanceof Failure ? undefined : end.credits;
}

/** Counts the lines of a batch by how they ended, and adds up what the service reported; null where it reported nothing. */
export function totalsOf(lines: readonly LineSums[]): BatchTotals {
  const none = { completed: 0, failed: 0, cancelled: 0, running: 0, notSubmitted: 0, unknown: 0 };
  const chargedNow = lines.some(isMadeNow) ? null : 0;
  const totals: BatchTotals = { total: lines.length, ...none, charged: null, chargedNow, refunded: null };
  for (const line of lines) {
    totals[lineOutcomeOf(line)] += 1;
    const credits = creditsOfEnd(line.end) ?? line.credits;
    totals.charged = sum(totals.charged, credits?.charged);
    if (isMadeNow(line)) totals.chargedNow = sum(totals.chargedNow, credits?.charged);
    totals.refunded = sum(totals.refunded, credits?.refunded);
  }
  return totals;
}

/** Tells whether this run submitted the task of a line. */
export function isMadeNow({ taskId, isReused }: Pick<LineResult, 'taskId' | 'isReused'>): boolean {
  return taskId !== null && !isReused;
}

function sum(before: number | null, more: number | null | undefined): number | null {
  return more === null || more === undefined ? before : (before ?? 0) + more;
}

/** Returns the state that stands for all lines: PROGRESS while any of them may still come to a result without a decision. */
export function batchState(lines: readonly LineState[]): TaskState {
  if (lines.every((line) => lineOutcomeOf(line) === 'completed')) return 'COMPLETED';
  const isOpen = lines.some((line) => {
    const outcome = lineOutcomeOf(line);
    return outcome === 'running' || outcome === 'unknown' || line.end === null;
  });
  return isOpen ? 'PROGRESS' : 'FAILED';
}

export function stateAfter(end: LineEnd, before: TaskState | null): TaskState | null {
  if (end === null) return before;
  if (!(end instanceof Failure)) return end.seen.state;
  const { status } = end.details;
  return before !== null && isTerminal(before) ? before : (status ?? before);
}

/** Returns what a line adds to the sums. */
function shareOf(line: LineSums & { isOver: boolean }) {
  const { isOver, taskId } = line;
  const outcome = lineOutcomeOf(line);
  const hasFailed = outcome === 'failed' || outcome === 'cancelled';
  const { charged = null, refunded } = creditsOfEnd(line.end) ?? line.credits ?? {};
  return {
    done: Number(isOver && outcome === 'completed'),
    failed: Number(isOver && outcome === 'failed'),
    cancelled: Number(isOver && outcome === 'cancelled'),
    unknown: Number(isOver && outcome === 'unknown'),
    notSubmitted: Number(isOver && outcome === 'notSubmitted'),
    running: Number(taskId !== null && !hasFailed && (!isOver || outcome === 'running')),
    charged: charged ?? 0,
    chargedNow: isMadeNow(line) ? (charged ?? 0) : 0,
    refunded: refunded ?? 0,
    isPriced: Number(charged !== null),
    isOver: Number(isOver),
  };
}

type Share = ReturnType<typeof shareOf>;

const NO_LINE = { end: null, taskId: null, state: null, isOver: false, isReused: false, credits: undefined };
const NOTHING: Share = shareOf(NO_LINE);

/** The sums of a batch that is under way. A line that has changed is counted anew, and no other one. */
export class ProgressSums {
  readonly #shares = new Map<number, Share>();
  readonly #sums: Share = { ...NOTHING };

  count(number: number, line: Parameters<typeof shareOf>[0]): void {
    const before = this.#shares.get(number) ?? NOTHING;
    const share = shareOf(line);
    this.#shares.set(number, share);
    for (const name of Object.keys(share) as (keyof Share)[]) this.#sums[name] += share[name] - before[name];
  }

  get progress(): BatchProgress {
    const { charged, chargedNow, isOver, isPriced, ...sums } = this.#sums;
    const total = this.#shares.size;
    const credits = isPriced === 0 ? null : charged;
    return { total, ...sums, credits, creditsNow: chargedNow, isOver: isOver === total };
  }
}
