import type { TaskState } from '../model/task.ts';

/** Limits the queries that all users of one service and key send together. */
export interface RateLimiter {
  /** Acquires the permit for one query now. Resolves to false when another process has it, or the service asked for a pause. */
  acquire(): Promise<boolean>;
  /** Returns the milliseconds until the next permit. */
  nextPermitIn(): Promise<number>;
  /** Records that this process polls a task now. */
  recordPoll(taskId: string): void;
  /** Returns whether this process polled the task a moment ago. */
  polledLately(taskId: string): boolean;
  /** Records a pause that the service asked for, in milliseconds. */
  pauseFor(ms: number): Promise<void>;
  /** Returns the status of a task that another process polled a moment ago. */
  statusFromOthers(taskId: string): Promise<TaskState | undefined>;
  /** Shares the status of a task with the other processes. */
  share(taskId: string, state: TaskState): Promise<void>;
}
