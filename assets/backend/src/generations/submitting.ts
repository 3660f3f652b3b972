import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject } from '#client';
import type { Database, Queries } from '../database/index.ts';
import { LEASE_SECONDS, LEASED, RELEASED } from './leases.ts';
import { storable, wholeCredits } from './rows.ts';

/** A generation whose submit this process, and no other, sends. */
export interface Submit {
  id: string;
  /** What the service knows the submit by. */
  key: string;
  lease: string;
  model: string;
  /** Null: it is the file of `payloadKey`. */
  payload: JsonObject | null;
  payloadKey: string | null;
  maxCredits: number | null;
  /** The last part of its callback address. */
  callbackToken: string;
}

/**
 * Seconds after which a claimed submit is certainly over, with the reading of its input and its quote: what has not left
 * by then is not sent any more, and no answer is waited for.
 */
export const SUBMIT_SECONDS = 90;

// Places of running tasks are given out by one worker at a time, and only where there is a limit.
const PLACES_LOCK = 7_214_531;

// What the sandbox was asked for never becomes a paid request, nor the other way round.
const SAME_KIND = `provider = split_part($2, ':', 1) AND (account = provider || ':sandbox') = ($2 = split_part($2, ':', 1) || ':sandbox')`;

// The row is `submitting`, with its start, before the request leaves: a worker that dies from here on leaves a submit to
// reconcile. Where a user is at the limit, all of their later rows are held: they leave the queue's index until a place is
// free, so that others do not wait behind them.
const CLAIM = `
  WITH next AS (
    SELECT id, user_id, queue_order FROM generation
    WHERE status = 'queued' AND NOT held AND ${SAME_KIND} ORDER BY queue_order LIMIT $3 FOR UPDATE SKIP LOCKED
  ), placed AS (
    SELECT id, user_id, queue_order, $5::int IS NULL OR row_number() OVER (PARTITION BY user_id ORDER BY queue_order) + (
      SELECT count(*) FROM generation b
      WHERE b.user_id = next.user_id AND b.status IN ('submitting', 'reconciling', 'pending', 'running')) <= $5 AS fits
    FROM next
  ), held AS (
    UPDATE generation g SET held = true
    FROM (SELECT user_id, min(queue_order) AS first FROM placed WHERE NOT fits GROUP BY user_id) p
    WHERE g.user_id = p.user_id AND g.status = 'queued' AND NOT g.held AND g.queue_order >= p.first
      AND g.id NOT IN (SELECT id FROM placed WHERE fits)
    RETURNING g.id
  ), claimed AS (
    UPDATE generation g SET status = 'submitting', submit_started_at = now(), ${LEASED}, account = $2, attempts = attempts + 1,
      due_at = now() + interval '${LEASE_SECONDS} seconds',
      callback_hash = encode(sha256(convert_to($4 || '-' || g.id, 'UTF8')), 'hex')
    FROM placed WHERE g.id = placed.id AND fits
    RETURNING g.id, coalesce(g.submit_key, g.id) AS key, g.model, g.payload, g.payload_key AS "payloadKey", g.max_credits AS "maxCredits"
  )
  SELECT c.*, EXISTS (SELECT FROM held) AS "hasHeld" FROM (VALUES (1)) AS one LEFT JOIN claimed c ON true`;

/**
 * Takes the next generations of a service's queue for this account, whichever key they were queued under. They are committed
 * as `submitting` when this resolves.
 */
export async function claimSubmits(
  database: Database,
  account: string,
  limit: number,
  maxRunningPerUser: number | null,
): Promise<Submit[]> {
  const lease = randomUUID();
  const secret = randomBytes(16).toString('hex');
  const claim = async (queries: Queries): Promise<Submit[]> => {
    for (;;) {
      const rows = await queries.query<Submit & { hasHeld: boolean }>(CLAIM, [
        lease,
        account,
        limit,
        secret,
        maxRunningPerUser,
      ]);
      const claimed = rows.filter(({ id }) => id !== null);
      // All of them are held now, and the next ones are those of other users.
      if (claimed.length > 0 || !rows[0]?.hasHeld) return claimed;
    }
  };
  const rows = await (maxRunningPerUser === null
    ? claim(database)
    : database.transaction(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock($1)', [PLACES_LOCK]);
        return claim(tx);
      }));
  return rows.map(({ id, key, model, payload, payloadKey, maxCredits }) => ({
    id,
    key,
    lease,
    model,
    payload,
    payloadKey,
    maxCredits,
    callbackToken: `${secret}-${id}`,
  }));
}

/**
 * Frees held generations whose users have a place again, as many as there are places. Ends do so too; this finds what they
 * missed.
 */
export async function releaseHeld(database: Queries, maxRunningPerUser: number | null): Promise<void> {
  await database.query(
    `UPDATE generation g SET held = false FROM (
       SELECT id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY queue_order) AS place
       FROM generation WHERE status = 'queued' AND held) h
     WHERE g.id = h.id AND g.status = 'queued' AND ($1::int IS NULL OR (h.place <= $1 AND h.place <= $1 - (
       SELECT count(*) FROM generation b
       WHERE b.user_id = h.user_id AND b.status IN ('submitting', 'reconciling', 'pending', 'running'))))`,
    [maxRunningPerUser],
  );
}

export interface AcceptedTask {
  id: string;
  charged?: number | undefined;
  quoted?: number | null | undefined;
}

/**
 * Writes down the task that the service made: the one fact that must not be lost. It holds under any lease,
 * and a second time.
 * @param firstPollSeconds until the first poll
 * @param foundAlike it only resembles the request
 * @throws a violation of `generation_task` where another generation has the task
 * @returns the key of an input file that is not needed any more, and whether the row has this task
 */
export async function recordAccepted(
  database: Queries,
  id: string,
  task: AcceptedTask,
  firstPollSeconds: number,
  foundAlike = false,
): Promise<{ payloadKey: string | null } | undefined> {
  const [row] = await database.query<{ payloadKey: string | null }>(
    `UPDATE generation g SET
       status = CASE WHEN task_id IS NULL THEN 'pending' ELSE status END,
       task_id = $2,
       found_alike = CASE WHEN task_id IS NULL THEN $6 ELSE found_alike AND $6 END,
       submitted_at = coalesce(submitted_at, now()),
       charged = coalesce($3, charged), quoted = coalesce($4, quoted),
       attention = CASE WHEN task_id IS NOT NULL THEN attention END,
       attempts = CASE WHEN task_id IS NULL THEN 0 ELSE attempts END,
       due_at = CASE
         WHEN task_id IS NOT NULL THEN due_at
         WHEN cancel_requested_at IS NOT NULL OR EXISTS (SELECT FROM callback_event e WHERE e.generation_id = g.id) THEN now()
         ELSE now() + make_interval(secs => $5) END,
       ${RELEASED}
     WHERE id = $1 AND (task_id = $2 OR (task_id IS NULL AND status IN ('submitting', 'reconciling', 'needs_attention')))
     RETURNING payload_key AS "payloadKey"`,
    [
      id,
      task.id,
      wholeCredits(task).charged,
      wholeCredits({ charged: task.quoted ?? undefined }).charged,
      firstPollSeconds,
      foundAlike,
    ],
  );
  return row;
}

/**
 * The service certainly did not accept a submit that may be sent again: back to its place in the queue.
 * @param behindSeconds its place is instead behind what is queued within this time
 */
export async function requeue(database: Queries, { id, lease }: Submit, behindSeconds = 0): Promise<void> {
  await database.query(
    `UPDATE generation SET
       status = CASE WHEN cancel_requested_at IS NULL THEN 'queued' ELSE 'cancelled' END,
       ended_at = CASE WHEN cancel_requested_at IS NOT NULL THEN now() END,
       due_at = CASE WHEN cancel_requested_at IS NULL THEN now() END,
       queue_order = CASE WHEN $3::float8 > 0 THEN now() + make_interval(secs => $3::float8) ELSE queue_order END,
       refused_at = clock_timestamp(), submit_started_at = NULL, callback_hash = NULL, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status = 'submitting'`,
    [id, lease, behindSeconds],
  );
}

/** The service certainly rejected the request: nothing is charged. */
export async function recordRejected(
  database: Queries,
  { id, lease }: Pick<Submit, 'id' | 'lease'>,
  { code, message }: { code: string; message: string },
): Promise<void> {
  await database.query(
    `UPDATE generation SET status = 'rejected', ended_at = now(), due_at = NULL, error_code = $3, error_message = $4, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status IN ('submitting', 'reconciling')`,
    [id, lease, code, storable(message)],
  );
}

/** A submit ended without an answer: it may be charged, and is reconciled before anything is sent again. */
export async function recordLost(database: Queries, { id, lease }: Submit): Promise<void> {
  await database.query(
    `UPDATE generation SET status = 'reconciling', lost_at = now(), due_at = now(), attempts = 0, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status = 'submitting'`,
    [id, lease],
  );
}
