import type { Queries } from '../database/index.ts';
import { FREE, LEASE_SECONDS, RELEASED } from './leases.ts';

const BATCH = 100;
// Workers of another key may be on their way, as while keys change.
const STRANGER_SECONDS = 600;
// AIVideoMaker keeps results for 24 hours, APIDot for 3 days: a person is asked while there may still be something to fetch.
const ENDLESS_HOURS = 20;

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

/**
 * Gives generations of a key that is not configured any more to a person: no worker can poll their tasks. Results that
 * are being saved are left out, as their links need no key; so is what is queued, as any key of its service submits it. Only
 * between the sandbox and a service nothing moves.
 */
export async function giveStrangersToPerson(database: Queries, accounts: string[]): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `UPDATE generation SET status = 'needs_attention', due_at = NULL, ${RELEASED},
       attention = 'It belongs to another API key (' || account || '), and no worker has that key. Configure that key, as the previous one if it was replaced, and run npm run admin -- retry ' || id || '; or close it with abandon ' || id || '.'
     WHERE (status = 'reconciling' OR status IN ('pending', 'running') OR (status = 'queued' AND NOT EXISTS (
         SELECT FROM unnest($1::text[]) AS a (name) WHERE split_part(a.name, ':', 1) = provider
           AND (a.name = provider || ':sandbox') = (account = provider || ':sandbox')))) AND account <> ALL ($1::text[])
       AND due_at < now() - interval '${STRANGER_SECONDS} seconds' AND (leased_until IS NULL OR leased_until < now() - interval '${LEASE_SECONDS} seconds')
     RETURNING id`,
    [accounts],
  );
  return rows.map(({ id }) => id);
}

/**
 * Gives tasks that do not end to a person: those that were accepted, or that a person had polled again, too long ago. The
 * service may have a state for them that no source documents.
 */
export async function giveEndlessToPerson(database: Queries): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `UPDATE generation g SET status = 'needs_attention', due_at = NULL, ${RELEASED},
       attention = 'Task ' || task_id || ' has not ended in ${ENDLESS_HOURS} hours; the last that the service said of it: ' || coalesce(provider_state, 'nothing')
         || '. npm run admin -- retry ' || id || ' polls it again; abandon ' || id || ' closes it.'
     WHERE status IN ('pending', 'running') AND submitted_at < now() - interval '${ENDLESS_HOURS} hours' AND ${FREE}
       AND NOT EXISTS (SELECT FROM generation_event e WHERE e.generation_id = g.id AND e.status = 'pending'
         AND e.at > now() - interval '${ENDLESS_HOURS} hours')
     RETURNING id`,
  );
  return rows.map(({ id }) => id);
}
