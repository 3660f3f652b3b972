import { createHash } from 'node:crypto';
import type { Queries } from '../database/index.ts';
import { storable } from './rows.ts';
import type { CallbackAddress, CallbackClaim } from './types.ts';

// A service sends a handful of different claims; a sender of more is no service.
const MOST_CLAIMS = 20;
// A repeated claim makes another poll due, but not more often than this.
const WAKE_SECONDS = 5;

// Recorded, and the poll made due, before the answer: one statement. The lease of a poll that runs now is left alone;
// `wakes` tells that poll to come back.
const RECORD = (address: string) => `
  WITH g AS (
    SELECT id FROM generation WHERE provider = $1 AND ${address}
  ), event AS (
    INSERT INTO callback_event AS e (generation_id, task_id, state)
    SELECT g.id, $3, $4 FROM g
    WHERE (SELECT count(*) FROM callback_event c WHERE c.generation_id = g.id) < ${MOST_CLAIMS}
      OR EXISTS (SELECT FROM callback_event c WHERE c.generation_id = g.id AND c.task_id = $3 AND c.state = $4)
    ON CONFLICT (generation_id, task_id, state) DO UPDATE SET deliveries = e.deliveries + 1, last_received_at = now()
    RETURNING generation_id, deliveries
  ), woken AS (
    UPDATE generation u SET wakes = wakes + 1, woken_at = now(),
      status = CASE WHEN status = 'needs_attention' THEN 'reconciling' ELSE status END,
      attention = NULL,
      due_at = CASE WHEN status = 'submitting' THEN due_at ELSE now() END
    FROM event WHERE u.id = event.generation_id
      AND (status IN ('submitting', 'reconciling', 'pending', 'running')
        OR (status = 'needs_attention' AND task_id IS NULL AND lost_at IS NOT NULL AND $3 <> ''))
      AND (deliveries = 1 OR woken_at IS NULL OR woken_at < now() - interval '${WAKE_SECONDS} seconds')
  )
  SELECT count(*)::int AS placed FROM g`;

const BY_TOKEN = RECORD('callback_hash = $2');
const BY_TASK = RECORD('task_id = $2');

/** Records what a callback claims. Anybody can send one: it wakes a poll and decides nothing. */
export async function recordCallback(
  database: Queries,
  address: CallbackAddress,
  { taskId, state }: CallbackClaim,
): Promise<'recorded' | 'unplaced'> {
  const claim = [storable(taskId).slice(0, 200), storable(state).slice(0, 40)];
  const [row] =
    'token' in address
      ? await database.query<{ placed: number }>(
          BY_TOKEN,
          [address.provider, hashOfToken(address.token), ...claim],
          'callback-by-token',
        )
      : await database.query<{ placed: number }>(
          BY_TASK,
          [address.provider, storable(address.taskId), ...claim],
          'callback-by-task',
        );
  return row && row.placed > 0 ? 'recorded' : 'unplaced';
}

/** The stored form of a callback token. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
