import type { Downloader } from '../download/downloader.ts';
import type { Api } from '../http/api.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Sharing } from '../ports/sharing.ts';
import type { Provider } from '../providers/provider.ts';
import type { Observer } from './observer.ts';
import type { Slots } from './slots.ts';

export type { Observer } from './observer.ts';

/** Holds the submits of several requests back, so that they heed each other's refusals. */
export interface SubmitGate {
  /** Resolves when a submit may be sent. @throws Failure when none may be sent any more */
  ready(): Promise<void>;
  /** The service asked every submit to pause. */
  pauseFor(ms: number): void;
  /** The answer of a submit was lost: finding out about it holds no other submit back. */
  lost(): void;
}

/** What every step of the workflow needs. */
export interface Session extends Downloader {
  provider: Provider;
  api: Api;
  observer: Observer;
  /** Where several requests are submitted at the same time; absent: this one is sent at once. */
  submits?: SubmitGate | undefined;
  /** Limits how many results are fetched at the same time; absent: no limit. */
  results?: Slots;
  /** The records of requests, loaded when they are first asked for; null where none are to be kept. */
  records(): Promise<RecordStore | null>;
  /** What the processes of this machine share about the service; absent or null: this process polls alone. */
  sharing?(): Promise<Sharing | null>;
}
