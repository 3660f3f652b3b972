import type { Queries } from '../database/index.ts';

/**
 * Seconds for which a claimed row belongs to its claimer. It is renewed while the work lasts, so it only ends where the
 * claimer died or lost the database.
 */
export const LEASE_SECONDS = 30;

/** Sets a lease on the claimed rows `g` of a claim; `$1` is its id. */
export const LEASED = `lease = $1, leased_until = now() + interval '${LEASE_SECONDS} seconds'`;

/** Nobody works on the row. */
export const FREE = '(leased_until IS NULL OR leased_until <= now())';

/** Ends a lease. */
export const RELEASED = 'lease = NULL, leased_until = NULL';

/** Keeps a lease alive until it is disposed of. A renewal that fails is tried again at the next beat. */
export function keepLease(database: Queries, table: 'generation' | 'outbox', lease: string): Disposable {
  const beat = setInterval(() => {
    // A submit that is under way is stale when its lease has ended, not before.
    const stale =
      table === 'generation'
        ? `, due_at = CASE WHEN status = 'submitting' THEN now() + interval '${LEASE_SECONDS} seconds' ELSE due_at END`
        : '';
    database
      .query(
        `UPDATE ${table} SET leased_until = now() + interval '${LEASE_SECONDS} seconds'${stale} WHERE lease = $1`,
        [lease],
      )
      .catch(() => {});
  }, LEASE_SECONDS * 300);
  beat.unref();
  return { [Symbol.dispose]: () => clearInterval(beat) };
}
