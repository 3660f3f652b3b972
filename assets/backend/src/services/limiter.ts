import { randomUUID } from 'node:crypto';
import type { Queries } from '../database/index.ts';

export interface Bucket {
  /** Queries that may follow each other at once. */
  burst: number;
  perSecond: number;
}

/** In any minute, at most the burst and what is refilled pass: together the limit. */
export function bucketOf(queriesPerMinute: number): Bucket {
  const burst = Math.max(1, Math.floor(queriesPerMinute / 6));
  // Where the burst is the whole limit, the next query waits until the minute is certainly over.
  return { burst, perSecond: Math.max((queriesPerMinute - burst) / 60, 1 / 61) };
}

// What holds back the pause after a 429 that names no time: 5, 10, 20 ... seconds.
const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 300;
// Renewed while the list is read: all running tasks wait for the next reader when this one dies.
const LIST_LEASE_SECONDS = 8;

const OPEN = '(paused_until IS NULL OR paused_until <= clock_timestamp()) AND stopped_at IS NULL';

/** What all workers share of one service and key: one row, on the database's clock. */
export interface Limiter {
  /** Takes permits for queries if they are there now. */
  acquire(permits?: number): Promise<boolean>;
  /** Nothing holds queries back. */
  isOpen(): Promise<boolean>;
  /** Nothing holds submits back. */
  maySubmit(): Promise<boolean>;
  /** Holds submits back for some seconds, and nothing else. */
  pauseSubmits(seconds: number): Promise<void>;
  /**
   * Holds all workers back.
   * @param seconds as the service said; null where it said nothing: then each pause is twice as long as the one before
   * @param longest seconds, for those
   */
  pause(seconds: number | null, longest?: number): Promise<void>;
  /** The service answers again: the next pause is a short one. */
  succeeded(): Promise<void>;
  /** Holds everything back until an operator resumes it: the key is not valid any more. */
  stop(because: string): Promise<void>;
  resume(): Promise<void>;
  /** Takes the list, unless another worker reads it or has read it within the interval. @returns what ends it */
  claimList(intervalSeconds: number): Promise<((wasRead: boolean) => Promise<void>) | null>;
}

/** @param bucket null where the service documents no limit: then only pauses and a stop hold queries back */
export function createLimiter(
  database: Queries,
  { provider, account }: { provider: string; account: string },
  bucket: Bucket | null,
): Limiter {
  const service = [provider, account];
  const burst = bucket?.burst ?? 0;
  const level = `least($3::float8, permits + greatest(extract(epoch FROM clock_timestamp() - refilled_at), 0) * $4::float8)`;
  // Forgotten when the row is not found: a database that was restored may lack it.
  let isKnown = false;

  async function known(): Promise<void> {
    if (isKnown) return;
    await database.query(
      'INSERT INTO service_account (provider, account, permits) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [...service, burst],
    );
    isKnown = true;
  }

  async function is(condition: string): Promise<boolean> {
    await known();
    const rows = await database.query(
      `SELECT FROM service_account WHERE provider = $1 AND account = $2 AND ${condition}`,
      service,
    );
    if (rows.length === 0) isKnown = false;
    return rows.length > 0;
  }
  const isOpen = () => is(OPEN);

  return {
    isOpen,
    maySubmit: () =>
      is(`${OPEN} AND (submits_paused_until IS NULL OR submits_paused_until <= clock_timestamp())`),
    async pauseSubmits(seconds) {
      await known();
      await database.query(
        `UPDATE service_account SET submits_paused_until = clock_timestamp() + make_interval(secs => $3) WHERE provider = $1 AND account = $2`,
        [...service, seconds],
      );
    },
    async acquire(permits = 1) {
      if (bucket === null) return isOpen();
      await known();
      const rows = await database.query(
        `UPDATE service_account SET permits = ${level} - $5, refilled_at = greatest(refilled_at, clock_timestamp())
         WHERE provider = $1 AND account = $2 AND ${OPEN} AND ${level} >= $5 RETURNING permits`,
        [...service, bucket.burst, bucket.perSecond, permits],
      );
      if (rows.length === 0) {
        isKnown = false;
        // A clock that was put back would refill nothing until then.
        await database.query(
          `UPDATE service_account SET refilled_at = clock_timestamp()
           WHERE provider = $1 AND account = $2 AND refilled_at > clock_timestamp() + interval '1 second'`,
          service,
        );
      }
      return rows.length > 0;
    },
    async pause(seconds, longest = LONGEST_PAUSE_SECONDS) {
      await known();
      // Many requests may be refused at once: that is one pause.
      const before = `(CASE WHEN paused_until > clock_timestamp() THEN greatest(pauses - 1, 0) ELSE pauses END)`;
      const pause = `coalesce($3::float8, least($4::float8, ${FIRST_PAUSE_SECONDS} * power(2, least(${before}, 10))))`;
      await database.query(
        `UPDATE service_account SET pauses = ${before} + 1, permits = least(permits, 0),
           paused_until = greatest(coalesce(paused_until, clock_timestamp()), clock_timestamp() + make_interval(secs => ${pause}))
         WHERE provider = $1 AND account = $2`,
        [...service, seconds, longest],
      );
    },
    async succeeded() {
      await database.query(
        'UPDATE service_account SET pauses = 0 WHERE provider = $1 AND account = $2 AND pauses > 0',
        service,
      );
    },
    async stop(because) {
      await known();
      await database.query(
        `UPDATE service_account SET stopped_at = coalesce(stopped_at, now()), stopped_because = $3 WHERE provider = $1 AND account = $2`,
        [...service, because.slice(0, 500)],
      );
    },
    async resume() {
      await database.query(
        `UPDATE service_account SET stopped_at = NULL, stopped_because = NULL, paused_until = NULL, submits_paused_until = NULL, pauses = 0
         WHERE provider = $1 AND account = $2`,
        service,
      );
    },
    async claimList(intervalSeconds) {
      await known();
      const lease = randomUUID();
      const [claimed] = await database.query<{ at: Date }>(
        // A time far in the future was written before the clock was put back.
        `UPDATE service_account SET list_lease = $3, list_leased_until = now() + interval '${LIST_LEASE_SECONDS} seconds'
         WHERE provider = $1 AND account = $2 AND ${OPEN}
           AND (list_leased_until IS NULL OR list_leased_until NOT BETWEEN now() AND now() + interval '${2 * LIST_LEASE_SECONDS} seconds')
           AND (listed_at IS NULL OR listed_at NOT BETWEEN now() - make_interval(secs => $4) AND now() + interval '${2 * LIST_LEASE_SECONDS} seconds')
         RETURNING now() AS at`,
        [...service, lease, intervalSeconds],
      );
      if (!claimed) return null;
      const beat = setInterval(() => {
        database
          .query(
            `UPDATE service_account SET list_leased_until = now() + interval '${LIST_LEASE_SECONDS} seconds'
             WHERE provider = $1 AND account = $2 AND list_lease = $3`,
            [...service, lease],
          )
          .catch(() => {});
      }, LIST_LEASE_SECONDS * 300);
      beat.unref();
      return async (wasRead) => {
        clearInterval(beat);
        await database.query(
          `UPDATE service_account SET list_lease = NULL, list_leased_until = NULL, listed_at = CASE WHEN $4 THEN $5::timestamptz ELSE listed_at END
           WHERE provider = $1 AND account = $2 AND list_lease = $3`,
          [...service, lease, wasRead, claimed.at],
        );
      };
    },
  };
}
