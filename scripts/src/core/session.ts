import type { Api } from '../http/api.ts';
import { PAUSE_BUDGET_MS } from '../http/retry.ts';
import type { Transport } from '../http/transport.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Provider, TaskList } from '../providers/provider.ts';
import type { Observer } from './observer.ts';
import type { Sharing } from './poller.ts';

export type { Observer } from './observer.ts';

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
