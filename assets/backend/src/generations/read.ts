import type { Queries } from '../database/index.ts';
import { COLUMNS, type GenerationRow, isId, toGeneration } from './rows.ts';
import type { Generation, GenerationEvent, ListRequest, Status, StoredFile } from './types.ts';

export async function findGeneration(
  database: Queries,
  user: string,
  id: string,
): Promise<Generation | null> {
  if (!isId(id)) return null;
  const [row] = await database.query<GenerationRow>(
    `SELECT ${COLUMNS} FROM generation g WHERE g.user_id = $1 AND g.id = $2 AND g.deleted_at IS NULL`,
    [user, id],
  );
  return row ? toGeneration(row) : null;
}

/** Returns a page, newest first, and the cursor of the next one; null for a cursor that no page gave. */
export async function listGenerations(
  database: Queries,
  user: string,
  { status, cursor, limit }: ListRequest,
): Promise<{ generations: Generation[]; next: string | null } | null> {
  if (cursor !== undefined && !isId(cursor)) return null;
  const rows = await database.query<GenerationRow>(
    `SELECT ${COLUMNS} FROM generation g
     WHERE g.user_id = $1 AND g.deleted_at IS NULL AND ($2::text IS NULL OR g.status = $2) AND ($3::uuid IS NULL OR g.id < $3)
     ORDER BY g.id DESC LIMIT $4`,
    [user, status ?? null, cursor ?? null, limit + 1],
  );
  const generations = rows.slice(0, limit).map(toGeneration);
  return { generations, next: rows.length > limit ? (generations.at(-1)?.id ?? null) : null };
}

export async function findFile(
  database: Queries,
  user: string,
  id: string,
  n: number,
): Promise<(StoredFile & { storageKey: string }) | null> {
  if (!isId(id)) return null;
  const [row] = await database.query<{
    media_type: string;
    bytes: string;
    sha256: string;
    storage_key: string;
  }>(
    `SELECT f.media_type, f.bytes, f.sha256, f.storage_key FROM generation g JOIN generation_file f ON f.generation_id = g.id
     WHERE g.user_id = $1 AND g.id = $2 AND f.n = $3 AND g.deleted_at IS NULL AND f.storage_key IS NOT NULL`,
    [user, id, n],
  );
  if (!row) return null;
  return {
    n,
    mediaType: row.media_type,
    bytes: Number(row.bytes),
    sha256: row.sha256,
    storageKey: row.storage_key,
  };
}

/**
 * Returns the changes after an event, oldest first; without one, the generation as it is. A change in between shows the
 * status that it had; what came later is shown by the last one alone.
 */
export async function eventsAfter(
  database: Queries,
  user: string,
  id: string,
  after: string | null,
): Promise<GenerationEvent[]> {
  if (!isId(id)) return [];
  // Events first: a change in between shows early, and once more with its own event.
  const rows = await database.query<{ id: string; status: Status }>(
    'SELECT id::text, status FROM generation_event WHERE generation_id = $1 AND id > $2 ORDER BY id',
    [id, after !== null && /^\d{1,18}$/.test(after) ? after : '0'],
  );
  const now = await findGeneration(database, user, id);
  if (now === null) return [];
  const last = rows.at(-1);
  if (after === null || last === undefined) {
    return after === null ? [{ id: last?.id ?? '0', generation: now }] : [];
  }
  return rows.map((row) => ({
    id: row.id,
    generation:
      row === last
        ? now
        : { ...now, status: row.status, endedAt: null, error: null, files: [], attention: null },
  }));
}
