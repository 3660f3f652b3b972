import type { Holder, RequestClaim, RequestIdentity } from '../model/claim-rules.ts';
import type { AccountId, Credits, RecordChange, RequestRecord } from '../model/request-record.ts';
import type { SpendingRow } from '../model/spending-row.ts';
import type { TaskState } from '../model/task.ts';

/** A lock that one process holds at a time, as the one on a request, whose holder alone may submit it. */
export interface Lock {
  /** Resolves to false when another process believed that this one was dead and took the lock. */
  isOurs(): boolean | Promise<boolean>;
  release(): void | Promise<void>;
}

export interface StoredRequest {
  /** The record as this process last read or wrote it. */
  readonly record: RequestRecord;
  /**
   * Changes the record as it is stored now, as far as `allowedChange` lets it. A change that cannot be stored causes a
   * warning, and is stored with the next change.
   * @param isOurs the caller holds the lock on the request, so a missing record is stored anew; otherwise it stays missing
   * @returns whether the change is stored
   */
  update(change: RecordChange, options?: { isOurs?: boolean }): Promise<boolean>;
  /**
   * Changes the record before a step that must not happen without the change.
   * @throws Failure when it cannot be stored, the record is gone, or another process has moved the request on
   */
  require(change: RecordChange): Promise<void>;
  /** Reads the record again: other processes may have changed it. */
  refresh(): Promise<void>;
  /** Removes the record. When that fails it only warns: the next command finds out that the record has no task. */
  drop(): Promise<void>;
  /**
   * Stores the end of the task, its credits, and when its result was delivered (null: it was not). A store on the local
   * disk does so before it returns, because a process that ends cannot wait.
   */
  close(status: TaskState, credits: Credits, delivered: string | null): void | Promise<void>;
}

/** What is known of a claimed request. The holder of the lock may submit; no other process may until it is released. */
export type Claimed<E extends StoredRequest = StoredRequest, L extends Lock = Lock> =
  /** It was never submitted, or the user wants a new task. Its record is not stored yet. */
  | {
      kind: 'new';
      entry: E;
      lock: L;
      /** Earlier records of the request whose outcome is unknown. */
      unknown: E[];
    }
  /** An earlier process may have submitted it. */
  | { kind: 'unknown'; entry: E; lock: L }
  /** It has a task, which may have ended. */
  | { kind: 'submitted'; entry: E };

export interface Budget {
  windowMs: number;
  limit: number;
  /** Credits of the request that is to be put on record. */
  credits: number;
}

export type Reserved =
  | { kind: 'reserved' }
  /**
   * `spent`: the credits that the account's other requests of the period cost or may still cost, without refunds; null when
   * those of a record are unknown, or a record cannot be read.
   */
  | { kind: 'exceeded'; spent: number | null }
  /** Another process kept the budget to itself until the deadline. */
  | { kind: 'busy'; holder: Holder };

/**
 * The records of requests: of all accounts, used for one of them. Its cost does not grow with the number of records. Each
 * method throws a Failure when the records cannot be read or written.
 */
export interface RecordStore {
  /** The account in use. */
  readonly account: AccountId;
  /**
   * Returns what is known of a request, and prevents other processes from submitting it at the same time. The same request
   * has the same task until the user wants a new one.
   * @param deadline how long to wait for another process that submits the request, on the monotonic clock
   * @throws Failure when the request has no task and must not be submitted
   */
  claim(claim: RequestClaim, deadline: number, signal?: AbortSignal): Promise<Claimed>;
  /**
   * Returns the records of a request, newest first, without claiming it; null for one that cannot be read.
   * @param request its name
   */
  allOf(request: string): Promise<(StoredRequest | null)[]>;
  /** Returns the newest record, not rejected, of the same request with another key or address: there it is another request. */
  underOtherAccount(request: RequestIdentity): Promise<StoredRequest | undefined>;
  /**
   * Stores a change of a claimed request, the first one of a new request, unless the recorded charges of the period go
   * above the budget with it. No other process can come in between; the request itself is not counted twice.
   * @param budget null = no limit
   * @param deadline how long to wait for another process that spends, on the monotonic clock
   * @throws Failure when the record cannot be stored
   */
  reserve(
    entry: StoredRequest,
    change: RecordChange,
    budget: Budget | null,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Reserved>;
  /**
   * Takes a lock by its name: a request's, to submit it; `task-` and a hash, to decide which record a task belongs to. A store
   * adds names of its own, as `budget` for `reserve`.
   * @param deadline how long to wait for the process that holds it, on the monotonic clock; 0 = try once
   */
  lock(name: string, deadline: number): Promise<Lock | { heldBy: Holder }>;
  /** Returns the record of a task, of any account. */
  byTask(taskId: string): Promise<StoredRequest | undefined>;
  /** Returns the records with an idempotency key, of any account, newest first. */
  byIdempotencyKey(idempotencyKey: string): Promise<StoredRequest[]>;
  /** Returns those of these tasks that a record names, of any account. */
  recordedAmong(taskIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns whether a record belongs to the account in use. */
  isOwn(entry: { record: AccountId }): boolean;
  /** Returns the requests that are unfinished or not delivered, of any account, newest first. */
  pending(): Promise<StoredRequest[]>;
  /** Returns the requests of the account in use whose outcome is unknown and that another request replaced. */
  replaced(): Promise<StoredRequest[]>;
  /**
   * Returns what was spent from a local day on, by day, account and model.
   * @param since a moment of the first day, in milliseconds by the wall clock; that whole day counts
   */
  spending(since: number): Promise<SpendingRow[]>;
  /** Counts the records since a moment that cannot be read: what their requests cost is not known. */
  unreadable(since: number): Promise<number>;
  /** Returns how long the latest tasks of a model took, in seconds, newest first; at most 50. */
  durationsOf(model: string): Promise<number[]>;
}
