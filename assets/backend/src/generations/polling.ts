import { randomUUID } from 'node:crypto';
import type { Queries } from '../database/index.ts';
import { FREE, LEASED, RELEASED } from './leases.ts';
import { storable, wholeCredits } from './rows.ts';

/** A task whose poll is due, and which this process alone polls. */
export interface DuePoll {
  id: string;
  lease: string;
  taskId: string;
  /** Seconds since it was accepted. */
  ageSeconds: number;
  /** Seconds for which polls have found no task, or a COMPLETED one without files; null where the last one did not. */
  missingSeconds: number | null;
  attempts: number;
  wakes: number;
  isCancelRequested: boolean;
}

/** The end of a task, as the service reports it. */
export interface TaskEnd {
  charged?: number | undefined;
  refunded?: number | undefined;
}

const CLAIM = `
  WITH due AS (
    SELECT id FROM generation
    WHERE status IN ('pending', 'running') AND account = $2 AND due_at <= now() AND ${FREE}
      AND (cancel_requested_at IS NOT NULL OR ($4::text[] IS NOT NULL AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS s (id) WHERE s.id = task_id)))
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
  )
  UPDATE generation g SET ${LEASED}, attempts = attempts + 1 FROM due WHERE g.id = due.id
  RETURNING g.id, g.lease, g.task_id AS "taskId", extract(epoch FROM now() - g.submitted_at)::float8 AS "ageSeconds",
    extract(epoch FROM now() - g.missing_since)::float8 AS "missingSeconds", g.attempts, g.wakes, g.cancel_requested_at IS NOT NULL AS "isCancelRequested"`;

/** @param seen tasks that a list has just shown: they need no query of their own. Null: only what is to be cancelled */
export function claimPolls(
  database: Queries,
  account: string,
  limit: number,
  seen: string[] | null = [],
): Promise<DuePoll[]> {
  return database.query<DuePoll>(CLAIM, [randomUUID(), account, limit, seen]);
}

/**
 * Ends a poll of a task that runs on. A wake-up that came during the poll is not lost: the due time that it set stays,
 * because the counter has moved.
 */
export async function recordRunning(
  database: Queries,
  { id, lease, wakes }: DuePoll,
  {
    isRunning,
    providerState,
    nextSeconds,
  }: { isRunning: boolean; providerState: string; nextSeconds: number },
): Promise<void> {
  await database.query(
    `UPDATE generation SET status = CASE WHEN $4 THEN 'running' ELSE status END, provider_state = $5, attempts = 0, missing_since = NULL,
       due_at = CASE WHEN wakes = $3 THEN now() + make_interval(secs => $6) ELSE due_at END, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status IN ('pending', 'running')`,
    [id, lease, wakes, isRunning, storable(providerState).slice(0, 40), nextSeconds],
  );
}

/** Ends a poll that got no answer. @param isMissing the answer was that there is no such task, or no file of it */
export async function pollLater(
  database: Queries,
  { id, lease, wakes }: DuePoll,
  nextSeconds: number,
  isMissing = false,
): Promise<void> {
  await database.query(
    `UPDATE generation SET missing_since = CASE WHEN $5 THEN coalesce(missing_since, now()) ELSE missing_since END, due_at = CASE WHEN wakes = $3 THEN now() + make_interval(secs => $4) ELSE due_at END, ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status IN ('pending', 'running')`,
    [id, lease, wakes, nextSeconds, isMissing],
  );
}

/** The service would not cancel the task: it runs on. */
export async function recordUncancelled(database: Queries, { id, lease }: DuePoll): Promise<void> {
  await database.query(
    `UPDATE generation SET cancel_requested_at = NULL, due_at = now(), ${RELEASED}
     WHERE id = $1 AND lease = $2 AND status IN ('pending', 'running')`,
    [id, lease],
  );
}

const LISTED_AT_ONCE = 100;
const LISTED = `
  WITH begun AS (
    SELECT g.id FROM generation g JOIN unnest($2::text[]) AS s (id) ON s.id = g.task_id
    WHERE g.account = $1 AND g.status IN ('pending', 'running') AND (g.status = 'pending' OR g.missing_since IS NOT NULL)
    LIMIT ${LISTED_AT_ONCE} FOR UPDATE OF g SKIP LOCKED
  )
  UPDATE generation g SET status = 'running', provider_state = 'PROGRESS', missing_since = NULL
  FROM begun WHERE g.id = begun.id RETURNING g.id`;

/**
 * Tasks of a list that run. Rows that run already are not touched; the others are few at a time, so that no callback
 * waits for the rows of a thousand others. One that is skipped because a callback holds it is found by the next list.
 */
export async function recordListed(database: Queries, account: string, running: string[]): Promise<void> {
  if (running.length === 0) return;
  for (let begun = LISTED_AT_ONCE; begun === LISTED_AT_ONCE; )
    begun = (await database.query(LISTED, [account, running])).length;
}

/** Returns the newest task of an account; null where it has none. */
export async function latestTask(database: Queries, account: string): Promise<string | null> {
  const [row] = await database.query<{ task_id: string }>(
    'SELECT task_id FROM generation WHERE account = $1 AND task_id IS NOT NULL ORDER BY id DESC LIMIT 1',
    [account],
  );
  return row?.task_id ?? null;
}

/** Returns the open generations of these tasks. */
export function openTasks(
  database: Queries,
  account: string,
  taskIds: string[],
): Promise<{ id: string; taskId: string }[]> {
  return database.query(
    `SELECT g.id, g.task_id AS "taskId" FROM generation g JOIN unnest($2::text[]) AS s (id) ON s.id = g.task_id
     WHERE g.account = $1 AND g.status IN ('pending', 'running')`,
    [account, taskIds],
  );
}

/**
 * The task is COMPLETED: from here on its result is paid for and must be stored. State and files in one statement. It
 * needs no lease: an end is a fact, and the first report of it counts.
 */
export async function recordCompleted(
  database: Queries,
  id: string,
  urls: string[],
  end: TaskEnd,
): Promise<boolean> {
  const { charged, refunded } = wholeCredits(end);
  const rows = await database.query(
    `WITH ended AS (
       UPDATE generation SET status = 'saving', provider_state = 'COMPLETED', charged = coalesce($3, charged),
         refunded = coalesce($4, refunded), due_at = now(), attempts = 0, cancel_requested_at = NULL, ${RELEASED}
       WHERE id = $1 AND status IN ('pending', 'running') RETURNING id
     )
     INSERT INTO generation_file (generation_id, n, source_url)
     SELECT ended.id, u.n, u.url FROM ended, unnest($2::text[]) WITH ORDINALITY AS u (url, n) RETURNING n`,
    [id, urls, charged, refunded],
  );
  return rows.length > 0;
}

/** The task ended without a result. */
export async function recordFailed(
  database: Queries,
  id: string,
  end: TaskEnd & { status: 'failed' | 'cancelled'; code: string | null; message: string | null },
): Promise<boolean> {
  const { status, code, message } = end;
  const { charged, refunded } = wholeCredits(end);
  const rows = await database.query(
    `UPDATE generation SET status = $2, ended_at = now(), due_at = NULL, error_code = $3, error_message = $4,
       charged = coalesce($5, charged), refunded = coalesce($6, refunded), ${RELEASED}
     WHERE id = $1 AND status IN ('pending', 'running') RETURNING id`,
    [id, status, code, message === null ? null : storable(message), charged, refunded],
  );
  return rows.length > 0;
}
