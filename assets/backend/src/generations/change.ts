import type { Database } from '../database/index.ts';
import type { FileStore } from '../files/types.ts';
import { findGeneration } from './read.ts';
import { COLUMNS, type GenerationRow, isId, toGeneration } from './rows.ts';
import { resultKey } from './saving.ts';
import type { Generation } from './types.ts';

export type CancelOutcome = 'cancelled' | 'cancelling' | 'ended' | 'unsupported';

// Only what is queued has certainly not left. Whatever is running is cancelled by a worker, where its service can.
const CANCEL = `
  UPDATE generation g SET
    cancel_requested_at = coalesce(cancel_requested_at, now()),
    wakes = wakes + 1,
    status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END,
    ended_at = CASE WHEN status = 'queued' THEN now() END,
    due_at = CASE WHEN status IN ('pending', 'running') THEN least(due_at, now()) WHEN status <> 'queued' THEN due_at END
  WHERE g.user_id = $1 AND g.id = $2 AND deleted_at IS NULL
    AND (status = 'queued' OR ($3 AND status IN ('submitting', 'reconciling', 'pending', 'running')))
  RETURNING ${COLUMNS}`;

/** @param canCancel whether a provider can cancel a task */
export async function cancelGeneration(
  database: Database,
  user: string,
  id: string,
  canCancel: (provider: string) => boolean,
): Promise<{ outcome: CancelOutcome; generation: Generation } | null> {
  const found = await findGeneration(database, user, id);
  if (found === null) return null;
  const [row] = await database.query<GenerationRow>(CANCEL, [user, id, canCancel(found.provider)]);
  if (row) {
    const generation = toGeneration(row);
    return { outcome: generation.status === 'cancelled' ? 'cancelled' : 'cancelling', generation };
  }
  const generation = (await findGeneration(database, user, id)) ?? found;
  return { outcome: generation.endedAt === null ? 'unsupported' : 'ended', generation };
}

/** Deletes what a user may delete of an ended generation: payload and prompt in the row, then the files. */
export async function removeGeneration(
  database: Database,
  files: FileStore,
  user: string,
  id: string,
): Promise<'deleted' | 'running' | null> {
  if (!isId(id)) return null;
  const [row] = await database.query<{ ended: boolean }>(
    `UPDATE generation SET
       deleted_at = CASE WHEN ended_at IS NOT NULL THEN now() END,
       payload = CASE WHEN ended_at IS NULL THEN payload END
     WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING ended_at IS NOT NULL AS ended`,
    [user, id],
  );
  if (!row) return null;
  if (!row.ended) return 'running';
  await purge(database, files, id);
  return 'deleted';
}

/** Deletes the files and the payload of an ended generation. After a crash it is done again: `purged_at` is set at the end. */
export async function purge(database: Database, files: FileStore, id: string): Promise<void> {
  const rows = await database.query<{ n: number | null; key: string | null }>(
    `SELECT n, storage_key AS key FROM generation_file WHERE generation_id = $1
     UNION ALL SELECT NULL, payload_key FROM generation WHERE id = $1`,
    [id],
  );
  // Of a result that was given up, some files may be stored without a word of it in their rows.
  for (const { n, key } of rows) {
    const stored = key ?? (n === null ? null : resultKey(id, n));
    if (stored !== null) await files.delete(stored);
  }
  await database.transaction(async (tx) => {
    await tx.query('DELETE FROM generation_file WHERE generation_id = $1', [id]);
    await tx.query('DELETE FROM callback_event WHERE generation_id = $1', [id]);
    await tx.query(
      'UPDATE generation SET purged_at = now(), payload = NULL, payload_key = NULL, callback_hash = NULL WHERE id = $1 AND ended_at IS NOT NULL',
      [id],
    );
  });
}
