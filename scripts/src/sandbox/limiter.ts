const WINDOW_MS = 60_000;
const ALLOWED = 60;

/**
 * Counts the queries of each address in the last minute. Refused queries do not count: it is not known whether the service
 * counts them.
 */
export class QueryLimiter {
  readonly #now: () => number;
  readonly #seen = new Map<string, number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one query. Returns the seconds to wait when the limit is exceeded, else null. */
  refuse(address: string): number | null {
    const now = this.#now();
    // Times in the future are dropped: after the clock was set back, no client may stay locked out.
    const recent = (this.#seen.get(address) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
    this.#seen.set(address, recent);
    if (recent.length >= ALLOWED) return Math.max(1, Math.ceil((recent[0]! + WINDOW_MS - now) / 1_000));
    recent.push(now);
    return null;
  }
}
