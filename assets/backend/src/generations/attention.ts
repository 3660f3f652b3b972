import type { Queries } from '../database/index.ts';
import { RELEASED } from './leases.ts';
import { isId } from './rows.ts';

/** A generation that waits for a person. */
export interface Waiting {
  id: string;
  user: string;
  provider: string;
  /** The provider with a fingerprint of the API key that it was submitted with. */
  account: string;
  model: string;
  taskId: string | null;
  createdAt: Date;
  attention: string;
}

/** Returns what waits for a person, oldest first. */
export function waitingForPerson(database: Queries): Promise<Waiting[]> {
  return database.query<Waiting>(
    `SELECT id, user_id AS user, provider, account, model, task_id AS "taskId", created_at AS "createdAt", attention
     FROM generation WHERE status = 'needs_attention' ORDER BY created_at LIMIT 1000`,
  );
}

export async function findWaiting(database: Queries, id: string): Promise<Waiting | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await database.query<Waiting>(
    `SELECT id, user_id AS user, provider, account, model, task_id AS "taskId", created_at AS "createdAt", attention
     FROM generation WHERE status = 'needs_attention' AND id = $1`,
    [id],
  );
  return row;
}

/** Closes it. What it may have cost stays in the account of its user. */
export async function abandon(database: Queries, id: string): Promise<boolean> {
  const rows = await database.query(
    `UPDATE generation SET status = 'failed', ended_at = now(), attention = NULL, error_code = 'ABANDONED',
       error_message = 'It was closed by a person: its outcome is not known, or its result could not be stored.', ${RELEASED}
     WHERE id = $1 AND status = 'needs_attention' RETURNING id`,
    [id],
  );
  return rows.length > 0;
}

export type Retried = 'queued' | 'reconciling' | 'pending' | 'saving';

/**
 * Tries it again where it stopped: the save of a result, the poll of a task, the search for the task of a lost submit.
 * What was never submitted is queued.
 * @param maySubmit a lost submit is sent again, which charges twice where the first one was accepted after all
 */
export async function retry(database: Queries, id: string, maySubmit: boolean): Promise<Retried | undefined> {
  const [row] = await database.query<{ status: Retried }>(
    `UPDATE generation g SET attention = NULL, due_at = now(), attempts = 0, ${RELEASED}, status = r.status,
       submit_started_at = CASE WHEN r.status <> 'queued' THEN submit_started_at END,
       lost_at = CASE WHEN r.status <> 'queued' THEN lost_at END,
       resubmitted_at = CASE WHEN r.status <> 'queued' THEN resubmitted_at END,
       missing_since = NULL
     FROM (SELECT CASE
         WHEN w.task_id IS NOT NULL AND EXISTS (SELECT FROM generation_file f WHERE f.generation_id = w.id) THEN 'saving'
         WHEN w.task_id IS NOT NULL THEN 'pending'
         WHEN w.lost_at IS NULL OR $2 THEN 'queued'
         ELSE 'reconciling' END AS status
       FROM generation w WHERE w.id = $1) r
     WHERE g.id = $1 AND g.status = 'needs_attention' RETURNING g.status`,
    [id, maySubmit],
  );
  return row?.status;
}
