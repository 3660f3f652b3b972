import type { Downloader } from '../download/downloader.ts';
import type { Api } from '../http/api.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Observer } from './observer.ts';
import type { PollSchedule } from './poll/interval.ts';
import type { Poller } from './poll/poller.ts';
import type { Service } from './service.ts';
import type { Slots } from './slots.ts';

/** Holds the submits of several requests back, so that they heed each other's rejections. */
export interface SubmitGate {
  /** Resolves when a submit may be sent. @throws Failure when none may be sent any more */
  ready(): Promise<void>;
  pauseFor(ms: number): void;
  /** The answer of a submit was lost: finding out about it holds no other submit back. */
  lost(): void;
}

export interface Session extends Service, Downloader {
  api: Api;
  observer: Observer;
  /** Where several requests are submitted at the same time; absent: this one is sent at once. */
  submits?: SubmitGate | undefined;
  /** Limits how many results are fetched at the same time; absent: no limit. */
  results?: Slots;
  /** The records of requests, loaded when they are first asked for; null where none are to be kept. */
  records(): Promise<RecordStore | null>;
  /** How often a task is polled. */
  schedule: PollSchedule;
  /** The poller of all waits of the session, made when the first of them asks for it. */
  poller(): Promise<Poller>;
  /** How long the latest tasks of a model took, in seconds, and when that was read, on the monotonic clock: what waits learned. */
  durations: Map<string, { at: number; seconds: Promise<number[]> }>;
}
