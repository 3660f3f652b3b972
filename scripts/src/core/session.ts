import type { Api } from '../http/api.ts';
import { PAUSE_BUDGET_MS } from '../http/retry.ts';
import type { Transport } from '../http/transport.ts';
import type { Failure } from '../model/failure.ts';
import type { TaskState } from '../model/task.ts';
import type { Provider, TaskStatus } from '../providers/provider.ts';
import type { Journal } from '../stores/file/journal.ts';

/** What a person, or the process that was told to stop, wants to hear while a call goes on. */
export interface Observer {
  /** A submit is about to leave: from here on a charge is possible. */
  submitting(): void;
  /** The submit came to an end without a task: nothing is charged. */
  refused(): void;
  /** A request that was submitted before: from here on nothing is charged. */
  attached(taskId: string, created: string): void;
  /** Several tasks are waited for at the same time. */
  several(count: number): void;
  /** The task's id, in the instant in which it is known. */
  task(taskId: string, state: TaskState): void;
  /** The observer of one task: what it says from here on names that task, and its age. */
  about(taskId: string, created?: string): Observer;
  polled(sighting: TaskStatus, progress: { elapsedMs: number; nextMs: number }): void;
  queryFailed(failure: Failure): void;
  downloading(bytes: number, total: number | null): void;
}

/** Everything that a step of the workflow needs, handed in once. */
export interface Session {
  provider: Provider;
  api: Api;
  /** For files, which are fetched without the key. */
  transport: Transport;
  observer: Observer;
  /** The service's own address, where it runs on this machine: its files may lie there too. Else null. */
  loopback: URL | null;
  /** The records of requests, loaded when they are first asked for; null where none are to be kept. */
  records(): Promise<Journal | null>;
}

/** The deadline, on the monotonic clock, of a call that has no wait of its own. */
export function shortDeadline({ api }: Session): number {
  return api.clock.monotonic() + PAUSE_BUDGET_MS;
}
