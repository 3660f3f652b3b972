import type { Task, TaskState } from '../model/task.ts';

/** What a process of this machine saw of a task. Times are by the wall clock, in milliseconds. */
export interface SeenStatus {
  at: number;
  /** Null where only the other two are known. */
  state: TaskState | null;
  /** When a query of this task alone last failed: the process that waits for it finds out why. */
  failedAt?: number;
  /** When the list last did not show it. */
  missingAt?: number;
}

/** What the list of the service was like, when it was last read. */
export interface ListFacts {
  /** When the last read of the list began, by any process; 0 where there was none. */
  startedAt: number;
  /** Milliseconds that the last complete read took; 0 where that is not known. */
  tookMs: number;
  /** The list was too large, too slow or refused: until this time single queries are sent. */
  badUntil: number;
  failures: number;
  /** Reads since a task of the list was last checked by itself. */
  unchecked: number;
}

export interface SharedStatus {
  list: ListFacts;
  tasks: ReadonlyMap<string, SeenStatus>;
}

/** What processes that wait for tasks of one service and key tell each other: hints, which may be old, incomplete or gone. */
export interface StatusCache {
  /** Tells the other processes which tasks this one waits for, and when it wants to query each of them next. */
  announce(tasks: ReadonlyMap<string, number>): Promise<void>;
  leave(): Promise<void>;
  /** Returns the tasks that other living processes wait for, with the time of the next query of each. */
  others(): Promise<ReadonlyMap<string, number>>;
  /** Returns what was last written; the same object as long as nothing was. */
  read(): Promise<SharedStatus>;
  write(status: SharedStatus): Promise<void>;
  /** Returns a task that has ended, as the list showed it; undefined where it is not there. */
  ended(taskId: string): Promise<Task | undefined>;
  writeEnded(task: Task): Promise<void>;
}

export const NO_LIST: ListFacts = { startedAt: 0, tookMs: 0, badUntil: 0, failures: 0, unchecked: 0 };
