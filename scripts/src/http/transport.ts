import { Failure } from '../model/failure.ts';
import { decoded } from './decode.ts';
import { type ExchangeOptions, exchange, type Receiver } from './exchange.ts';
import type { HttpAnswer, HttpClient, HttpHead, HttpRequest, ProxySettings } from './http-client.ts';
import { networkError, withProxy } from './network-error.ts';
import { NodeHttpClient } from './node-http-client.ts';
import type { Resolve } from './public-lookup.ts';

interface TransportOptions {
  /** Sends the requests to the service, in place of a client of our own. Files are always fetched by one of ours. */
  httpClient?: HttpClient;
  /** Finds the addresses of file hosts, for tests; by default the system does. */
  resolve?: Resolve;
}

/** The only place that opens sockets to a service. Follows no redirect and keeps no cookie. */
export class Transport {
  readonly #proxy: ProxySettings;
  readonly #options: TransportOptions;
  readonly #clients = new Map<'calls' | 'files', Promise<HttpClient>>();

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

  /** Sends one request and passes its answer to `receiver` piece by piece. @throws as `exchange` does */
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
    const kind = isFile ? 'files' : 'calls';
    const client = this.#clients.get(kind) ?? this.#create(isFile);
    this.#clients.set(kind, client);
    return client;
  }

  async #create(isFile: boolean): Promise<HttpClient> {
    const { httpClient, resolve } = this.#options;
    if (!isFile && httpClient) return httpClient;
    const lookup = isFile ? (await import('./public-lookup.ts')).publicLookup(resolve) : undefined;
    if (!this.#proxied) return new NodeHttpClient(lookup);
    const { UndiciHttpClient } = await import('./undici-http-client.ts');
    try {
      return new UndiciHttpClient(this.#proxy, lookup);
    } catch (cause) {
      // The settings are not shown: they may hold a password.
      const message = 'The address of the proxy cannot be used as it is written.';
      throw new Failure('NETWORK_ERROR', message, { cause, reason: { kind: 'proxySettings' } });
    }
  }
}
