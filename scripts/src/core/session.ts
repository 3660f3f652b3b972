import type { Api } from '../http/api.ts';
import { PAUSE_BUDGET_MS } from '../http/retry.ts';
import type { Transport } from '../http/transport.ts';
import type { Failure } from '../model/failure.ts';
import type { TaskState } from '../model/task.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Provider, TaskList, TaskStatus } from '../providers/provider.ts';
import type { Sharing } from './poller.ts';

/** Receives the progress of a call: for the user who waits, and for the answer of an interrupted call. */
export interface Observer {
  /** A submit is about to be sent: from here on a charge is possible. */
  submitting(): void;
  /** The submit ended without a task: nothing is charged. */
  refused(): void;
  /** A request that was submitted before: from here on nothing is charged. */
  attached(taskId: string, created: string): void;
  /** Several tasks are waited for at the same time. */
  several(count: number): void;
  /** The task's id, as soon as it is known. */
  task(taskId: string, state: TaskState): void;
  /** Returns the observer of one task: its lines name that task and its age. */
  about(taskId: string, created?: string): Observer;
  polled(status: TaskStatus, progress: { elapsedMs: number; nextMs: number }): void;
  queryFailed(failure: Failure): void;
  downloading(bytes: number, total: number | null): void;
}

/** What every step of the workflow needs. */
export interface Session {
  provider: Provider;
  api: Api;
  /** For files, which are fetched without the key. */
  transport: Transport;
  observer: Observer;
  /** The service's own address, where it runs on this machine: its files may lie there too. Else null. */
  loopback: URL | null;
  /** Where requests are recorded elsewhere: returns which of these tasks belong to other requests. */
  takenTasks?(taskIds: string[]): Promise<Iterable<string>>;
  /** Returns a list of tasks that was read elsewhere, in place of reading it. Times are by the wall clock. */
  readList?(): Promise<TaskList & { askedAt: number; answeredAt: number }>;
  /** The records of requests, loaded when they are first asked for; null where none are to be kept. */
  records(): Promise<RecordStore | null>;
  /** What the processes of this machine share about the service; absent or null: this process polls alone. */
  sharing?(): Promise<Sharing | null>;
}

/** Returns the deadline, on the monotonic clock, of a call that has no wait of its own. */
export function shortDeadline({ api }: Session): number {
  return api.clock.monotonic() + PAUSE_BUDGET_MS;
}
