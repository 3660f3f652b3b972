import { Failure } from '../model/failure.ts';
import { decoded } from './decode.ts';
import type { HttpClient, OngoingRequest } from './http-client.ts';
import type { HttpAnswer, HttpHead, HttpRequest } from './message.ts';
import { explain, trouble, withProxy } from './network-error.ts';
import { DirectWire } from './node-http-client.ts';
import type { Resolve } from './public-lookup.ts';

type WireKind = 'direct' | 'proxy' | 'files';

export interface ProxySettings {
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string;
}

export interface ExchangeOptions {
  /**
   * Milliseconds for the whole exchange: name look-up, connection, headers and the last byte of the body. A receiver
   * that is still busy then is waited for.
   */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Takes a connection of its own: one that was kept open may have died unnoticed, and a submit must not find out. */
  fresh?: boolean;
  /** The answer is a file, and may be large. Its host is none of ours: only public addresses are connected to. */
  isFile?: boolean;
}

/** Receives an answer as it arrives. What `onData` throws ends the exchange and is what the caller gets. */
export interface Receiver {
  onHead(head: HttpHead): void;
  /** Returning a promise holds the sender back until it settles. */
  onData(chunk: Buffer): void | Promise<void>;
}

/** The only place that opens sockets to a service. Follows no redirect and keeps no cookie. */
export class Transport {
  readonly #proxy: ProxySettings;
  readonly #resolve: Resolve | undefined;
  readonly #wires = new Map<WireKind, Promise<HttpClient>>();

  /** @param resolve asks for the addresses of file hosts in the system's place */
  constructor(proxy: ProxySettings = {}, resolve?: Resolve) {
    this.#proxy = proxy;
    this.#resolve = resolve;
  }

  /**
   * Sends one request and reads its whole answer, decompressed where it is compressed.
   * @param maxBytes an answer with a longer body is a failure
   * @throws Failure NETWORK_ERROR; `unclear` when the request had begun to leave
   */
  async send(request: HttpRequest, options: ExchangeOptions & { maxBytes: number }): Promise<HttpAnswer> {
    const { maxBytes } = options;
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = () => trouble(request, `sent more than ${maxBytes} bytes`, true);
    const head = await this.exchange(
      request,
      {
        onHead() {},
        onData(chunk) {
          size += chunk.length;
          if (size > maxBytes) throw tooLarge();
          chunks.push(chunk);
        },
      },
      options,
    );
    const body = decoded(Buffer.concat(chunks), head.headers['content-encoding'], maxBytes, tooLarge);
    return { ...head, body };
  }

  /**
   * Sends one request and hands its answer to `receiver` piece by piece.
   * @throws Failure NETWORK_ERROR (`unclear` when the request had begun to leave), the signal's reason, or what the
   * receiver threw
   */
  async exchange(request: HttpRequest, receiver: Receiver, options: ExchangeOptions): Promise<HttpHead> {
    const wire = await this.#wireFor(options);
    try {
      return await exchange(wire, request, receiver, options);
    } catch (error) {
      throw this.#proxied && error instanceof Failure ? withProxy(error) : error;
    }
  }

  /** Ends whatever is under way, so that the process can end. */
  async close(): Promise<void> {
    for (const made of await Promise.allSettled(this.#wires.values())) {
      if (made.status === 'fulfilled') made.value.close();
    }
  }

  get #proxied(): boolean {
    return Boolean(this.#proxy.httpProxy || this.#proxy.httpsProxy);
  }

  #wireFor({ isFile = false }: ExchangeOptions): Promise<HttpClient> {
    // Connections are not shared: one that was made to the service was never asked where it leads.
    const kind = isFile ? 'files' : this.#proxied ? 'proxy' : 'direct';
    const wire =
      this.#wires.get(kind) ?? (kind === 'direct' ? Promise.resolve(new DirectWire()) : this.#undici(kind));
    this.#wires.set(kind, wire);
    return wire;
  }

  async #undici(kind: WireKind): Promise<HttpClient> {
    const { UndiciWire } = await import('./undici-http-client.ts');
    const { publicLookup } = await import('./public-lookup.ts');
    try {
      return new UndiciWire(this.#proxy, kind === 'files' ? publicLookup(this.#resolve) : undefined);
    } catch (cause) {
      // The settings are not shown: they may hold a password.
      const message = 'The address of the proxy cannot be used as it is written.';
      throw new Failure('NETWORK_ERROR', message, { cause, reason: { kind: 'proxySettings' } });
    }
  }
}

function exchange(
  wire: HttpClient,
  request: HttpRequest,
  receiver: Receiver,
  { timeoutMs, signal, fresh = false }: ExchangeOptions,
): Promise<HttpHead> {
  return new Promise((resolve, reject) => {
    let flight: OngoingRequest | undefined;
    let left = false;
    let head: HttpHead | undefined;
    let over = false;
    let pending: Promise<void> = Promise.resolve();

    const finish = (error: unknown) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined) {
        pending.then(() => resolve(head as HttpHead), reject);
        return;
      }
      flight?.abort();
      // What was received is in the receiver's hands before the caller hears of the end.
      pending.then(
        () => reject(error),
        () => reject(error),
      );
    };
    const onAbort = () => finish(signal?.reason);
    const timer = setTimeout(() => {
      const what = !left
        ? 'did not accept a connection'
        : head
          ? 'did not finish its answer'
          : 'did not answer';
      finish(trouble(request, `${what} within ${timeoutMs} ms`, left));
    }, timeoutMs);
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });

    try {
      flight = wire.start(
        request,
        {
          onLeave() {
            left = true;
          },
          onHead(received) {
            if (over) return;
            if (received.status < 200) {
              finish(trouble(request, `answered with HTTP ${received.status}, which is no answer`, left));
              return;
            }
            head = received;
            try {
              receiver.onHead(head);
            } catch (error) {
              finish(error);
            }
          },
          onData(chunk) {
            if (over) return;
            try {
              const taken = receiver.onData(chunk);
              if (!taken) return;
              flight?.pause();
              pending = taken;
              taken.then(() => flight?.resume(), finish);
            } catch (error) {
              finish(error);
            }
          },
          onEnd() {
            finish(undefined);
          },
          onError(error) {
            finish(explain(request, error, left));
          },
        },
        fresh,
      );
    } catch (error) {
      finish(explain(request, error, false));
    }
  });
}
