export type { Quote } from '../../providers/provider.ts';

import type { Task, TaskList } from './task.ts';
import type { CallOptions, JsonObject, Moment } from './values.ts';

/** A request for a generation, charged at most once. */
export interface GenerationRequest {
  model: string;
  payload: JsonObject;
  /** 8 to 128 printable ASCII characters. Make it, and store it, before the first attempt; never change it. */
  idempotencyKey: string;
}

/** What `submit` takes. */
export interface SubmitRequest extends GenerationRequest {
  /** Where the service reports the end; https, or loopback where the service runs on this machine. */
  callbackUrl?: string;
  /** The most credits that the request may cost: checked before the submit, and sent to a service that has such a limit. */
  maxCredits?: number;
}

/** What `reconcile` takes: the request as it was submitted. */
export interface LostRequest extends SubmitRequest {
  /** When the submit was about to be sent: the time that was stored before it. */
  submittedAt: Moment;
  /** When its attempt ended without an answer; `submittedAt` where that is not known, because the process died. */
  lostAt?: Moment;
  /** The request was already sent a second time. */
  resubmitted?: boolean;
}

/** The options of `reconcile`. */
export interface ReconcileOptions extends CallOptions {
  /** Reads the list, at growing intervals, until then; for 1.5 s by default. */
  until?: Moment;
  /** Returns a list that `list` read, in place of reading it: one list serves any number of lost requests. Asked once where `until` has passed. */
  list?(): TaskList | Promise<TaskList>;
  /** Returns which of these tasks belong to other requests: a similar task of another request does not belong to this one. */
  taken?(taskIds: string[]): Iterable<string> | Promise<Iterable<string>>;
}

/**
 * What the service's list says of a lost submit. `found`: its `task`. `clear`: the list has been clear of it for 60 s, and
 * `resubmit` sends the request once more, with the same key; store before it that it is resubmitted. It returns the task,
 * or throws a `ClientError` whose `outcome` is `rejected` or `unknown`. That task is certainly its own: an equal request that
 * was given it as `found`, by a list without keys, has another one. `unsure`: there is no list, it was read too early, or
 * a task in it may be the one. `unreadable`: `error` says why. `retryAfter`: seconds after which the list can tell; null where
 * no later call will know either.
 */
export type Reconciled =
  | { kind: 'found'; task: Task }
  | { kind: 'clear'; resubmit(options?: CallOptions): Promise<SubmittedTask> }
  | { kind: 'unsure'; retryAfter: number | null }
  | { kind: 'unreadable'; retryAfter: number | null; error: Error & { transient: boolean } };

/** A task right after its submit. */
export interface SubmittedTask extends Task {
  /** Credits by the service's quote; null where none was asked for. */
  quoted: number | null;
}

export interface QuoteRequest {
  model: string;
  payload: JsonObject;
  maxCredits?: number;
}
