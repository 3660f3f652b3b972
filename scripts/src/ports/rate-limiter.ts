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
