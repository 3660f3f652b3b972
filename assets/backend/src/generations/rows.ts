import { randomUUID } from 'node:crypto';
import type { Generation, Status, StoredFile, WaitReason } from './types.ts';

/** The account of a service that the sandbox stands in for. */
export function sandboxAccount(provider: string): string {
  return `${provider}:sandbox`;
}

/** What a query of `COLUMNS` returns. */
export interface GenerationRow {
  id: string;
  provider: string;
  account: string;
  model: string;
  prompt: string | null;
  status: Status;
  task_id: string | null;
  created_at: Date;
  submitted_at: Date | null;
  ended_at: Date | null;
  quoted: number | null;
  charged: number | null;
  refunded: number | null;
  error_code: string | null;
  error_message: string | null;
  attention: string | null;
  files?: StoredFile[] | null;
  waiting?: WaitReason | null;
}

/** The columns of a new generation `g`, which has no files. */
export const NEW_COLUMNS = `g.id, g.provider, g.account, g.model, g.prompt, g.status, g.task_id, g.created_at, g.submitted_at, g.ended_at,
  g.quoted, g.charged, g.refunded, g.error_code, g.error_message, g.attention`;

/** The columns of a generation `g` that its user may see. */
export const COLUMNS = `${NEW_COLUMNS},
  (SELECT json_agg(json_build_object('n', f.n, 'mediaType', f.media_type, 'bytes', f.bytes, 'sha256', f.sha256) ORDER BY f.n)
    FROM generation_file f WHERE f.generation_id = g.id AND f.storage_key IS NOT NULL) AS files,
  CASE WHEN g.status <> 'queued' THEN NULL WHEN g.held THEN 'limit' ELSE (
    SELECT CASE WHEN s.stopped_at IS NOT NULL THEN 'key' WHEN s.submits_paused_until > now() THEN 'credits'
      WHEN s.paused_until > now() THEN 'service' END
    FROM service_account s WHERE s.provider = g.provider AND s.account = g.account) END AS waiting`;

export function toGeneration(row: GenerationRow): Generation {
  return {
    id: row.id,
    provider: row.provider,
    model: row.model,
    prompt: row.prompt,
    sandbox: row.account === sandboxAccount(row.provider),
    status: row.status,
    taskId: row.task_id,
    createdAt: row.created_at.toISOString(),
    submittedAt: row.submitted_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    credits: { quoted: row.quoted, charged: row.charged, refunded: row.refunded },
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    files: row.files ?? [],
    attention: row.attention,
    waiting: row.waiting ?? null,
  };
}

/**
 * Returns credits as the columns hold them: whole. A part of a credit counts as a whole one, so that what a generation is
 * said to cost is never less than what it cost.
 */
export function wholeCredits({
  charged,
  refunded,
}: {
  charged?: number | undefined;
  refunded?: number | undefined;
}): {
  charged: number | null;
  refunded: number | null;
} {
  if (charged === undefined)
    return { charged: null, refunded: refunded === undefined ? null : Math.floor(refunded) };
  const whole = Math.ceil(charged);
  return { charged: whole, refunded: refunded === undefined ? null : whole - Math.ceil(charged - refunded) };
}

/** Returns a UUID of version 7: it begins with the time, so that new rows are neighbours in every index. */
export function newId(now = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  // The random part is that of version 4, whose generator keeps a stock.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Returns whether a text from outside can be the id of a generation. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}

/** Returns text of a service as it can be stored: without control characters, and not longer than a row takes. */
export function storable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 2_000);
}
