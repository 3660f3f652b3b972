import type { Queries } from '../database/index.ts';
import type { Figures, LimiterFigures, OpenCount } from './types.ts';

// Each part of the condition is that of a partial index: ended rows are never read.
const OPEN = `
  SELECT status, count(*)::int AS count, extract(epoch FROM now() - min(created_at))::float8 AS "oldestSeconds" FROM generation
  WHERE status = 'queued' OR status IN ('submitting', 'reconciling') OR status IN ('pending', 'running')
    OR status = 'saving' OR status = 'needs_attention'
  GROUP BY status`;

const LATE = `
  SELECT
    coalesce((SELECT extract(epoch FROM now() - min(greatest(g.due_at, a.listed_at))) FROM generation g
      LEFT JOIN service_account a USING (provider, account) WHERE g.status IN ('pending', 'running')), 0)::float8 AS poll,
    (SELECT count(*)::int FROM generation_file f JOIN generation g ON g.id = f.generation_id
      WHERE g.status = 'saving' AND f.storage_key IS NULL) AS unsaved,
    coalesce((SELECT extract(epoch FROM now() - min(f.linked_at)) FROM generation_file f JOIN generation g ON g.id = f.generation_id
      WHERE g.status = 'saving' AND f.storage_key IS NULL), 0)::float8 AS "oldestUnsaved",
    (SELECT count(*)::int FROM outbox WHERE due_at IS NOT NULL) AS outbox,
    coalesce((SELECT extract(epoch FROM now() - min(created_at)) FROM outbox WHERE due_at IS NOT NULL), 0)::float8 AS "oldestOutbox"`;

const LIMITERS = `
  SELECT provider, account, permits, stopped_at IS NOT NULL AS "isStopped",
    greatest(coalesce(extract(epoch FROM paused_until - now()), 0), 0)::float8 AS "pausedSeconds",
    greatest(coalesce(extract(epoch FROM submits_paused_until - now()), 0), 0)::float8 AS "submitsPausedSeconds"
  FROM service_account WHERE account = ANY ($1)`;

/** Returns what an operator watches. @param accounts those of the configured keys: nobody waits for others */
export async function readFigures(database: Queries, accounts: string[]): Promise<Figures> {
  const open = await database.query<OpenCount>(OPEN);
  const [late] = await database.query<{
    poll: number;
    unsaved: number;
    oldestUnsaved: number;
    outbox: number;
    oldestOutbox: number;
  }>(LATE);
  return {
    open,
    pollLagSeconds: Math.max(late?.poll ?? 0, 0),
    unsavedFiles: late?.unsaved ?? 0,
    oldestUnsavedSeconds: late?.oldestUnsaved ?? 0,
    outboxWaiting: late?.outbox ?? 0,
    oldestOutboxSeconds: late?.oldestOutbox ?? 0,
    limiters: await database.query<LimiterFigures>(LIMITERS, [accounts]),
  };
}
