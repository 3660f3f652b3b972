import type { Queries } from '../database/index.ts';
import { LEASE_SECONDS, RELEASED } from './leases.ts';

const BATCH = 100;
// Workers of another key may be on their way, as while keys change.
const STRANGER_SECONDS = 600;

/** Returns ended generations whose files, payload and prompt have to go. */
export async function expired(database: Queries, retentionDays: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `(SELECT id FROM generation WHERE deleted_at IS NOT NULL AND purged_at IS NULL LIMIT ${BATCH})
     UNION (SELECT id FROM generation WHERE ended_at IS NOT NULL AND purged_at IS NULL
       AND ended_at < now() - make_interval(days => $1) ORDER BY ended_at LIMIT ${BATCH})`,
    [retentionDays],
  );
  return rows.map(({ id }) => id);
}

/** Deletes old events and notices; what accounting needs stays in the generations. */
export async function forgetHistory(database: Queries, retentionDays: number): Promise<void> {
  // The oldest rows alone are read: this must not grow with their number.
  await database.query(
    `DELETE FROM generation_event WHERE id IN (
       SELECT id FROM (SELECT id, at FROM generation_event ORDER BY id LIMIT 1000) o
       WHERE o.at < now() - make_interval(days => $1))`,
    [retentionDays],
  );
  await database.query(
    `DELETE FROM outbox WHERE id IN (
       SELECT id FROM outbox WHERE due_at IS NULL AND created_at < now() - make_interval(days => $1) LIMIT 1000)`,
    [retentionDays],
  );
}

/** Returns inputs that are not needed any more: the task is accepted, or nothing will be submitted. */
export function spentInputs(database: Queries): Promise<{ id: string; key: string }[]> {
  return database.query(
    `SELECT id, payload_key AS key FROM generation WHERE payload_key IS NOT NULL
       AND status NOT IN ('queued', 'submitting', 'reconciling', 'needs_attention') LIMIT ${BATCH}`,
  );
}

/** Returns which of these input keys no generation has: an API process died between file and row. */
export async function orphanInputs(database: Queries, keys: string[]): Promise<string[]> {
  const rows = await database.query<{ key: string }>(
    `SELECT k.key FROM unnest($1::text[]) AS k (key)
     WHERE NOT EXISTS (SELECT FROM generation g WHERE g.id::text = split_part(k.key, '/', 2) AND g.payload_key = k.key)`,
    [keys],
  );
  return rows.map(({ key }) => key);
}

/** Gives generations of a key that is not configured any more to a person: no worker can poll their tasks. */
export async function giveStrangersToPerson(database: Queries, accounts: string[]): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `UPDATE generation SET status = 'needs_attention', due_at = NULL, ${RELEASED},
       attention = 'It belongs to another API key (' || account || '), and no worker has that key. Configure the key again and run npm run admin -- retry ' || id || '; or close it with abandon ' || id || '.'
     WHERE (status = 'queued' OR status = 'reconciling' OR status IN ('pending', 'running') OR status = 'saving') AND account <> ALL ($1::text[])
       AND due_at < now() - interval '${STRANGER_SECONDS} seconds' AND (leased_until IS NULL OR leased_until < now() - interval '${LEASE_SECONDS} seconds')
     RETURNING id`,
    [accounts],
  );
  return rows.map(({ id }) => id);
}
