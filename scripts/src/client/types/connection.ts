import type { HttpClient, ProxySettings } from '../../http/http-client.ts';
import type { Clock } from '../../model/clock.ts';

export type {
  HttpClient,
  HttpEvents,
  HttpHead,
  HttpRequest,
  OngoingRequest,
  ProxySettings,
} from '../../http/http-client.ts';
export type { Clock } from '../../model/clock.ts';

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
  /** Retries of a read (status, task, list, quote, account, download) and of a cancel; 3 by default. A submit is never retried. */
  maxRetries?: number;
  /** Milliseconds between the first polls of `wait`; 2,000 by default. The interval then grows to 3 s, and in a wait of more than 10 minutes up to 12 s. */
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
