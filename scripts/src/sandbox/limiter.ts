const WINDOW_MS = 60_000;
const ALLOWED = 60;

/**
 * Counts the queries of each address over the last minute. A refused query is not counted: whether the service
 * counts those is not known.
 */
export class QueryLimiter {
  readonly #now: () => number;
  readonly #seen = new Map<string, number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one query; gives the seconds to wait if it is one too many, else null. */
  refuse(address: string): number | null {
    const now = this.#now();
    // A clock that was set back must not lock anybody out: what lies ahead is dropped too.
    const recent = (this.#seen.get(address) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
    this.#seen.set(address, recent);
    if (recent.length >= ALLOWED) return Math.max(1, Math.ceil((recent[0]! + WINDOW_MS - now) / 1_000));
    recent.push(now);
    return null;
  }
}
