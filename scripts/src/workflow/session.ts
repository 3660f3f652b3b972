import { PAUSE_BUDGET_MS } from '../http/again.ts';
import type { Api } from '../http/api.ts';
import type { Transport } from '../http/transport.ts';
import type { Provider, Sighting } from '../providers/provider.ts';
import type { Failure } from '../types/failure.ts';
import type { TaskState } from '../types/task.ts';

/** What a person, or the process that was told to stop, wants to hear while a call goes on. */
export interface Observer {
  /** A submit is about to leave: from here on a charge is possible. */
  submitting(): void;
  /** The submit came to an end without a task: nothing is charged. */
  refused(): void;
  /** The task's id, in the instant in which it is known. */
  task(taskId: string, state: TaskState): void;
  looked(sighting: Sighting, progress: { elapsedMs: number; nextMs: number }): void;
  troubled(failure: Failure): void;
  downloading(bytes: number, total: number | null): void;
}

/** Everything that a step of the workflow needs, handed in once. */
export interface Session {
  provider: Provider;
  api: Api;
  /** For files, which are fetched without the key. */
  transport: Transport;
  observer: Observer;
  /** The service runs on this machine: its files may too. */
  loopback: boolean;
  /** A command line that runs as it stands, with the given flags after the program. */
  command(flags: string): string;
}

/** The deadline, on the monotonic clock, of a call that has no wait of its own. */
export function shortDeadline({ api }: Session): number {
  return api.clock.monotonic() + PAUSE_BUDGET_MS;
}
