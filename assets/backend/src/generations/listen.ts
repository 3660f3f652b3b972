import type { Database, Queries } from '../database/index.ts';
import type { Change } from './types.ts';

export interface Changes {
  onChange(listener: (change: Change) => void): () => void;
  close(): Promise<void>;
}

// Many new generations within this time are announced by one statement.
const GATHER_MS = 25;

/**
 * Returns a function that announces a new generation to all processes. Its row needs no trigger for that, which would
 * make inserts wait for each other; where the announcement is lost, the next change announces it.
 */
export function createAnnouncer(database: Queries): (change: Change) => void {
  let gathered: string[] = [];
  function announce(): void {
    const payloads = gathered;
    gathered = [];
    const all = `SELECT pg_notify('generation', payload) FROM unnest($1::text[]) AS payload`;
    database.query(all, [payloads]).catch(() => {});
  }
  return (change) => {
    if (gathered.push(JSON.stringify(change)) === 1) setTimeout(announce, GATHER_MS).unref();
  };
}

/** Hears of every change of a generation, over one connection of this process. */
export async function listenToChanges(database: Database): Promise<Changes> {
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const close = await database.listen(
    'generation',
    (payload) => tell(JSON.parse(payload) as Change),
    () => tell({ user: '*', id: '*' }),
  );
  return {
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}
