import type { Json, JsonObject } from './json.ts';

/** The states of a task, whatever a provider calls them. UNKNOWN is ours: nobody could tell. */
export const TASK_STATES = ['SUBMITTED', 'PROGRESS', 'COMPLETED', 'FAILED', 'CANCEL', 'UNKNOWN'] as const;

export type TaskState = (typeof TASK_STATES)[number];

/**
 * Ids are opaque, but they stand in commands that run as they stand, and in addresses: nothing that a shell or an address
 * gives a meaning to.
 */
export const TASK_ID = /^[A-Za-z0-9_][A-Za-z0-9._:~@=+,-]{0,199}$/;

/** Seconds that a suggested command waits where nobody said how long: within the minute that many tools allow. */
export const BRIEF_WAIT_S = 45;

const TERMINAL: ReadonlySet<TaskState> = new Set(['COMPLETED', 'FAILED', 'CANCEL']);

/** A terminal state is final: no later answer takes it back. */
export function isTerminal(state: TaskState): boolean {
  return TERMINAL.has(state);
}

/** What a provider knows of one task, in our words. */
export interface Task {
  id: string;
  state: TaskState;
  /** The provider's own word, when it is none that we know. */
  unknownState?: string;
  model?: string;
  input?: Json;
  /** Milliseconds since the epoch, by the provider's clock. */
  createdAt?: number;
  idempotencyKey?: string;
  /** Credits, as the service reported them; absent where it did not. */
  charged?: number;
  refunded?: number;
  /** Where the finished files are; empty until there are any. */
  urls: string[];
  /** The provider's word on why the task failed. */
  error?: string;
  /** The provider's record as it came. */
  record: JsonObject;
}
