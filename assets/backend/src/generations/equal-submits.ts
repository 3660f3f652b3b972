import type { Database, Queries } from '../database/index.ts';
import { RELEASED } from './leases.ts';
import { type AcceptedTask, recordAccepted } from './submitting.ts';

/** Whether the requests of `a` and `b` are the same one: what either gets is right for both. */
const IS_EQUAL = `(a.body_hash = b.body_hash OR a.payload::text = b.payload::text)`;

/**
 * Returns whether a task that the list shows without a key may be of another generation than this one.
 * @returns `submitting`: its answer will tell. `lost`: another request, which the list may not tell from this one (an image comes
 * back as an address), waits for its task, too
 */
export async function likelyOwner(database: Queries, id: string): Promise<'submitting' | 'lost' | null> {
  const [row] = await database.query<{ underWay: boolean | null }>(
    `SELECT bool_or(b.status = 'submitting') AS "underWay" FROM generation a JOIN generation b ON b.account = a.account AND b.model = a.model AND b.id <> a.id
     WHERE a.id = $1 AND b.task_id IS NULL AND b.submit_started_at IS NOT NULL
       AND b.status IN ('submitting', 'reconciling', 'needs_attention') AND b.prompt IS NOT DISTINCT FROM a.prompt
       AND (b.status = 'submitting' OR NOT coalesce(${IS_EQUAL}, false))`,
    [id],
  );
  if (typeof row?.underWay !== 'boolean') return null;
  return row.underWay ? 'submitting' : 'lost';
}

/**
 * Writes down the task of a generation, as `recordAccepted`, also where another generation has that task because it is alike.
 * @param foundAlike it only resembles the request: nothing proves that it is its task
 * @returns `exchanged`: the other one keeps it, and this one is to be reconciled; `taken`: it is certainly the task of another
 */
export async function recordTask(
  database: Database,
  id: string,
  task: AcceptedTask,
  { firstPollSeconds, foundAlike }: { firstPollSeconds: number; foundAlike: boolean },
): Promise<{ payloadKey: string | null } | 'exchanged' | 'taken' | undefined> {
  try {
    return await recordAccepted(database, id, task, firstPollSeconds, foundAlike);
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'generation_task') throw error;
    return !foundAlike && (await exchangeSubmits(database, id, task.id)) ? 'exchanged' : 'taken';
  }
}

/**
 * Gives two equal generations each other's submits. It is proved that the task, which another one found because it is alike,
 * was made by the submit of `id`: the other keeps the task, whose result it may have stored, and `id` gets the other's
 * submit, whose outcome is unknown again, with what callbacks say of it. Its key is sent at most once more, as before.
 * @returns false where the other one holds it with proof, or is not the same request
 */
function exchangeSubmits(database: Database, id: string, taskId: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    // Always in this order: two exchanges never wait for each other.
    await tx.query(
      `SELECT FROM generation WHERE id = $1 OR (task_id = $2
         AND (provider, account) = (SELECT provider, account FROM generation WHERE id = $1)) ORDER BY id FOR UPDATE`,
      [id, taskId],
    );
    const [exchanged] = await tx.query<{ other: string; ofOwn: string | null; ofOther: string | null }>(
      `WITH pair AS (
         SELECT a.id, b.id AS other, coalesce(a.submit_key, a.id) AS key, coalesce(b.submit_key, b.id) AS other_key,
           b.submit_started_at, b.lost_at, b.resubmitted_at, a.callback_hash AS of_own, b.callback_hash AS of_other
         FROM generation a JOIN generation b ON b.task_id = $2 AND b.provider = a.provider AND b.account = a.account
         WHERE a.id = $1 AND a.task_id IS NULL AND a.status IN ('submitting', 'reconciling', 'needs_attention')
           AND b.found_alike AND b.model = a.model AND ${IS_EQUAL}
       ), own AS (
         UPDATE generation g SET status = 'reconciling', submit_key = other_key, submit_started_at = pair.submit_started_at,
           lost_at = pair.lost_at, resubmitted_at = pair.resubmitted_at, callback_hash = NULL,
           attention = NULL, due_at = now(), attempts = 0, ${RELEASED}
         FROM pair WHERE g.id = pair.id
       )
       UPDATE generation g SET submit_key = key, found_alike = false, callback_hash = NULL
       FROM pair WHERE g.id = pair.other RETURNING g.id AS other, of_own AS "ofOwn", of_other AS "ofOther"`,
      [id, taskId],
    );
    if (!exchanged) return false;
    const { other, ofOwn, ofOther } = exchanged;
    // A callback belongs to the submit that named its address.
    await tx.query(
      `UPDATE generation g SET callback_hash = h.hash FROM (VALUES ($1::uuid, $4), ($2::uuid, $3)) AS h (id, hash) WHERE g.id = h.id`,
      [id, other, ofOwn, ofOther],
    );
    const claims = await tx.query('DELETE FROM callback_event WHERE generation_id IN ($1, $2) RETURNING *', [
      id,
      other,
    ]);
    const moved = claims.map((one) => ({ ...one, generation_id: one.generation_id === id ? other : id }));
    await tx.query(
      'INSERT INTO callback_event SELECT * FROM json_populate_recordset(NULL::callback_event, $1)',
      [JSON.stringify(moved)],
    );
    return true;
  });
}
