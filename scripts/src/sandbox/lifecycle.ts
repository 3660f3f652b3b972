import type { ScenarioName } from './scenarios.ts';
import type { TaskRecord } from './task-record.ts';

/** Simulated seconds per real second, by default. */
export const DEFAULT_SPEED = 60;

// Simulated seconds since the task was made. At the default speed: 3 s and 5 s.
const STARTS_AFTER = 180;
const ENDS_AFTER = 300;
const SLOW_STARTS_AFTER = 1_800;
const SLOW_ENDS_AFTER = 5_400;
const ODD_STATE_LASTS = 60;

// Simulated seconds from the end of the task and from its beginning. AIVideoMaker documents 24 hours for the file, a notice
// on APIDot's website 3 days (April 2026); how long a task is kept is the sandbox's own.
const LASTS: Record<string, { file: number; record: number }> = {
  aivideomaker: { file: 24 * 3_600, record: 48 * 3_600 },
  apidot: { file: 72 * 3_600, record: 96 * 3_600 },
};
const lastsOf = ({ service }: TaskRecord) => LASTS[service] ?? LASTS.aivideomaker!;

/** The service's five states, and `QUEUED`, which no client knows: a client must handle unknown states. */
export type SandboxState = 'SUBMITTED' | 'QUEUED' | 'PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCEL';

interface Change {
  /** Milliseconds since the epoch. */
  at: number;
  state: SandboxState;
}

/** Returns all states of a task in order, past and future ones, if it is not cancelled later. */
export function changesOf(record: TaskRecord): Change[] {
  const changes: Change[] = [{ at: record.createdAt, state: 'SUBMITTED' }];
  if (record.cancelledAt !== null) return [...changes, { at: record.cancelledAt, state: 'CANCEL' }];

  const has = (name: ScenarioName) => record.scenarios.includes(name);
  const [starts, ends] = has('slow') ? [SLOW_STARTS_AFTER, SLOW_ENDS_AFTER] : [STARTS_AFTER, ENDS_AFTER];
  if (has('odd-state')) changes.push({ at: after(record, starts), state: 'QUEUED' });
  const began = starts + (has('odd-state') ? ODD_STATE_LASTS : 0);
  changes.push({ at: after(record, began), state: 'PROGRESS' });
  if (has('never')) return changes;
  return [...changes, { at: after(record, ends), state: has('fail') ? 'FAILED' : 'COMPLETED' }];
}

/**
 * It follows from the record and the clock alone: all processes that share the records see the same, and a task continues
 * while no process runs.
 */
export function stateAt(record: TaskRecord, now: number): SandboxState {
  return currentChange(record, now).state;
}

export function currentChange(record: TaskRecord, now: number): Change {
  const [first, ...later] = changesOf(record);
  return later.findLast((change) => change.at <= now) ?? first!;
}

export function isFinal(state: SandboxState): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'CANCEL';
}

/** Returns the refunded credits: all of them when the task failed or was cancelled, else 0. */
export function refundOf(record: TaskRecord, now: number): number {
  const state = stateAt(record, now);
  return state === 'FAILED' || state === 'CANCEL' ? record.credits : 0;
}

export function hasFile(record: TaskRecord, now: number): boolean {
  const { at, state } = currentChange(record, now);
  return state === 'COMPLETED' && now < at + (lastsOf(record).file * 1_000) / record.speed;
}

export function isForgotten(record: TaskRecord, now: number): boolean {
  return now >= after(record, lastsOf(record).record);
}

function after(record: TaskRecord, simulatedSeconds: number): number {
  return record.createdAt + (simulatedSeconds * 1_000) / record.speed;
}
