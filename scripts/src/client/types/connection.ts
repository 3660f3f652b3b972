export interface ProxySettings {
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string;
}

/** What `createClient` takes. */
export interface ClientOptions {
  /** Id of the service; `providers()` lists them. */
  provider: string;
  /** The API key. It goes to the service's own address in one header, and appears nowhere else. */
  key: string;
  /** Another address of the service: https, or http on this machine. */
  baseUrl?: string | URL;
  /** Milliseconds for one request; 30,000 by default. */
  timeoutMs?: number;
  /** Retries of a read (status, task, list, quote, account, download); 3 by default. A submit is never retried. */
  maxRetries?: number;
  /** Milliseconds between the first polls of `wait`; 2,000 by default. The interval grows to 4.4 s. */
  pollIntervalMs?: number;
  /** Proxies; the environment is not read. */
  proxy?: ProxySettings;
  /** Sends the requests to the service in place of Node's client. Files are fetched without it: their addresses are checked as the connection is made. */
  httpClient?: HttpClient;
  /** The folder of the contracts, `<provider>/<model>.yaml`; the skill's own by default. */
  contractsFolder?: string;
  /** Time and randomness, for tests. */
  clock?: Clock;
}

/** Time and randomness. */
export interface Clock {
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number from 0 up to 1. */
  random(): number;
}

/** One HTTP request, complete: nothing is added, no redirect is followed. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: URL;
  headers: Record<string, string>;
  body?: Iterable<Uint8Array> & {
    /** Bytes. */
    readonly length: number;
  };
}

/** The beginning of an answer. Header names are in lower case. */
export interface HttpHead {
  status: number;
  headers: Record<string, string>;
}

/** The events of one HTTP exchange, in this order. */
export interface HttpEvents {
  /** The connection is open and the first byte leaves next. A submit that fails before this event is `rejected`, later `unknown`. */
  onLeave(): void;
  onHead(head: HttpHead): void;
  onData(chunk: Buffer): void;
  /** The answer is complete. */
  onEnd(): void;
  /** The exchange ended without a complete answer. */
  onError(error: unknown): void;
}

/** An HTTP request that is under way. */
export interface OngoingRequest {
  pause(): void;
  resume(): void;
  abort(): void;
}

/** Sends HTTP requests over connections that it owns. Unlike `fetch`, it says whether a request has left: that decides whether a failed submit may have been charged. */
export interface HttpClient {
  /** @param fresh uses a new connection and closes it afterwards */
  start(request: HttpRequest, events: HttpEvents, fresh: boolean): OngoingRequest;
  /** Ends all exchanges that are under way. */
  close(): void;
}
