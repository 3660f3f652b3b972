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
  /**
   * Called when the list has been clear of the request for 60 s, right before it is sent once more with the same key.
   * Store there that it is resubmitted; a rejection prevents the submit. Absent: nothing is ever sent.
   */
  beforeResubmit?(): void | Promise<void>;
}

/** A task right after its submit. */
export interface SubmittedTask extends Task {
  /** Credits by the service's quote; null where none was asked for. */
  quoted: number | null;
}

export interface ReconciledTask extends Task {
  /** It was sent once more by this call. */
  resubmitted: boolean;
}

export interface QuoteRequest {
  model: string;
  payload: JsonObject;
  maxCredits?: number;
}

export interface Quote {
  credits: number;
  /** Credits on the account; null where the answer does not say. */
  balance: number | null;
  affordable: boolean | null;
  record: JsonObject;
}
