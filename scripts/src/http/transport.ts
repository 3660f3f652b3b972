import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import { Failure } from '../types/failure.ts';
import { plain } from '../types/text.ts';
import type { HttpAnswer, HttpHead, HttpRequest } from './message.ts';

// undici parses HTTP in WebAssembly, and V8 would spend 100 ms on optimising that parser, which every process waits for
// at its end. Compiled simply, and only where it is used, it is fast enough for the few answers of a command.
setFlagsFromString('--liftoff-only');
setFlagsFromString('--wasm-lazy-compilation');

export interface ProxySettings {
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string;
}

export interface ExchangeOptions {
  /** Milliseconds for the whole exchange: name look-up, connection, headers and the last byte of the body. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Takes a connection of its own: one that was kept open may have died unnoticed, and a submit must not find out. */
  fresh?: boolean;
}

/** Receives an answer as it arrives. What `onData` throws ends the exchange and is what the caller gets. */
export interface Receiver {
  onHead(head: HttpHead): void;
  /** Returning a promise holds the sender back until it settles. */
  onData(chunk: Buffer): void | Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** The only place that opens sockets to a service. Follows no redirect and keeps no cookie. */
export class Transport {
  readonly #proxy: ProxySettings;
  /** One per origin, or one for all where there is a proxy. */
  readonly #shared = new Map<string, Promise<Dispatcher>>();
  readonly #open = new Set<Dispatcher>();

  constructor(proxy: ProxySettings = {}) {
    this.#proxy = proxy;
  }

  /**
   * Sends one request and reads its whole answer.
   * @param maxBytes an answer with a longer body is a failure
   * @throws Failure NETWORK_ERROR; `unclear` when the request had begun to leave
   */
  async send(request: HttpRequest, options: ExchangeOptions & { maxBytes: number }): Promise<HttpAnswer> {
    const chunks: Buffer[] = [];
    let size = 0;
    const head = await this.exchange(
      request,
      {
        onHead() {},
        onData(chunk) {
          size += chunk.length;
          if (size > options.maxBytes) {
            throw new Failure(
              'NETWORK_ERROR',
              `${where(request)} sent more than ${options.maxBytes} bytes.`,
              {
                unclear: true,
              },
            );
          }
          chunks.push(chunk);
        },
      },
      options,
    );
    return { ...head, body: Buffer.concat(chunks) };
  }

  /**
   * Sends one request and hands its answer to `receiver` piece by piece.
   * @throws Failure NETWORK_ERROR (`unclear` when the request had begun to leave), the signal's reason, or what the
   * receiver threw
   */
  async exchange(request: HttpRequest, receiver: Receiver, options: ExchangeOptions): Promise<HttpHead> {
    const { origin } = request.url;
    const dispatcher = await (options.fresh ? this.#connect(origin) : this.#sharedFor(origin));
    try {
      return await exchange(dispatcher, request, receiver, options);
    } catch (error) {
      throw this.#proxied && error instanceof Failure ? withProxy(error) : error;
    } finally {
      if (options.fresh) {
        this.#open.delete(dispatcher);
        dispatcher.destroy().catch(() => {});
      }
    }
  }

  /**
   * Ends whatever is under way, so that the process can end. A connection at rest does not hold it up, and closes by
   * itself; to close it here would take 3 ms of a short command.
   */
  async close(): Promise<void> {
    this.#shared.clear();
    const busy = [...this.#open].filter((dispatcher) => !isAtRest(dispatcher));
    this.#open.clear();
    await Promise.all(busy.map((dispatcher) => dispatcher.destroy().catch(() => {})));
  }

  #sharedFor(origin: string): Promise<Dispatcher> {
    const known = this.#shared.get(origin);
    if (known) return known;
    const made = this.#connect(origin);
    this.#shared.set(origin, made);
    return made;
  }

  get #proxied(): boolean {
    return Boolean(this.#proxy.httpProxy || this.#proxy.httpsProxy);
  }

  async #connect(origin: string): Promise<Dispatcher> {
    const options = { connect: { timeout: CONNECT_TIMEOUT_MS }, maxHeaderSize: 64 * 1024 };
    const dispatcher = this.#proxied ? await this.#viaProxy(options) : new Client(origin, options);
    this.#open.add(dispatcher);
    return dispatcher;
  }

  async #viaProxy(options: Client.Options): Promise<Dispatcher> {
    const { proxyDispatcher } = await import('./proxy.ts');
    try {
      return proxyDispatcher(this.#proxy, options);
    } catch (cause) {
      // The settings are not shown: they may hold a password.
      throw new Failure(
        'NETWORK_ERROR',
        'The proxy in HTTPS_PROXY or HTTP_PROXY cannot be used as it is written.',
        {
          cause,
          nextSteps: ['Correct HTTPS_PROXY or HTTP_PROXY: in a user name or password, % is written as %25.'],
        },
      );
    }
  }
}

function isAtRest(dispatcher: Dispatcher): boolean {
  return dispatcher instanceof Client && dispatcher.stats.size === 0;
}

function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  receiver: Receiver,
  { timeoutMs, signal }: ExchangeOptions,
): Promise<HttpHead> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
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
      controller?.abort(error as Error);
      // What was received is in the receiver's hands before the caller hears of the end.
      pending.then(
        () => reject(error),
        () => reject(error),
      );
    };
    const left = () => controller !== undefined;
    const onAbort = () => finish(signal?.reason);
    const timer = setTimeout(() => {
      const what = !left()
        ? 'did not accept a connection'
        : head
          ? 'did not finish its answer'
          : 'did not answer';
      finish(trouble(request, `${what} within ${timeoutMs} ms`, left()));
    }, timeoutMs);
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });

    const path = request.url.pathname + request.url.search;
    try {
      dispatcher.dispatch(
        {
          origin: request.url.origin,
          path,
          method: request.method,
          headers: request.body
            ? { ...request.headers, 'content-length': String(request.body.length) }
            : request.headers,
          body: request.body ? Readable.from(request.body, { objectMode: false }) : null,
          // One deadline covers everything; the library's own timers would only blur which one struck.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          // Called when a connection stands and before the first byte leaves: until then nothing was delivered.
          onRequestStart(started) {
            if (over) started.abort(new Error('given up before sending'));
            else controller = started;
          },
          onResponseStart(_, status, headers) {
            if (status < 200 || over) return;
            head = { status, headers: flat(headers) };
            try {
              receiver.onHead(head);
            } catch (error) {
              finish(error);
            }
          },
          onResponseData(controls, chunk) {
            // The parser is woken with an empty piece; to hold it back for that would wake it again, without end.
            if (over || chunk.length === 0) return;
            try {
              const taken = receiver.onData(chunk);
              if (!taken) return;
              controls.pause();
              pending = taken;
              taken.then(() => controls.resume(), finish);
            } catch (error) {
              finish(error);
            }
          },
          onResponseEnd() {
            finish(undefined);
          },
          onResponseError(_, error) {
            finish(explain(request, error, left()));
          },
        },
      );
    } catch (error) {
      finish(explain(request, error, false));
    }
  });
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) out[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return out;
}

function where(request: HttpRequest): string {
  return request.url.origin;
}

function trouble(request: HttpRequest, what: string, unclear: boolean, cause?: unknown): Failure {
  return new Failure('NETWORK_ERROR', `${where(request)} ${what}.`, { transient: true, unclear, cause });
}

// Codes of the operating system, of Node and of undici that stand for trouble on the way. Anything else is a bug.
const TROUBLE: Record<string, string> = {
  ENOTFOUND: 'could not be found (DNS)',
  EAI_AGAIN: 'could not be looked up (DNS)',
  EAI_FAIL: 'could not be looked up (DNS)',
  EAI_NODATA: 'could not be looked up (DNS)',
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  ECONNABORTED: 'closed the connection',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'could not be reached in time',
  EHOSTUNREACH: 'cannot be reached from here',
  EHOSTDOWN: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  ENETDOWN: 'cannot be reached: the network is down',
  EADDRNOTAVAIL: 'cannot be reached from here',
  EACCES: 'cannot be reached: this machine does not allow the connection',
  EPERM: 'cannot be reached: this machine does not allow the connection',
  UND_ERR_CONNECT_TIMEOUT: 'could not be reached in time',
  UND_ERR_SOCKET: 'closed the connection',
  UND_ERR_HEADERS_OVERFLOW: 'sent headers that are too large',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'closed the connection',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'sent an answer of another length than announced',
  UND_ERR_PRX_TLS: 'could not be reached: the proxy failed',
  UND_ERR_DESTROYED: 'was given up: the connection was closed from this side',
  UND_ERR_CLOSED: 'was given up: the connection was closed from this side',
};

function explain(request: HttpRequest, error: unknown, left: boolean): unknown {
  if (error instanceof Failure) return error;
  for (const link of chain(error)) {
    const code = typeof link.code === 'string' ? link.code : '';
    const byProxy = code.startsWith('UND_ERR') ? PROXY_REFUSAL.exec(String(link.message)) : null;
    if (byProxy) return refusedByProxy(request, Number(byProxy[1]), error);
    const known = TROUBLE[code];
    if (known) return trouble(request, `${known} (${code})`, left, error);
    // The parser of HTTP, which gives its errors no code: whatever answered was not speaking HTTP.
    if (link.name === 'HTTPParserError')
      return trouble(
        request,
        `sent something that is not HTTP (${plain(String(link.message), 120)})`,
        left,
        error,
      );
    if (isTlsCode(code)) {
      const what = isHandshakeCode(code)
        ? 'could not agree on TLS'
        : 'has a certificate that cannot be trusted';
      const reason = `${what} (${code}: ${plain(String(link.message), 120)})`;
      // Asking again changes nothing, and verification is never switched off.
      return new Failure('NETWORK_ERROR', `${where(request)} ${reason}.`, {
        cause: error,
        unclear: left,
        nextSteps: [
          'Check the clock of this machine, and whether a proxy replaces certificates (NODE_EXTRA_CA_CERTS).',
        ],
      });
    }
  }
  return error;
}

// What undici says when the proxy itself answers, to a tunnel and to a plain request.
const PROXY_REFUSAL = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;

/** The proxy's own "no": nothing went further than to it. */
function refusedByProxy(request: HttpRequest, status: number, cause: unknown): Failure {
  const why =
    status === 407 ? 'it wants a user name and a password (HTTP 407)' : `it answered HTTP ${status}`;
  return new Failure('NETWORK_ERROR', `${where(request)} could not be reached through the proxy: ${why}.`, {
    cause,
    // A proxy whose own way is blocked says so with 5xx; its other answers stay the same.
    transient: status >= 500,
    unclear: false,
    nextSteps: [
      'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY; a proxy that wants a password takes it as http://user:password@host:port.',
    ],
  });
}

/** What fails on the way to a proxy looks as if the service had failed. */
function withProxy(failure: Failure): Failure {
  if (failure.details.unclear !== false || /proxy/i.test(failure.message)) return failure;
  const hint = 'A proxy is set (HTTPS_PROXY or HTTP_PROXY); it may be what fails.';
  return new Failure(failure.code, `${failure.message} ${hint}`, failure.details);
}

function isHandshakeCode(code: string): boolean {
  return /^(ERR_SSL_|EPROTO)/.test(code);
}

function isTlsCode(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/.test(code);
}

interface Link {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/** The error and what caused it, outermost first; several addresses tried at once come as a list of errors. */
function* chain(error: unknown, depth = 0): Generator<Link> {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  const link = error as Link;
  yield link;
  if (Array.isArray(link.errors)) for (const inner of link.errors) yield* chain(inner, depth + 1);
  yield* chain(link.cause, depth + 1);
}
