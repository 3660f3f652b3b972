import { randomBytes, randomUUID } from 'node:crypto';
import type { Queries } from '../database/index.ts';
import { FREE, LEASED, RELEASED } from './leases.ts';
import { COLUMNS, type GenerationRow, toGeneration } from './rows.ts';
import type { Generation } from './types.ts';

/** A notice of an end that its user has not received yet. */
export interface Notice {
  id: string;
  lease: string;
  url: string;
  secret: string;
  attempts: number;
  createdAt: Date;
  generation: Generation;
}

// Seconds between attempts, about as Standard Webhooks recommends. After the last one the notice is given up.
const BACKOFF_SECONDS = [5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** Claims notices that are due, one of each user at a time: a receiver that is silent keeps no other user waiting. */
export async function claimNotices(database: Queries, limit: number): Promise<Notice[]> {
  const rows = await database.query<
    GenerationRow & {
      notice: string;
      lease: string;
      url: string;
      secret: string;
      attempts: number;
      told_at: Date;
    }
  >(
    `WITH first AS (
       SELECT DISTINCT ON (user_id) id FROM outbox o WHERE due_at <= now() AND ${FREE} AND NOT EXISTS (
         SELECT FROM outbox b WHERE b.user_id = o.user_id AND b.due_at IS NOT NULL AND b.leased_until > now())
       ORDER BY user_id, due_at
     ), due AS (
       SELECT id FROM outbox WHERE id IN (SELECT id FROM first) AND due_at <= now() AND ${FREE}
       ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE outbox o SET ${LEASED}, attempts = attempts + 1 FROM due WHERE o.id = due.id RETURNING o.*
     )
     SELECT c.id AS notice, c.lease, c.attempts, c.created_at AS told_at, e.url, e.secret, ${COLUMNS}
     FROM claimed c JOIN generation g ON g.id = c.generation_id JOIN webhook_endpoint e ON e.user_id = c.user_id`,
    [randomUUID(), limit],
  );
  return rows.map((row) => ({
    id: row.notice,
    lease: row.lease,
    url: row.url,
    secret: row.secret,
    attempts: row.attempts,
    createdAt: row.told_at,
    generation: toGeneration(row),
  }));
}

export async function recordDelivered(database: Queries, { id }: Notice): Promise<void> {
  await database.query(`UPDATE outbox SET delivered_at = now(), due_at = NULL, ${RELEASED} WHERE id = $1`, [
    id,
  ]);
}

/** Plans the next attempt. @returns false where it was the last one */
export async function recordUndelivered(
  database: Queries,
  { id, lease, attempts }: Notice,
  error: string,
): Promise<boolean> {
  const seconds = BACKOFF_SECONDS[attempts - 1] ?? null;
  await database.query(
    `UPDATE outbox SET due_at = now() + make_interval(secs => $3::float8), last_error = $4, ${RELEASED} WHERE id = $1 AND lease = $2`,
    [id, lease, seconds, error.slice(0, 500)],
  );
  return seconds !== null;
}

/** Says where a user's notices go, from the next end on. @returns the secret that signs them; it is shown this once */
export async function setEndpoint(database: Queries, user: string, url: string): Promise<string> {
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  await database.query(
    `INSERT INTO webhook_endpoint (user_id, url, secret) VALUES ($1, $2, $3)
     ON CONFLICT (user_id) DO UPDATE SET url = EXCLUDED.url, secret = EXCLUDED.secret`,
    [user, url, secret],
  );
  return secret;
}

/** Returns the address of a user's notices; null where there is none. */
export async function findEndpoint(database: Queries, user: string): Promise<string | null> {
  const [row] = await database.query<{ url: string }>('SELECT url FROM webhook_endpoint WHERE user_id = $1', [
    user,
  ]);
  return row?.url ?? null;
}

/** Ends a user's notices, with those that are not delivered yet. @returns whether there was an address */
export async function removeEndpoint(database: Queries, user: string): Promise<boolean> {
  const rows = await database.query(
    `WITH undelivered AS (
       UPDATE outbox SET due_at = NULL, last_error = 'The webhook was removed.' WHERE user_id = $1 AND due_at IS NOT NULL
     )
     DELETE FROM webhook_endpoint WHERE user_id = $1 RETURNING user_id`,
    [user],
  );
  return rows.length > 0;
}
