import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Database } from '../../src/database/index.ts';
import { FileMissing, type FileStore } from '../../src/files/types.ts';
import { createGeneration } from '../../src/generations/create.ts';
import { claimSubmits, recordAccepted } from '../../src/generations/submitting.ts';
import type { CreateRequest, CreateResult } from '../../src/generations/types.ts';

/** The account of a provider whose rows these are. */
export const accountOf = (provider: string) => `${provider}:test`;

export const ACCOUNT = accountOf('aivideomaker');

export function request(more: Partial<CreateRequest> = {}): CreateRequest {
  return {
    user: 'ann',
    key: randomUUID(),
    bodyHash: 'a'.repeat(64),
    provider: 'aivideomaker',
    model: 't2v',
    payload: { prompt: 'a lighthouse' },
    maxCredits: null,
    quoted: { least: 10, most: 10 },
    ...more,
  };
}

export function create(
  database: Database,
  more: Partial<CreateRequest> = {},
  cap: number | null = null,
): Promise<CreateResult> {
  const options = { files: memoryFiles(), accountOf, maxCreditsPerUserPerDay: cap };
  return createGeneration(database, request(more), options);
}

/** Returns the id of a new generation. */
export async function created(database: Database, more: Partial<CreateRequest> = {}): Promise<string> {
  const result = await create(database, more);
  if (!('generation' in result)) throw new Error(result.outcome);
  return result.generation.id;
}

/** Returns the id of a generation whose task runs. Its poll is due. */
export async function accepted(
  database: Database,
  taskId: string = randomUUID(),
  user = 'ann',
  provider = 'aivideomaker',
): Promise<string> {
  const id = await created(database, { user, provider });
  await claimSubmits(database, accountOf(provider), 1_000, null);
  await recordAccepted(database, id, { id: taskId }, 0);
  return id;
}

export async function row(database: Database, id: string): Promise<Record<string, unknown>> {
  const [found] = await database.query('SELECT *, due_at <= now() AS is_due FROM generation WHERE id = $1', [
    id,
  ]);
  if (!found) throw new Error(`no row ${id}`);
  return found;
}

/** A file store whose content a test can see. */
export function memoryFiles(): FileStore & { kept: Map<string, Buffer> } {
  const kept = new Map<string, Buffer>();
  return {
    kept,
    async put(key, source) {
      kept.set(key, typeof source === 'string' ? await readFile(source) : Buffer.from(source));
    },
    async open(key, range) {
      const bytes = kept.get(key);
      if (!bytes) throw new FileMissing(key);
      return Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]);
    },
    async delete(key) {
      kept.delete(key);
    },
    list: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
  };
}
