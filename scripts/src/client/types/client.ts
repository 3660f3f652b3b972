export type { Sandbox, SandboxOptions } from '../../sandbox/server.ts';

import type { ModelDescription, ProviderInfo, Validation } from './catalog.ts';
import type { DownloadedFile, DownloadOptions } from './download.ts';
import type {
  LostRequest,
  Quote,
  QuoteRequest,
  Reconciled,
  ReconcileOptions,
  SubmitRequest,
  SubmittedTask,
} from './submit.ts';
import type { Account, CallbackHint, Task, TaskList, TaskStatus, WaitOptions, WaitResult } from './task.ts';
import type { CallOptions, JsonObject } from './values.ts';

/** A client of one service and one key. It keeps no state but its connections, and never writes to the terminal. */
export interface Client {
  readonly provider: ProviderInfo;
  /** Returns the ids of the models that have a contract, sorted. */
  models(): Promise<string[]>;
  /** Returns what a model takes and makes. */
  describe(model: string): Promise<ModelDescription>;
  /** Checks a payload against its model's contract. Sends nothing. */
  validate(model: string, payload: JsonObject): Promise<Validation>;
  /**
   * Submits a request in one attempt, and returns its task.
   * @throws ClientError whose `outcome` is `rejected` or `unknown`
   */
  submit(request: SubmitRequest, options?: CallOptions): Promise<SubmittedTask>;
  /**
   * Searches the service's list for the task of a submit whose outcome is unknown, and returns what the list says.
   * Submits nothing. If the list is clear, the result has `resubmit`, which submits the request once more.
   */
  reconcile(request: LostRequest, options?: ReconcileOptions): Promise<Reconciled>;
  /** Returns the state of a task. */
  status(taskId: string, options?: CallOptions): Promise<TaskStatus>;
  /** Returns the record of a task; of a finished one whose status names no file, the second record where that does. */
  task(taskId: string, options?: CallOptions): Promise<Task>;
  /** Returns the tasks of this key. */
  list(options?: CallOptions): Promise<TaskList>;
  /**
   * Cancels a task, and returns it once it is CANCEL.
   * @throws ClientError CANCEL_REJECTED where it runs on or has ended, NETWORK_ERROR where that is not known
   */
  cancel(taskId: string, options?: CallOptions): Promise<TaskStatus>;
  /** Returns the service's price of a payload. Free. @throws ClientError BUDGET_EXCEEDED above `maxCredits` */
  quote(request: QuoteRequest, options?: CallOptions): Promise<Quote>;
  /** Returns the account of the key. */
  account(options?: CallOptions): Promise<Account>;
  /**
   * Polls a task until it ends. A query that fails in a transient way does not end the wait. Pass the task that `submit`
   * returned where you have it: then, for 30 s, "not found" only means that the service does not show it yet.
   */
  wait(task: string | Task, options?: WaitOptions): Promise<WaitResult>;
  /**
   * Fetches the files of a COMPLETED task. Only public addresses are connected to; an expired link is replaced once.
   * @throws ClientError DOWNLOAD_FAILED; the task and its result are untouched
   */
  download(task: string | Task, options: DownloadOptions): Promise<DownloadedFile[]>;
  /** Returns what the body of a callback claims: a hint. Never throws, whatever the bytes are. */
  parseCallback(body: string | Uint8Array): CallbackHint;
  /** Ends what is under way and releases the connections. */
  close(): Promise<void>;
}
