import type { Failure } from '../model/failure.ts';
import type { HttpClient, HttpEvents, HttpHead, HttpRequest, OngoingRequest } from './http-client.ts';
import { explain, networkError } from './network-error.ts';

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

/** Receives an answer as it arrives. An error that `onData` throws ends the exchange, and the caller gets it. */
export interface Receiver {
  /** Tells whether the body is wanted; where it is not, the exchange ends with the head. Absent: it is. */
  wants?(head: HttpHead): boolean;
  onHead?(head: HttpHead): void;
  /** A returned promise makes the sender wait until it is fulfilled or rejected. */
  onData(chunk: Buffer): void | Promise<void>;
}

/**
 * Sends one request by `client` and passes its answer on, within its time.
 * @throws Failure NETWORK_ERROR (`unclear` when part of the request was sent), the signal's reason, or the error that the
 * receiver threw
 */
export function exchange(
  client: HttpClient,
  request: HttpRequest,
  receiver: Receiver,
  options: ExchangeOptions,
): Promise<HttpHead> {
  return new Promise((resolve, reject) => {
    new Exchange(request, receiver, options, { resolve, reject }).start(client);
  });
}

interface Caller {
  resolve(head: HttpHead): void;
  reject(error: unknown): void;
}

/** One exchange that is under way. It ends once: with the answer, or with an error. */
class Exchange {
  readonly #request: HttpRequest;
  readonly #receiver: Receiver;
  readonly #options: ExchangeOptions;
  readonly #caller: Caller;
  #timer: NodeJS.Timeout | undefined;
  #ongoing: OngoingRequest | undefined;
  #hasLeft = false;
  #head: HttpHead | undefined;
  #isOver = false;
  /** What the receiver is doing with the last piece. */
  #pending: Promise<void> = Promise.resolve();

  constructor(request: HttpRequest, receiver: Receiver, options: ExchangeOptions, caller: Caller) {
    this.#request = request;
    this.#receiver = receiver;
    this.#options = options;
    this.#caller = caller;
  }

  start(client: HttpClient): void {
    const { timeoutMs, signal, fresh = false, onLeave } = this.#options;
    this.#timer = setTimeout(() => this.#finish(this.#timeOver()), timeoutMs);
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    const events: HttpEvents = {
      onLeave: () => {
        this.#hasLeft = true;
        onLeave?.();
      },
      onHead: (head) => this.#onHead(head),
      onData: (chunk) => this.#onData(chunk),
      onEnd: () => this.#finish(undefined),
      onError: (error) => this.#finish(explain(this.#request, error, this.#hasLeft)),
    };
    try {
      this.#ongoing = client.start(this.#request, events, fresh);
    } catch (error) {
      this.#finish(explain(this.#request, error, this.#hasLeft));
    }
  }

  readonly #onAbort = (): void => this.#finish(this.#options.signal?.reason);

  #timeOver(): Failure {
    const unmet = this.#hasLeft ? 'did not answer' : 'did not accept a connection';
    const what = this.#head ? 'did not finish its answer' : unmet;
    const message = `${what} within ${this.#options.timeoutMs} ms`;
    return networkError(this.#request, message, this.#hasLeft);
  }

  #onHead(head: HttpHead): void {
    if (this.#isOver) return;
    if (head.status < 200) {
      const what = `answered with HTTP ${head.status}, which is no answer`;
      this.#finish(networkError(this.#request, what, this.#hasLeft));
      return;
    }
    this.#head = head;
    try {
      if (this.#receiver.wants?.(head) ?? true) {
        this.#receiver.onHead?.(head);
        return;
      }
      this.#finish(undefined);
      this.#ongoing?.abort();
    } catch (error) {
      this.#finish(error);
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      const busy = this.#receiver.onData(chunk);
      if (!busy) return;
      this.#ongoing?.pause();
      this.#pending = busy;
      busy.then(
        () => this.#ongoing?.resume(),
        (error) => this.#finish(error),
      );
    } catch (error) {
      this.#finish(error);
    }
  }

  /** @param error undefined: the answer is there */
  #finish(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    const { resolve, reject } = this.#caller;
    if (error === undefined) return void this.#pending.then(() => resolve(this.#head as HttpHead), reject);
    this.#ongoing?.abort();
    // The receiver finishes what it has received before the caller gets the error.
    this.#pending.catch(() => {}).then(() => reject(error));
  }
}
