import { randomUUID } from 'node:crypto';
import type { Database, Queries } from '../database/index.ts';
import { FREE, LEASED, RELEASED } from './leases.ts';

/** A paid result that this process, and no other, stores. */
export interface Save {
  id: string;
  lease: string;
  provider: string;
  account: string;
  model: string;
  taskId: string;
  attempts: number;
  urls: string[];
  /** Seconds since the links were read from the service. */
  linkAgeSeconds: number;
  /** Seconds since the task was seen to be COMPLETED. */
  waitingSeconds: number;
}

export interface SavedFile {
  n: number;
  key: string;
  mediaType: string;
  bytes: number;
  sha256: string;
}

const CLAIM = `
  WITH due AS (
    SELECT id FROM generation WHERE status = 'saving' AND due_at <= now() AND ${FREE}
    ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE generation g SET ${LEASED}, attempts = attempts + 1 FROM due WHERE g.id = due.id
  RETURNING g.id, g.lease, g.provider, g.account, g.model, g.task_id AS "taskId", g.attempts,
    ARRAY(SELECT f.source_url FROM generation_file f WHERE f.generation_id = g.id ORDER BY f.n) AS urls,
    (SELECT extract(epoch FROM now() - min(f.linked_at))::float8 FROM generation_file f WHERE f.generation_id = g.id) AS "linkAgeSeconds",
    (SELECT extract(epoch FROM now() - max(e.at))::float8 FROM generation_event e
      WHERE e.generation_id = g.id AND e.status = 'saving') AS "waitingSeconds"`;

/** Returns where the store keeps the n-th file of a result. */
export function resultKey(id: string, n: number): string {
  return `results/${id}/${n}`;
}

export function claimSaves(database: Queries, limit: number): Promise<Save[]> {
  return database.query<Save>(CLAIM, [randomUUID(), limit]);
}

/** Keeps fresh links. Files that are stored stay as they are. */
export async function relink(database: Queries, { id }: Save, urls: string[]): Promise<void> {
  await database.query(
    `INSERT INTO generation_file AS f (generation_id, n, source_url)
     SELECT $1, u.n, u.url FROM unnest($2::text[]) WITH ORDINALITY AS u (url, n)
     ON CONFLICT (generation_id, n) DO UPDATE SET source_url = EXCLUDED.source_url, linked_at = now() WHERE f.storage_key IS NULL`,
    [id, urls],
  );
}

/** All files are stored: the generation has succeeded. File rows and state in one transaction. */
export async function recordSaved(
  database: Database,
  { id, lease }: Save,
  files: SavedFile[],
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const owned = await tx.query(
      `SELECT id FROM generation WHERE id = $1 AND lease = $2 AND status = 'saving' FOR UPDATE`,
      [id, lease],
    );
    if (owned.length === 0) return false;
    await tx.query('DELETE FROM generation_file WHERE generation_id = $1 AND n <> ALL ($2::int[])', [
      id,
      files.map(({ n }) => n),
    ]);
    await tx.query(
      `INSERT INTO generation_file (generation_id, n, storage_key, media_type, bytes, sha256)
       SELECT $1, s.n, s.key, s."mediaType", s.bytes, s.sha256
       FROM json_to_recordset($2) AS s (n int, key text, "mediaType" text, bytes bigint, sha256 text)
       ON CONFLICT (generation_id, n) DO UPDATE SET storage_key = EXCLUDED.storage_key, media_type = EXCLUDED.media_type,
         bytes = EXCLUDED.bytes, sha256 = EXCLUDED.sha256, source_url = NULL`,
      [id, JSON.stringify(files)],
    );
    await tx.query(
      `UPDATE generation SET status = 'succeeded', ended_at = now(), due_at = NULL, ${RELEASED} WHERE id = $1`,
      [id],
    );
    return true;
  });
}

export async function saveLater(database: Queries, { id, lease }: Save, seconds: number): Promise<void> {
  await database.query(
    `UPDATE generation SET due_at = now() + make_interval(secs => $3), ${RELEASED} WHERE id = $1 AND lease = $2 AND status = 'saving'`,
    [id, lease, seconds],
  );
}

/** This process stops: the attempt counts for nothing, and another process makes it. */
export async function handBack(database: Queries, { id, lease }: Save): Promise<void> {
  await database.query(
    `UPDATE generation SET due_at = now(), attempts = attempts - 1, ${RELEASED} WHERE id = $1 AND lease = $2 AND status = 'saving'`,
    [id, lease],
  );
}
