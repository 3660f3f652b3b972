import type { Clock } from '../model/clock.ts';
import type { PermitKind, RateLimiter } from '../ports/rate-limiter.ts';

export interface RateLimit {
  /** Queries in any window. */
  queries: number;
  windowMs: number;
  /** What the service counts by: the caller's address, or its API key. */
  per: 'address' | 'key';
  /** Where the service documents it, with the date; null: it documents no figure, and this one is the program's own. */
  source: string | null;
}

// A query reaches the service a moment after its permit, one later than another: the window is a little longer here.
const MARGIN_MS = 1_000;
/** The longest pause that is kept; a later end was written before the clock was set back. */
export const LONGEST_PAUSE_MS = 5 * 60_000;

/** What a limiter keeps to: a little less than the service permits. */
export interface PermitRules {
  count: number;
  windowMs: number;
  /** Permits that polls leave to other queries. */
  reserve: number;
  /** Milliseconds between a poll and the query before it. */
  spacingMs: number;
}

/** Returns the rules for a limit: 58 permits for 60 queries, of which polls use 54. */
export function permitRulesFor({ queries, windowMs }: RateLimit): PermitRules {
  const count = Math.max(1, queries - Math.ceil(queries / 30));
  const reserve = Math.floor(count / 14);
  const window = windowMs + MARGIN_MS;
  return { count, windowMs: window, reserve, spacingMs: Math.ceil(window / (count - reserve)) };
}

/** A permit, and when it was last used. Those with low numbers are the ones for lookups. */
export interface UsedPermit {
  number: number;
  usedAt: number;
  isLookup: boolean;
}

const LOOKUP_SHARE = 1 / 3;

/** Returns the permit to use for a query, and the milliseconds until it may be used; 0 for at once. */
export function nextPermit<T extends UsedPermit>(
  permits: readonly T[],
  now: number,
  kind: PermitKind,
  { count, windowMs, reserve, spacingMs }: PermitRules,
): { permit: T; wait: number } {
  const isFree = ({ usedAt }: UsedPermit) => usedAt <= now - windowMs;
  const low = kind === 'lookup' ? permits.filter(({ number }) => number < count * LOOKUP_SHARE) : [];
  const usable = low.length > 0 ? low : permits;
  // Lookups one after the other must not hold the next poll back.
  const newest = Math.max(...permits.map((one) => (one.isLookup ? Number.NEGATIVE_INFINITY : one.usedAt)));
  const spacing = kind === 'poll' && newest > now - windowMs ? newest + spacingMs - now : 0;
  const inUse = usable.filter((one) => !isFree(one)).sort((a, b) => b.usedAt - a.usedAt);
  // With so many permits in use, the oldest of them has to become free first.
  const most = Math.max(1, kind === 'poll' ? usable.length - reserve : usable.length);
  const blocking = inUse[most - 1];
  const wait = Math.max(0, spacing, blocking === undefined ? 0 : blocking.usedAt + windowMs - now);
  const candidates = inUse.length < usable.length ? usable.filter(isFree) : usable;
  const isBefore = (a: T, b: T) => (kind === 'lookup' ? a.number < b.number : a.number > b.number);
  return { permit: candidates.reduce((a, b) => (isBefore(b, a) ? b : a)), wait };
}

/** A rate limiter of this process alone, where no folder is shared with others. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #rules: PermitRules;
  readonly #clock: Clock;
  readonly #permits: UsedPermit[];
  #pausedUntil = 0;

  constructor(limit: RateLimit, clock: Clock) {
    this.#rules = permitRulesFor(limit);
    this.#clock = clock;
    this.#permits = Array.from({ length: this.#rules.count }, (_, number) => {
      return { number, usedAt: Number.NEGATIVE_INFINITY, isLookup: false };
    });
  }

  async acquire(kind: PermitKind): Promise<number> {
    const { permit, wait } = this.#next(kind);
    if (wait > 0) return wait;
    permit.usedAt = this.#clock.monotonic();
    permit.isLookup = kind === 'lookup';
    return 0;
  }

  async nextIn(kind: PermitKind): Promise<number> {
    return this.#next(kind).wait;
  }

  async pauseFor(ms: number): Promise<void> {
    const until = this.#clock.monotonic() + Math.min(ms, LONGEST_PAUSE_MS);
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  #next(kind: PermitKind): { permit: UsedPermit; wait: number } {
    const now = this.#clock.monotonic();
    const { permit, wait } = nextPermit(this.#permits, now, kind, this.#rules);
    return { permit, wait: Math.max(wait, this.#pausedUntil - now) };
  }
}
