import type { Clock } from './clock.ts';

/** How many status queries a service permits. */
export interface RateLimit {
  /** Queries in any window. */
  queries: number;
  windowMs: number;
  /** What the service counts by: the caller's address, or its API key. */
  per: 'address' | 'key';
  /** Where the service documents it, with the date; null: it documents no figure, and this one is the program's own. */
  source: string | null;
}

/**
 * Shares the queries that a service permits among all that send them. A `poll` leaves a few permits to others and keeps
 * its distance from the query before it; a `query` may be sent at once.
 */
export interface RateLimiter {
  /** Acquires a permit for one query now. @returns 0, or the milliseconds after which to ask for it once more */
  acquire(kind: 'poll' | 'query'): Promise<number>;
  /** Returns the milliseconds until a permit may be there; 0 where one is. Acquires none. */
  nextIn(kind: 'poll' | 'query'): Promise<number>;
  /** Records a pause that the service asked for: until its end there is no permit. */
  pauseFor(ms: number): Promise<void>;
}

// A query reaches the service a moment after its permit, one later than another: the window is a little longer here.
const MARGIN_MS = 1_000;
/** The longest pause that is kept; a later end was written before the clock was set back. */
export const LONGEST_PAUSE_MS = 5 * 60_000;

/** What a limiter keeps to: a little less than the service permits. */
export interface Permits {
  count: number;
  windowMs: number;
  /** Permits that polls leave to other queries. */
  reserve: number;
  /** Milliseconds between a poll and the query before it. */
  spacingMs: number;
}

/** Returns the permits for a limit: 58 for 60 queries, of which polls use 54. */
export function permitsFor({ queries, windowMs }: RateLimit): Permits {
  const count = Math.max(1, queries - Math.ceil(queries / 30));
  const reserve = Math.floor(count / 14);
  const window = windowMs + MARGIN_MS;
  return { count, windowMs: window, reserve, spacingMs: Math.ceil(window / (count - reserve)) };
}

/**
 * Returns the milliseconds until a permit is free, 0 for at once.
 * @param usedAt when each permit was last used, in any order; one that was never used is not among them
 */
export function untilFree(
  usedAt: readonly number[],
  now: number,
  kind: 'poll' | 'query',
  permits: Permits,
): number {
  const { count, windowMs, reserve, spacingMs } = permits;
  const inWindow = usedAt.filter((at) => at > now - windowMs).sort((a, b) => b - a);
  const last = inWindow[0];
  const spacing = kind === 'poll' && last !== undefined ? last + spacingMs - now : 0;
  // With so many permits in use, the oldest of them has to become free first.
  const most = Math.max(1, kind === 'poll' ? count - reserve : count);
  const blocking = inWindow[most - 1];
  return Math.max(0, spacing, blocking === undefined ? 0 : blocking + windowMs - now);
}

/** Limits the queries of this process alone. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #permits: Permits;
  readonly #clock: Clock;
  #usedAt: number[] = [];
  #pausedUntil = 0;

  constructor(limit: RateLimit, clock: Clock) {
    this.#permits = permitsFor(limit);
    this.#clock = clock;
  }

  async acquire(kind: 'poll' | 'query'): Promise<number> {
    const wait = await this.nextIn(kind);
    if (wait > 0) return wait;
    const now = this.#clock.monotonic();
    this.#usedAt = [...this.#usedAt.filter((at) => at > now - this.#permits.windowMs), now];
    return 0;
  }

  async nextIn(kind: 'poll' | 'query'): Promise<number> {
    const now = this.#clock.monotonic();
    return Math.max(this.#pausedUntil - now, untilFree(this.#usedAt, now, kind, this.#permits));
  }

  async pauseFor(ms: number): Promise<void> {
    const until = this.#clock.monotonic() + Math.min(ms, LONGEST_PAUSE_MS);
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }
}
