import type { Database } from '../database/index.ts';
import type { Change } from './types.ts';

export interface Changes {
  onChange(listener: (change: Change) => void): () => void;
  close(): Promise<void>;
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
