import { Failure } from '../model/failure.ts';
import { decoded } from './decode.ts';
import type {
  HttpAnswer,
  HttpClient,
  HttpHead,
  HttpRequest,
  OngoingRequest,
  ProxySettings,
} from './http-client.ts';
import { explain, networkError, withProxy } from './network-error.ts';
import { NodeHttpClient } from './node-http-client.ts';
import type { Resolve } from './public-lookup.ts';

type ClientKind = 'node' | 'proxy' | 'files';

export interface ExchangeOptions {
  /** For the whole exchange, from the name look-up to the last byte. It then still waits for a receiver that is busy. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Uses a new connection. A kept one may be dead without a sign, and a submit must not be the request that finds out. */
  fresh?: boolean;
  /** The answer is a file and may be large. Its host is unknown, so only public addresses are connected to. */
  isFile?: boolean;
  /** Called when the connection is open and the first byte leaves next. */
  onLeave?: (() => void) | undefined;
}

interface TransportOptions {
  /** Sends the requests to the service, in place of a client of our own. Files are always fetched by one of ours. */
  httpClient?: HttpClient;
  /** The process ends with this program's command: undici then fetches files, which is faster, and changes V8's settings for it. */
  ownsProcess?: boolean;
  /** Finds the addresses of file hosts, for tests; by default the system does. */
  resolve?: Resolve;
}

/** Receives an answer as it arrives. An error that `onData` throws ends the exchange, and the caller gets it. */
interface Receiver {
  /** Tells whether the body is wanted; where it is not, the exchange ends with the head. Absent: it is. */
  wants?(head: HttpHead): boolean;
  onHead?(head: HttpHead): void;
  /** A returned promise makes the sender wait until it is fulfilled or rejected. */
  onData(chunk: Buffer): void | Promise<void>;
}

/** The only place that opens sockets to a service. Follows no redirect and keeps no cookie. */
export class Transport {
  readonly #proxy: ProxySettings;
  readonly #options: TransportOptions;
  readonly #clients = new Map<ClientKind, Promise<HttpClient>>();

  constructor(proxy: ProxySettings = {}, options: TransportOptions = {}) {
    this.#proxy = proxy;
    this.#options = options;
  }

  /**
   * Sends one request and reads its whole answer, decompressed where it is compressed.
   * @param maxBytes an answer with a longer body is a failure
   * @throws Failure NETWORK_ERROR; `unclear` when part of the request was sent
   */
  async send(request: HttpRequest, options: ExchangeOptions & { maxBytes: number }): Promise<HttpAnswer> {
    const { maxBytes } = options;
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = () => networkError(request, `sent more than ${maxBytes} bytes`, true);
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    };
    const head = await this.exchange(request, { onData }, options);
    const body = decoded(Buffer.concat(chunks), head.headers['content-encoding'], maxBytes, tooLarge);
    return { ...head, body };
  }

  /**
   * Sends one request and passes its answer to `receiver` piece by piece.
   * @throws Failure NETWORK_ERROR (`unclear` when part of the request was sent), the signal's reason, or the error
   * that the receiver threw
   */
  async exchange(request: HttpRequest, receiver: Receiver, options: ExchangeOptions): Promise<HttpHead> {
    const client = await this.#clientFor(options);
    try {
      return await exchange(client, request, receiver, options);
    } catch (error) {
      throw this.#proxied && error instanceof Failure ? withProxy(error) : error;
    }
  }

  async close(): Promise<void> {
    for (const made of await Promise.allSettled(this.#clients.values())) {
      if (made.status === 'fulfilled') made.value.close();
    }
  }

  get #proxied(): boolean {
    return Boolean(this.#proxy.httpProxy || this.#proxy.httpsProxy);
  }

  #clientFor({ isFile = false }: ExchangeOptions): Promise<HttpClient> {
    // Files never share connections with the API: a connection to the API was not checked for a public address.
    const kind = isFile ? 'files' : this.#proxied ? 'proxy' : 'node';
    const client = this.#clients.get(kind) ?? this.#create(kind);
    this.#clients.set(kind, client);
    return client;
  }

  async #create(kind: ClientKind): Promise<HttpClient> {
    const { httpClient, ownsProcess, resolve } = this.#options;
    if (kind !== 'files' && httpClient) return httpClient;
    if (kind === 'node') return new NodeHttpClient();
    const lookup = kind === 'files' ? (await import('./public-lookup.ts')).publicLookup(resolve) : undefined;
    if (!this.#proxied && !ownsProcess) return new NodeHttpClient(lookup);
    const { tuneForOneCommand, UndiciHttpClient } = await import('./undici-http-client.ts');
    if (ownsProcess) tuneForOneCommand();
    try {
      return new UndiciHttpClient(this.#proxy, lookup);
    } catch (cause) {
      // The settings are not shown: they may hold a password.
      const message = 'The address of the proxy cannot be used as it is written.';
      throw new Failure('NETWORK_ERROR', message, { cause, reason: { kind: 'proxySettings' } });
    }
  }
}

function exchange(
  client: HttpClient,
  request: HttpRequest,
  receiver: Receiver,
  { timeoutMs, signal, fresh = false, onLeave }: ExchangeOptions,
): Promise<HttpHead> {
  return new Promise((resolve, reject) => {
    let ongoing: OngoingRequest | undefined;
    let left = false;
    let head: HttpHead | undefined;
    let over = false;
    let pending: Promise<void> = Promise.resolve();

    const finish = (error: unknown) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined) return void pending.then(() => resolve(head as HttpHead), reject);
      ongoing?.abort();
      // The receiver finishes what it has received before the caller gets the error.
      pending.catch(() => {}).then(() => reject(error));
    };
    const onAbort = () => finish(signal?.reason);
    const timer = setTimeout(() => {
      const what = head
        ? 'did not finish its answer'
        : left
          ? 'did not answer'
          : 'did not accept a connection';
      finish(networkError(request, `${what} within ${timeoutMs} ms`, left));
    }, timeoutMs);
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });

    try {
      ongoing = client.start(
        request,
        {
          onLeave() {
            left = true;
            onLeave?.();
          },
          onHead(received) {
            if (over) return;
            if (received.status < 200) {
              const what = `answered with HTTP ${received.status}, which is no answer`;
              return finish(networkError(request, what, left));
            }
            head = received;
            try {
              if (receiver.wants?.(head) ?? true) return receiver.onHead?.(head);
              finish(undefined);
              ongoing?.abort();
            } catch (error) {
              finish(error);
            }
          },
          onData(chunk) {
            if (over) return;
            try {
              const busy = receiver.onData(chunk);
              if (!busy) return;
              ongoing?.pause();
              pending = busy;
              busy.then(() => ongoing?.resume(), finish);
            } catch (error) {
              finish(error);
            }
          },
          onEnd: () => finish(undefined),
          onError: (error) => finish(explain(request, error, left)),
        },
        fresh,
      );
    } catch (error) {
      finish(explain(request, error, false));
    }
  });
}
