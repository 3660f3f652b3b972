import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOutcome, lineOutcomes } from '../../../scripts/src/cli/render/batch.ts';
import { boundedJson } from '../../../scripts/src/cli/render/bounded.ts';
import type { LineEnd, LineResult } from '../../../scripts/src/core/batch/line.ts';
import type { BatchResult } from '../../../scripts/src/core/batch/options.ts';
import { taskResult } from '../../../scripts/src/core/result.ts';
import { type ErrorCode, Failure } from '../../../scripts/src/model/failure.ts';
import type { Json } from '../../../scripts/src/model/json.ts';
import type { TaskState } from '../../../scripts/src/model/task.ts';
import { PROFILES } from '../../../scripts/src/providers/registry.ts';
import { callerOf } from '../../core/rendered.ts';

const caller = callerOf({ provider: PROFILES[0]! });

const ended = (state: TaskState) => (taskId: string) => ({
  state,
  end: taskResult(taskId, { state, record: {} }, {}) as LineEnd,
});
const failing = (code: ErrorCode, state: TaskState | null) => () => ({
  state,
  end: new Failure(code, 'It said no.') as LineEnd,
});
const unsaved = (taskId: string) => {
  const failure = new Failure('DOWNLOAD_FAILED', 'The disk is full.', { status: 'COMPLETED', taskId });
  const seen = { state: 'COMPLETED' as const, record: {} };
  return { state: seen.state, end: { kind: 'notFetched', taskId, seen, warnings: [], failure } as LineEnd };
};

/** What may come of a line, by the exit code that its own command would have; in the order of what to see to first. */
const ENDS: [number, (taskId: string) => { state: TaskState | null; end: LineEnd }][] = [
  [3, failing('AUTH_FAILED', null)],
  [7, failing('SUBMIT_OUTCOME_UNKNOWN', null)],
  [5, failing('INSUFFICIENT_CREDITS', null)],
  [4, ended('PROGRESS')],
  [4, () => ({ state: null, end: null })],
  [9, unsaved],
  [1, ended('FAILED')],
  [1, ended('CANCEL')],
  [0, ended('COMPLETED')],
];

function batchOf(ends: readonly (typeof ENDS)[number][1][]): BatchResult {
  const lines = ends.map((endOf, n): LineResult => {
    const name = String(n + 1).padStart(4, '0');
    const { state, end } = endOf(`task${n + 1}`);
    const known = { model: 't2v', isReused: false, quoted: 15, isNameTaken: false };
    return { number: n + 1, name, ...known, state, end, taskId: state && `task${n + 1}` };
  });
  const facts = { quoted: null, held: undefined, leftOver: undefined, unsaved: [] };
  return { kind: 'batch', lines, ...facts, isInterrupted: false, isReused: false, isNew: false };
}

function outcomeOf(
  result: BatchResult,
  report: Parameters<typeof batchOutcome>[2] = { file: '/out/report' },
) {
  const items = lineOutcomes(result, caller);
  const written: number[] = [];
  for (const { line, outcome } of items) outcome.onWritten = () => void written.push(line.number);
  return { ...batchOutcome(result, items, report, caller), written };
}

it('the exit code of a batch is that of the line to see to first, wherever that stands', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ENDS), { minLength: 1, maxLength: 12 }), (drawn) => {
      const { exitCode, envelope } = outcomeOf(batchOf(drawn.map(([, end]) => end)));
      const first = ENDS.find((one) => drawn.includes(one))!;
      expect(exitCode).toBe(first[0]);
      expect(envelope.ok).toBe(drawn.every(([code]) => code === 0 || code === 4));
    }),
  );
});

describe('a batch of a thousand lines', () => {
  const ends = Array.from({ length: 1_000 }, (_, n) => (n === 899 ? unsaved : ended('COMPLETED')));

  it('shows what needs attention and says how many lines it leaves out; the report has them', () => {
    const { envelope, exitCode, onWritten, written } = outcomeOf(batchOf(ends));
    const { items, itemsLeftOut, batch } = envelope.data as {
      items: { line: number }[];
      itemsLeftOut: number;
      batch: object;
    };
    expect(exitCode).toBe(9);
    expect(batch).toMatchObject({ total: 1_000, completed: 1_000 });
    expect(items[0]!.line).toBe(900);
    expect(items.length).toBeGreaterThan(50);
    expect(items.length + itemsLeftOut).toBe(1_000);
    expect(envelope.data!.nextSteps).toContain(
      `${itemsLeftOut} lines are not shown here: data.report has every line whole.`,
    );
    // The whole document fits without another cut.
    expect(JSON.parse(boundedJson(envelope as unknown as Json, 64 * 1024 - 1, []))).toEqual(
      JSON.parse(JSON.stringify(envelope)),
    );
    onWritten!();
    expect(written).toHaveLength(1_000);
  });

  it('without a report, only the lines that it shows have reached the caller', () => {
    const { envelope, onWritten, written } = outcomeOf(batchOf(ends), { problem: 'the disk is full' });
    onWritten!();
    expect(written).toEqual((envelope.data!.items as { line: number }[]).map(({ line }) => line));
  });
});
