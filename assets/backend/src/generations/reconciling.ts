import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#client';
import type { Queries } from '../database/index.ts';
import { FREE, LEASED, RELEASED } from './leases.ts';
import { isId, storable } from './rows.ts';
import { SUBMIT_SECONDS } from './submitting.ts';

/** A submit whose outcome is not known. */
export interface LostSubmit {
  id: string;
  /** What the service knows the submit by. */
  key: string;
  lease: string;
  model: string;
  payload: JsonObject | null;
  payloadKey: string | null;
  maxCredits: number | null;
  submitStartedAt: Date;
  lostAt: Date;
  /** Seconds since the submit was lost, by the database's clock. */
  lostSeconds: number;
  attempts: number;
  wakes: number;
  /** It was sent once more, and is never sent a third time. */
  wasResubmitted: boolean;
  /** It is not sent once more: it was already, or its user has cancelled it. */
  isFinal: boolean;
  /** Tasks that its callbacks named. */
  namedTasks: string[];
}

// The worker that sent it has died, or lost the database: its lease has ended. Its request may be under way until its
// time is over, so that moment counts as the one at which it was lost.
const STALE = `
  UPDATE generation SET status = 'reconciling', due_at = now(), attempts = 0, ${RELEASED},
    lost_at = greatest(now(), submit_started_at + interval '${SUBMIT_SECONDS} seconds')
  WHERE status = 'submitting' AND due_at <= now() AND ${FREE}`;

const CLAIM = `
  WITH due AS (
    SELECT id FROM generation WHERE status = 'reconciling' AND account = $2 AND due_at <= now() AND ${FREE}
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
  )
  UPDATE generation g SET ${LEASED}, attempts = attempts + 1 FROM due WHERE g.id = due.id
  RETURNING g.id, coalesce(g.submit_key, g.id) AS key, g.lease, g.model, g.payload, g.payload_key AS "payloadKey", g.max_credits AS "maxCredits",
    g.submit_started_at AS "submitStartedAt", g.lost_at AS "lostAt", extract(epoch FROM now() - g.lost_at)::float8 AS "lostSeconds",
    g.attempts, g.wakes, (g.resubmitted_at IS NOT NULL OR g.cancel_requested_at IS NOT NULL) AS "isFinal", g.resubmitted_at IS NOT NULL AS "wasResubmitted",
    ARRAY(SELECT DISTINCT e.task_id FROM callback_event e WHERE e.generation_id = g.id AND e.task_id <> '') AS "namedTasks"`;

/** Finds the submits that a process left behind when it died. */
export async function findStaleSubmits(database: Queries): Promise<void> {
  await database.query(STALE);
}

export function claimLost(database: Queries, account: string, limit: number): Promise<LostSubmit[]> {
  return database.query<LostSubmit>(CLAIM, [randomUUID(), account, limit]);
}

/**
 * Returns which of these tasks belong to a generation already.
 * @param isProved only those that certainly do: a generation may have found one because it is alike
 */
export async function takenTasks(
  database: Queries,
  provider: string,
  taskIds: string[],
  isProved = false,
): Promise<string[]> {
  const rows = await database.query<{ task_id: string }>(
    'SELECT task_id FROM generation WHERE provider = $1 AND task_id = ANY($2) AND NOT (found_alike AND $3)',
    [provider, taskIds, isProved],
  );
  return rows.map(({ task_id }) => task_id);
}

/** Returns which generations with these keys wait for a person because their submit is lost. */
export function unresolved(
  database: Queries,
  account: string,
  keys: string[],
): Promise<{ id: string; key: string }[]> {
  return database.query(
    `SELECT id, coalesce(submit_key, id) AS key FROM generation WHERE coalesce(submit_key, id) = ANY($2) AND account = $1
       AND status = 'needs_attention' AND task_id IS NULL AND lost_at IS NOT NULL`,
    [account, keys.filter(isId)],
  );
}

export async function reconcileLater(
  database: Queries,
  { id, lease, wakes }: LostSubmit,
  seconds: number,
): Promise<void> {
  await database.query(
    `UPDATE generation SET due_at = CASE WHEN wakes = $3 THEN now() + make_interval(secs => $4) ELSE due_at END, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status = 'reconciling'`,
    [id, lease, wakes, seconds],
  );
}

/**
 * A lost submit is about to be sent once more: by this process alone, once, and only while no task is known. If this
 * process dies now, the second request counts as lost at the end of its time.
 * @returns whether it may be sent
 */
export async function recordResubmit(database: Queries, { id, lease }: LostSubmit): Promise<boolean> {
  const rows = await database.query(
    `UPDATE generation SET resubmitted_at = now(), lost_at = now() + interval '${SUBMIT_SECONDS} seconds'
     WHERE id = $1 AND lease = $2 AND status = 'reconciling' AND resubmitted_at IS NULL AND cancel_requested_at IS NULL RETURNING id`,
    [id, lease],
  );
  return rows.length > 0;
}

/** The second submit ended without an answer, too. */
export async function recordLostAgain(database: Queries, { id, lease }: LostSubmit): Promise<void> {
  await database.query(
    `UPDATE generation SET lost_at = now(), due_at = now() + interval '1 second', attempts = 0, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status = 'reconciling'`,
    [id, lease],
  );
}

/** The service certainly did not accept the second submit: another one may be sent later. The first one is as lost as before. */
export async function recordResubmitRefused(
  database: Queries,
  { id, lease, lostAt }: LostSubmit,
): Promise<void> {
  await database.query(
    `UPDATE generation SET resubmitted_at = NULL, refused_at = clock_timestamp(), lost_at = $3
     WHERE id = $1 AND lease = $2 AND status = 'reconciling'`,
    [id, lease, lostAt],
  );
}

/** A person has to decide. A callback that names the task still ends it by itself. */
export async function giveToPerson(
  database: Queries,
  { id, lease }: { id: string; lease: string },
  attention: string,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE generation SET status = 'needs_attention', attention = $3, due_at = NULL, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status IN ('reconciling', 'pending', 'running', 'saving') RETURNING id`,
    [id, lease, storable(attention)],
  );
  return rows.length > 0;
}
