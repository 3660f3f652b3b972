import type { Observer } from '../core/observer.ts';
import type { Session } from '../core/session.ts';
import { Api } from '../http/api.ts';
import { Transport } from '../http/transport.ts';
import { Failure } from '../model/failure.ts';
import { once } from '../model/once.ts';
import { isLoopback } from '../model/service-address.ts';
import type { Provider } from '../providers/provider.ts';
import { AbortedError, type ClientErrorDetails } from './errors.ts';
import type { Settings } from './options.ts';
import { toError } from './to-error.ts';

/** Receives nothing: what a call has to say it returns. */
export const SILENT: Observer = {
  submitting() {},
  madeUnderOther() {},
  rejected() {},
  resumed() {},
  several() {},
  batch() {},
  named: () => SILENT,
  expected() {},
  task() {},
  about: () => SILENT,
  polled() {},
  queryFailed() {},
  downloading() {},
};

interface CallSettings {
  signal?: AbortSignal | undefined;
  /** The call is a wait: all waits of a client share one poller, so a signal ends the wait and no query of the others. */
  isWait?: boolean;
  /** Returns what the error of the call says beside its failure. */
  details?(failure: Failure | undefined): ClientErrorDetails;
}

/** The sockets of a client, and its calls under way. */
export class Connection {
  readonly settings: Settings;
  readonly #transport: Transport;
  readonly #calls = new Set<AbortController>();
  readonly #closing = new AbortController();
  #waits: Promise<Session> | undefined;
  #provider: Promise<Provider> | undefined;

  constructor(settings: Settings) {
    const { proxy, httpClient } = settings;
    this.settings = settings;
    this.#transport = new Transport(proxy, httpClient ? { httpClient } : {});
  }

  /** Runs one call, and makes a public error of whatever ends it early. An error that is none of ours is thrown as it is. */
  async call<T>(
    { signal, isWait = false, details = () => ({}) }: CallSettings,
    action: (session: Session, stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const stop = () => controller.abort(signal?.reason);
    this.#calls.add(controller);
    if (this.#closing.signal.aborted) controller.abort(CLOSED);
    else if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    try {
      controller.signal.throwIfAborted();
      if (isWait) this.#waits ??= this.#session(this.#closing.signal);
      const session = await (isWait ? this.#waits! : this.#session(controller.signal));
      const result = action(session, controller.signal);
      return await (isWait ? Promise.race([result, aborted(controller.signal)]) : result);
    } catch (error) {
      const { aborted: isAborted, reason } = controller.signal;
      if (error instanceof Failure) throw toError(error, this.settings.key, details(error));
      const isAbort = error === reason || (error instanceof Error && error.name === 'AbortError');
      if (!isAborted || !isAbort) throw error;
      const message = reason === CLOSED ? 'The client is closed.' : 'The call was aborted.';
      throw new AbortedError('ABORTED', message, { ...details(undefined), cause: reason });
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#calls.delete(controller);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(CLOSED);
    for (const controller of this.#calls) controller.abort(CLOSED);
    await this.#transport.close();
  }

  /** @param signal of a call by itself, or of all waits */
  async #session(signal: AbortSignal): Promise<Session> {
    const { profile, baseUrl, key, clock, timeoutMs, maxRetries, pollIntervalMs } = this.settings;
    this.#provider ??= profile.create({ baseUrl, key, now: clock.wall });
    const provider = await this.#provider;
    const api = new Api(this.#transport, clock, { timeoutMs, maxRetries, signal });
    const schedule = { firstMs: pollIntervalMs };
    return {
      provider,
      api,
      schedule,
      poller: once(async () => {
        const { openPoller } = await import('../core/poll/poller.ts');
        return openPoller({ provider, api }, schedule, async () => null);
      }),
      durations: new Map(),
      transport: this.#transport,
      observer: SILENT,
      loopback: isLoopback(baseUrl) ? baseUrl : null,
      records: async () => null,
    };
  }
}

const CLOSED = new Error('The client is closed.');

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
