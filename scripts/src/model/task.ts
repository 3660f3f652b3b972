import type { Json, JsonObject } from './json.ts';

/** The states of a task, the same for every provider. UNKNOWN: the service showed no state that is known. */
export type TaskState = 'SUBMITTED' | 'PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCEL' | 'UNKNOWN';

// A terminal state is final: no later answer takes it back.
const IS_TERMINAL: Record<TaskState, boolean> = {
  SUBMITTED: false,
  PROGRESS: false,
  COMPLETED: true,
  FAILED: true,
  CANCEL: true,
  UNKNOWN: false,
};

export const TASK_STATES = Object.keys(IS_TERMINAL) as TaskState[];

/** Tells whether a task in this state has ended. */
export const isTerminal = (state: TaskState): boolean => IS_TERMINAL[state];

/** A state as a query, a list or a record showed it. */
export interface SeenState {
  state: TaskState;
  /** The task's details were not read: not yet, or not for good. They may say more. */
  detailsUnread?: 'forNow' | 'forGood' | undefined;
}

/** Tells whether a task ended without a result. Kept for good, that would lose a result which its details still may have. */
export const isBareEnd = (state: TaskState): boolean => IS_TERMINAL[state] && state !== 'COMPLETED';

/** Tells whether a task ended without a result, and its details are still to be read. */
export const isOpenEnd = ({ state, detailsUnread }: SeenState): boolean =>
  isBareEnd(state) && detailsUnread === 'forNow';

/**
 * Ids are opaque, but they stand in commands that run as they stand, and in addresses: nothing that a shell or an address
 * gives a meaning to.
 */
export const TASK_ID = /^[A-Za-z0-9_][A-Za-z0-9._:~@=+,-]{0,199}$/;

/** Seconds that a suggested command waits by default: less than the minute that many tools allow. */
export const BRIEF_WAIT_S = 45;

/** A task in the form that is the same for every provider. */
export interface Task {
  id: string;
  state: TaskState;
  /** The provider's own word, if it is unknown to this program. */
  unknownState?: string | undefined;
  model?: string | undefined;
  input?: Json | undefined;
  /** Milliseconds since the epoch, by the provider's clock. */
  createdAt?: number | undefined;
  /** When it ended; the same clock. */
  completedAt?: number | undefined;
  idempotencyKey?: string | undefined;
  /** Credits, as the service reported them; absent where it did not. */
  charged?: number | undefined;
  refunded?: number | undefined;
  /** Where the finished files are; empty until there are any. */
  urls: string[];
  /** The provider's word on why the task failed. */
  error?: string | undefined;
  /** The provider's record as it came. */
  record: JsonObject;
}
