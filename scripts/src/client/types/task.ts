export type { Account } from '../../providers/provider.ts';

import type { CallOptions, Json, JsonObject, Moment, TaskState } from './values.ts';

/** A task in the form that is the same for every provider. */
export interface Task {
  id: string;
  state: TaskState;
  /** The service's own word, where it is not a known one. */
  unknownState?: string;
  model?: string;
  /** The payload, as the service shows it. */
  input?: Json;
  /** Milliseconds since the epoch, by the service's clock. */
  createdAt?: number;
  idempotencyKey?: string;
  /** Credits, as the service reported them; absent where it did not. */
  charged?: number;
  refunded?: number;
  /** Where the finished files are; empty until there are any. They expire. */
  urls: string[];
  /** The service's word on why the task failed. */
  error?: string;
  /** The service's answer, as it came. */
  record: JsonObject;
}

/** The state of a task, as one poll shows it. */
export interface TaskStatus {
  taskId: string;
  state: TaskState;
  unknownState?: string;
  /** Percent, where the service reports it. */
  progress?: number;
  record: JsonObject;
}

/** The options of `wait`. */
export interface WaitOptions extends CallOptions {
  /** When the wait is over; the task runs on. Without it, the wait lasts as long as the task. */
  until?: Moment;
  /** Called after each poll. An error that it throws ends the wait. */
  onStatus?(status: TaskStatus): void;
}

/**
 * `kind: 'ended'`, with the `task`, which is COMPLETED (with its files' addresses), FAILED or CANCEL; or `kind: 'running'`, with
 * `taskId`, `state`, `retryAfter` and `lastError`: the time is over, and the task runs on. Never submit it again.
 */
export type WaitResult =
  | { kind: 'ended'; task: Task }
  | {
      kind: 'running';
      taskId: string;
      state: TaskState;
      /** Seconds until the next query makes sense; null where the service said nothing. */
      retryAfter: number | null;
      /** Why the last query failed; null where it succeeded. */
      lastError: Error | null;
    };

export interface TaskList {
  /** Newest first, as the service lists them. */
  tasks: Task[];
  /** Entries that could not be read as tasks. */
  unread: number;
  /** The service's clock in milliseconds since the epoch; null where the answer carries no date. */
  serverTime: number | null;
  /** When the list was asked for, and when it was there; milliseconds since the epoch by this machine. */
  askedAt: number;
  answeredAt: number;
  /** The service's answer, as it came. */
  record: JsonObject;
}

/** What a callback claims. A hint to poll that task now; never a result, because anybody can send one. */
export interface CallbackHint {
  taskId?: string;
  state?: TaskState;
}
