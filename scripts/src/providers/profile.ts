import type { RateLimit } from '../http/rate-limit.ts';
import type { TaskState } from '../model/task.ts';

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
  /** The flag for a callback URL, named with the service's own word. */
  readonly callbackFlag: 'webhookUrl' | 'callbackUrl';
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
}
