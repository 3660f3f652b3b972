/**
 * What a permit is for. A `poll` keeps its distance from the query before it and leaves a few permits to others. A `result`
 * is read at once: it is the result of a task that has ended. A `lookup` is a single question beside all waits: it is sent
 * at once too, and leaves two thirds of the permits to them, however often it is asked.
 */
export type PermitKind = 'poll' | 'result' | 'lookup';

/** Shares the queries that a service permits among all that send them. */
export interface RateLimiter {
  /** Acquires a permit for one query now. @returns 0, or the milliseconds after which to ask for it once more */
  acquire(kind: PermitKind): Promise<number>;
  /** Returns the milliseconds until a permit may be there; 0 where one is. Acquires none. */
  nextIn(kind: PermitKind): Promise<number>;
  /** Records a pause that the service asked for: until its end there is no permit. */
  pauseFor(ms: number): Promise<void>;
}
