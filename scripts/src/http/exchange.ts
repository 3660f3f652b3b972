import type { HttpClient, HttpHead, HttpRequest, OngoingRequest } from './http-client.ts';
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
      finish(explain(request, error, left));
    }
  });
}
