import type { FilePlace } from './checked-request.ts';
import type { TaskFacts } from './result.ts';
import type { Session } from './session.ts';

export interface WaitedTask {
  session: Session;
  taskId: string;
  wait: Wait;
  known: TaskFacts;
}

export interface WaitSettings {
  /** Milliseconds; 0 = one status query, no wait. */
  waitMs: number;
  /** Milliseconds for saving files, from the beginning of the wait; counts where it is more than `waitMs`. */
  filesMs?: number | undefined;
  /** Where finished files go; null = they are not fetched. */
  folder: string | null;
  /** The name that was asked for the file; null: named by the task's id; absent: as its record says. */
  output?: string | null | undefined;
  /** Where another file has the name, a version follows it; absent: that is a failure. */
  isVersioned?: boolean | undefined;
  /** Ends the wait like its deadline. */
  stop?: AbortSignal | undefined;
}

/** A wait under way. Times are on the monotonic clock. */
export interface Wait extends FilePlace, Pick<WaitSettings, 'isVersioned' | 'stop'> {
  start: number;
  /** When it is over; its start, where there is no wait. */
  deadline: number;
  /** When the time for reading the result is over; Infinity without a wait. */
  resultUntil: number;
  filesUntil: number;
}

/** Returns the times of a wait that begins now, on the monotonic clock. */
export function beginWait({ api }: Session, { waitMs, filesMs = 0, ...settings }: WaitSettings): Wait {
  const start = api.clock.monotonic();
  const { output = null } = settings;
  const deadline = start + Math.max(0, waitMs);
  const filesUntil = Math.max(deadline, start + filesMs);
  const resultUntil = deadline > start ? deadline : Infinity;
  return { ...settings, output, start, deadline, filesUntil, resultUntil };
}
