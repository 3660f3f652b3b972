import type { Failure } from '../model/failure.ts';
import type { OtherAccount } from '../model/submit-facts.ts';
import type { TaskState } from '../model/task.ts';
import type { TaskStatus } from '../providers/provider.ts';

/** The sums of a batch. Those of its lines together are at most `total`. */
export interface BatchProgress {
  total: number;
  done: number;
  failed: number;
  cancelled?: number;
  /** Lines of which this call does not know any more whether they have a task. */
  unknown?: number;
  notSubmitted?: number;
  running: number;
  /** Credits charged so far; null while none are known. */
  credits: number | null;
  /** The part of them that is for tasks which this call submitted; absent: not known. */
  creditsNow?: number;
  refunded?: number;
  /** This call has come to an end with every line, also with those that run on. */
  isOver?: boolean;
}

export interface ExpectedDuration {
  fromMs: number;
  toMs: number;
  runs: number;
  /** Tasks of this machine, or the runs that the model's contract records. */
  source: 'machine' | 'contract';
  /** The day of the newest recorded run, as YYYY-MM-DD; absent for this machine. */
  asOf?: string;
}

/** Receives the progress of a call: for the user who waits, and for the answer of an interrupted call. */
export interface Observer {
  /** A submit is about to be sent: from here on a charge is possible. */
  submitting(): void;
  /** The submit ended without a task: nothing is charged. */
  rejected(): void;
  /** The same request was made with another key or at another address: submitting it with this key is a new charge. */
  madeUnderOther(earlier: OtherAccount): void;
  /** A request that was submitted before: from here on nothing is charged. */
  resumed(taskId: string, created: string): void;
  several(count: number): void;
  /** The call is about a batch; told again after each change of its sums. */
  batch(progress: BatchProgress): void;
  /** Returns the observer of one named request, such as a line of a batch. */
  named(name: string): Observer;
  task(taskId: string, state: TaskState): void;
  /** Returns the observer of one task: its lines name that task and its age. */
  about(taskId: string, created?: string): Observer;
  expected(duration: ExpectedDuration): void;
  /** @param nextMs until the next query; 0: none follows */
  polled(status: TaskStatus, nextMs: number): void;
  queryFailed(failure: Failure): void;
  downloading(bytes: number, total: number | null): void;
}
