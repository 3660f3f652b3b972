import type { Call } from '../http/api.ts';
import type { Failure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import type { Task, TaskState } from '../model/task.ts';
import type { Profile } from './profile.ts';

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
  /** Set when the answer may be an error instead of the task's state. The task's record shows which it is. */
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
  profile: Profile;
  baseUrl: URL;
  key: string;
  /** Milliseconds since the epoch, for dates in answers. */
  now: () => number;
}

/** A service as the registry knows it: its profile, and how the part that speaks to it is loaded. */
export interface Definition extends Profile {
  load(): Promise<(settings: ProviderSettings) => Provider>;
}
