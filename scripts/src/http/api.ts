import type { Clock } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { HttpAnswer, HttpRequest } from './http-client.ts';
import { isExcessive } from './json.ts';
import { networkError } from './network-error.ts';
import { PAUSE_BUDGET_MS, pauseAfter, pauseOfAll, RETRY_PAUSES } from './retry.ts';
import type { Transport } from './transport.ts';

// An error answer that is too large is quoted up to this length.
const SHOWN_BYTES = 800;

// Near the end of a wait a query still needs time for an answer.
const LEAST_REQUEST_MS = 5_000;
// A retry has had its first attempt, so it gets what is left.
const LEAST_RETRY_MS = 500;
// So long a lookup waits for a permit. Agents' tools have short time limits.
const LONGEST_QUEUE_MS = 10_000;

/** How much an answer may be. What is more is refused before it is parsed. */
export interface AnswerLimits {
  /** Bytes of the body, decompressed. */
  bytes: number;
  /** Values and names in it. */
  values: number;
}

/** A request, and how to read its answer. `read` throws a Failure for an answer that is none. */
export interface Call<T> {
  request: HttpRequest;
  limits: AnswerLimits;
  read(answer: HttpAnswer): T;
}

/** Moments are on the monotonic clock. */
export interface CallOptions {
  fresh?: boolean | undefined;
  onLeave?: (() => void) | undefined;
  /** When the caller's time is over: no request lasts longer, except for `leastMs`; absent: it has no end. */
  deadline?: number | undefined;
  /** Milliseconds that a request gets even after the deadline. */
  leastMs?: number | undefined;
  /** The caller has a permit for this query. */
  isPermitted?: boolean | undefined;
}

export interface ReadOptions extends CallOptions {
  /** When the last retry may begin, which the deadline alone then ends; absent: as for a call that has no wait of its own. */
  retryUntil?: number | undefined;
}

export interface ApiOptions {
  timeoutMs: number;
  /** Retries of a read, a cancel or a download, and of a submit that was certainly rejected: after the first attempt. */
  maxRetries: number;
  signal?: AbortSignal | undefined;
  /** Returns who shares the queries that the service permits; absent or null: nobody. */
  limiter?(): Promise<RateLimiter | null>;
}

/** Calls a service: in one attempt, or with the retries that its policy allows. */
export class Api {
  readonly clock: Clock;
  readonly #transport: Transport;
  readonly #limiter: ApiOptions['limiter'];
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly maxRetries: number;

  constructor(transport: Transport, clock: Clock, { timeoutMs, maxRetries, signal, limiter }: ApiOptions) {
    this.#transport = transport;
    this.#limiter = limiter;
    this.clock = clock;
    this.signal = signal;
    this.timeoutMs = timeoutMs;
    this.maxRetries = maxRetries;
  }

  /** The deadline of a call that has no wait of its own. */
  get shortDeadline(): number {
    return this.clock.monotonic() + PAUSE_BUDGET_MS;
  }

  async once<T>(call: Call<T>, options: CallOptions = {}): Promise<T> {
    const { fresh = false, deadline = Infinity, leastMs = LEAST_REQUEST_MS, onLeave } = options;
    const { signal } = this;
    // What only reads is a query. Nothing else waits for one.
    const isQuery = call.request.method === 'GET' && !options.isPermitted;
    const limiter = isQuery ? await this.#limiter?.() : null;
    if (limiter) await this.#permit(limiter, deadline);
    const left = Math.max(deadline - this.clock.monotonic(), leastMs);
    const timeoutMs = Math.ceil(Math.min(this.timeoutMs, left));
    const { bytes: maxBytes, values } = call.limits;
    const answer = await this.#transport.send(call.request, { timeoutMs, fresh, maxBytes, signal, onLeave });
    if (!isExcessive(answer.body, values)) {
      return limiter ? withPause(limiter, () => call.read(answer)) : call.read(answer);
    }
    // Of such an error answer the status is enough.
    if (answer.status >= 300) return call.read({ ...answer, body: answer.body.subarray(0, SHOWN_BYTES) });
    const what = `sent an answer of more than ${values} values, or one nested too deep`;
    throw networkError(call.request, what, true);
  }

  /** Waits for the permit of a lookup. @throws Failure RATE_LIMITED where that takes too long: nothing was sent */
  async #permit(limiter: RateLimiter, deadline: number): Promise<void> {
    const end = Math.min(deadline, this.clock.monotonic() + LONGEST_QUEUE_MS);
    for (;;) {
      const wait = await limiter.acquire('lookup');
      if (wait <= 0) return;
      if (this.clock.monotonic() + wait > end) {
        const message =
          'The queries that the service permits in a minute are used up by what runs on this machine, so none was sent.';
        throw new Failure('RATE_LIMITED', message, { transient: true, retryAfter: Math.ceil(wait / 1_000) });
      }
      await this.clock.sleep(wait, this.signal);
    }
  }

  /**
   * Makes a call that is safe to repeat, with retries. All attempts together end at the deadline, or `leastMs` after the
   * first one began.
   */
  async read<T>(
    call: Call<T>,
    { retryUntil = this.shortDeadline, ...options }: ReadOptions = {},
  ): Promise<T> {
    const { deadline = Infinity, leastMs = LEAST_REQUEST_MS } = options;
    const end = Math.max(deadline, this.clock.monotonic() + leastMs);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(call, { ...options, deadline: end, leastMs: LEAST_RETRY_MS });
      } catch (error) {
        await this.pauseOrThrow(error, attempt, retryUntil);
      }
    }
  }

  /** Sleeps until the next attempt. Throws the error when there is no next attempt. */
  async pauseOrThrow(error: unknown, attempt: number, retryUntil: number): Promise<void> {
    const pause = error instanceof Failure ? this.pauseFor(error, attempt, retryUntil) : null;
    if (pause === null) throw error;
    await this.clock.sleep(pause, this.signal);
  }

  /**
   * Returns the backoff before the next attempt in milliseconds; null when there is none: the failure is permanent, all
   * retries are used, or the pause ends after `retryUntil`.
   * @param attempt the number of attempts so far (1 = the first one just failed)
   */
  pauseFor(failure: Failure, attempt: number, retryUntil: number): number | null {
    if (!failure.details.transient || attempt > this.maxRetries) return null;
    const pause = pauseAfter(failure, attempt, RETRY_PAUSES, this.clock.random);
    return pause > retryUntil - this.clock.monotonic() ? null : pause;
  }
}

/** Reads an answer. Where it says that there were too many queries, every process pauses: the service counts them together. */
async function withPause<T>(limiter: RateLimiter, read: () => T): Promise<T> {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure && error.code === 'RATE_LIMITED') {
      await limiter.pauseFor(pauseOfAll(error));
    }
    throw error;
  }
}
