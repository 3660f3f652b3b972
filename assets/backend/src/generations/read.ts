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
  request: ListRequest,
): Promise<{ generations: Generation[]; next: string | null } | null> {
  const { cursor, limit } = request;
  if (cursor !== undefined && !isId(cursor)) return null;
  const { sql, values } = pageQuery(user, request);
  const rows = await database.query<GenerationRow>(sql, values);
  const generations = rows.slice(0, limit).map(toGeneration);
  return { generations, next: rows.length > limit ? (generations.at(-1)?.id ?? null) : null };
}

/** Returns the statement of a page and of one row more. Each of its forms reads only rows of the page, by an index. */
export function pageQuery(
  user: string,
  { status, cursor, limit }: ListRequest,
): { sql: string; values: unknown[] } {
  const values: unknown[] = [user, limit + 1];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const where = [
    'g.user_id = $1 AND g.deleted_at IS NULL',
    ...(status === undefined ? [] : [`g.status = ${parameter(status)}`]),
    ...(cursor === undefined ? [] : [`g.id < ${parameter(cursor)}`]),
  ];
  const sql = `SELECT ${COLUMNS} FROM generation g WHERE ${where.join(' AND ')} ORDER BY g.id DESC LIMIT $2`;
  return { sql, values };
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
  // One statement sees one moment: the newest event always comes with the state that it announced.
  const [row] = await database.query<GenerationRow & { events: { id: string; status: Status }[] | null }>(
    `SELECT ${COLUMNS}, (SELECT json_agg(json_build_object('id', e.id::text, 'status', e.status) ORDER BY e.id)
       FROM generation_event e WHERE e.generation_id = g.id AND e.id > $3) AS events
     FROM generation g WHERE g.user_id = $1 AND g.id = $2 AND g.deleted_at IS NULL`,
    [user, id, after !== null && /^\d{1,18}$/.test(after) ? after : '0'],
  );
  if (!row) return [];
  const now = toGeneration(row);
  const events = row.events ?? [];
  const last = events.at(-1);
  if (after === null) return [{ id: last?.id ?? '0', generation: now }];
  return events.map((event) => ({
    id: event.id,
    generation:
      event === last
        ? now
        : {
            ...now,
            status: event.status,
            endedAt: null,
            error: null,
            files: [],
            attention: null,
            waiting: null,
          },
  }));
}
