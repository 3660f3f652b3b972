import type { Call } from '../http/api.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { Failure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import type { Task, TaskState } from '../model/task.ts';

/** What a service can do. The workflow depends on these only, never on the name of a service. */
export interface Capabilities {
  cancel: boolean;
  list: boolean;
  quote: boolean;
  account: boolean;
  signedWebhooks: boolean;
}

/** The facts about a service that are known before its provider is loaded. */
export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly can: Capabilities;
  /** The service's words for the states of a task, in lower case. */
  readonly states: Readonly<Record<string, TaskState>>;
  /** How often its tasks may be queried: list, detail and status together. */
  readonly rateLimit: RateLimit;
  /** Milliseconds for which it says that it keeps results (`says.retention` has the date); absent: not documented. */
  readonly resultsKeptMs?: number;
  /** Its own address; requests go there unless another one is configured. */
  readonly url: string;
  /** The path that every call has: users often copy it with the address. Absent: none is left out of an address. */
  readonly apiPath?: string;
  /** The environment variables for its API key and for another address. */
  readonly keyVariable: string;
  readonly urlVariable: string;
  /** The service's own word for a callback URL. */
  readonly callbackWord: 'webhookUrl' | 'callbackUrl';
  /** Where the user gets an API key. */
  readonly keyPage: string;
  /** Sentences for the user: what the service documents, with the date. */
  readonly says: {
    /** Where a key is made, once on the page. */
    key: string;
    credits: string;
    retention: string;
    refund: string;
    /** Whether a cancelled task is charged; absent where no task can be cancelled. */
    cancelled?: string;
    cancel: string;
    /** What becomes of a task that is PROGRESS; absent where no task can be cancelled. */
    running?: string;
    /** Why a task may not be found. */
    missing: string;
    /** Where the user finds prices and models. */
    prices: string;
    /** Where the user finds a task whose id is not known; absent where the service lists its tasks. */
    tasks?: string;
  };
  /** Loads the module that speaks to the service, and returns its requests and the readers of its answers. */
  create(settings: ProviderSettings): Promise<Provider>;
}

/** A request as the service gets it, charged at most once. The idempotency key is made before the first attempt and never changes. */
export interface ProviderRequest {
  model: string;
  payload: JsonObject;
  idempotencyKey: string;
  /** The most credits that the request may cost. It is also sent to the service, if the service has such a limit. */
  maxCredits?: number | undefined;
  webhookUrl?: string | undefined;
}

export interface TaskStatus {
  state: TaskState;
  /** The service's own word, if it is unknown to this program. */
  unknownState?: string | undefined;
  /** Percent done, if the service reports it. */
  progress?: number | undefined;
  /** Set when the answer may be an error instead of the task's state. The task's details show which it is. */
  possibleError?: Failure | undefined;
  record: JsonObject;
}

export interface Quote {
  credits: number;
  /** Credits on the account; null where the answer does not say. */
  balance: number | null;
  affordable: boolean | null;
  record: JsonObject;
}

export interface TaskList {
  /** Newest first, as the service lists them. */
  tasks: Task[];
  /** Entries that could not be read as tasks: what is not among `tasks` may be one of them. */
  unread: number;
  /** The service's clock in milliseconds since the epoch; null where the answer carries no date. */
  serverTime: number | null;
  record: JsonObject;
}

export interface Account {
  balance: number | null;
  models: string[];
  record: JsonObject;
}

/**
 * One service's HTTP format: addresses, headers, bodies, states and error bodies, and nothing else. A method returns a
 * request and the reader of its answer; other modules decide when and how often it is sent.
 */
export interface Provider extends Profile {
  submit(generation: ProviderRequest): Call<Task>;
  status(taskId: string): Call<TaskStatus>;
  task(taskId: string): Call<Task>;
  /** Another record of a finished task, which a service has for some tasks only: a failure of this call says nothing about the task. */
  detail?(taskId: string): Call<Task>;
  cancel(taskId: string): Call<TaskStatus>;
  list(): Call<TaskList>;
  quote(model: string, payload: JsonObject): Call<Quote>;
  account(): Call<Account>;
}

export interface ProviderSettings {
  baseUrl: URL;
  key: string;
  /** Milliseconds since the epoch, for dates in answers. */
  now: () => number;
}
