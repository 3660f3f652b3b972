import { type Database, isRefused, type Queries } from '../database/types.ts';
import type { FileStore } from '../files/types.ts';
import { COLUMNS, type GenerationRow, NEW_COLUMNS, newId, storable, toGeneration } from './rows.ts';
import type { CreateRequest, CreateResult } from './types.ts';

// A larger payload (images as data URIs) is a file: rows and jobs stay small.
const INLINE_BYTES = 32 * 1024;

// A user's next request is ordered at least this much behind the one before, and a first one beside the first of the queue:
// the users' requests alternate, however many one of them has sent, and however long ago.
const SPACING = `interval '100 milliseconds'`;

const EXCERPT_LENGTH = 300;

const INSERT = `
  INSERT INTO generation AS g
    (id, user_id, idempotency_key, body_hash, provider, account, model, payload, payload_key, max_credits, quoted, reserved, prompt, queue_order)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, greatest(
    least(now(), (SELECT min(q.queue_order) FROM generation q WHERE q.provider = $5 AND q.status = 'queued' AND NOT q.held)),
    (SELECT max(q.queue_order) FROM generation q WHERE q.user_id = $2 AND q.status = 'queued') + ${SPACING}))
  ON CONFLICT (user_id, idempotency_key) DO NOTHING
  RETURNING ${NEW_COLUMNS}`;

const EXISTING = `SELECT g.body_hash, ${COLUMNS} FROM generation g WHERE g.user_id = $1 AND g.idempotency_key = $2`;

export interface CreateOptions {
  files: FileStore;
  /** The account of a provider's API key. */
  accountOf(provider: string): string;
  maxCreditsPerUserPerDay: number | null;
}

class AboveCap extends Error {}

/** Makes a generation, at most one for each user and key. Without a cap it takes one statement. */
export async function createGeneration(
  database: Database,
  request: CreateRequest,
  { files, accountOf, maxCreditsPerUserPerDay: cap }: CreateOptions,
): Promise<CreateResult> {
  const { user, key, bodyHash, provider, model, maxCredits, quoted } = request;
  const most = Math.min(maxCredits ?? Number.POSITIVE_INFINITY, quoted?.most ?? Number.POSITIVE_INFINITY);
  const payload = JSON.stringify(request.payload);
  const id = newId();
  const isLarge = payload.length > INLINE_BYTES;
  if (isLarge) {
    // A repeated request must not be stored again only to be thrown away.
    const known = await existing(database, request);
    if (known) return known;
  }
  const payloadKey = isLarge ? `inputs/${id}` : null;
  if (payloadKey !== null)
    await files.put(payloadKey, Buffer.from(payload), {
      mediaType: 'application/json',
      bytes: Buffer.byteLength(payload),
    });
  const values = [
    id,
    user,
    key,
    bodyHash,
    provider,
    accountOf(provider),
    model,
    isLarge ? null : payload,
    payloadKey,
    maxCredits,
    quoted === null ? null : Math.ceil(quoted.most),
    Number.isFinite(most) ? Math.ceil(most) : 0,
    excerptOf(request.payload),
  ];
  const insert = (queries: Queries) => queries.query<GenerationRow>(INSERT, values, 'create-generation');
  try {
    const [row] = await (cap === null
      ? insert(database)
      : database.transaction(async (tx) => {
          const rows = await insert(tx);
          if (rows.length > 0) await checkCap(tx, user, { cap, isPriced: Number.isFinite(most) });
          return rows;
        }));
    if (row) return { outcome: 'created', generation: toGeneration(row) };
  } catch (error) {
    // Where the answer of the database was lost, the row may be there and needs its input. Upkeep deletes what no row has.
    const isCertain = error instanceof AboveCap || isRefused(error);
    if (payloadKey !== null && isCertain) await files.delete(payloadKey);
    if (error instanceof AboveCap) return { outcome: 'overDailyCap', reason: error.message };
    throw error;
  }
  if (payloadKey !== null) await files.delete(payloadKey);
  const known = await existing(database, request);
  if (!known) throw new Error('a generation of this key was there and is gone');
  return known;
}

/** Returns the beginning of a payload's prompt; null where it has none. */
function excerptOf({ prompt }: { prompt?: unknown }): string | null {
  if (typeof prompt !== 'string') return null;
  return Array.from(storable(prompt)).slice(0, EXCERPT_LENGTH).join('');
}

async function existing(
  database: Database,
  { user, key, bodyHash }: CreateRequest,
): Promise<CreateResult | undefined> {
  const [row] = await database.query<GenerationRow & { body_hash: string }>(EXISTING, [user, key]);
  if (!row) return undefined;
  return row.body_hash === bodyHash
    ? { outcome: 'existing', generation: toGeneration(row) }
    : { outcome: 'conflict' };
}

/** Holds a user's requests one after another, so that two of them cannot pass the cap together. */
async function checkCap(
  tx: Queries,
  user: string,
  { cap, isPriced }: { cap: number; isPriced: boolean },
): Promise<void> {
  if (!isPriced)
    throw new AboveCap(
      'The price of this request is not known, and there is a limit of credits a day: send maxCredits.',
    );
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [user]);
  const [today] = await tx.query<{ cost: string }>(
    `SELECT coalesce(sum(cost), 0) AS cost FROM generation
     WHERE user_id = $1 AND cost > 0 AND created_at >= date_trunc('day', now(), 'UTC')`,
    [user],
  );
  if (Number(today?.cost) > cap)
    throw new AboveCap(
      `With this request, ${today?.cost} credits are spent or reserved today; the limit is ${cap} (UTC days).`,
    );
}
