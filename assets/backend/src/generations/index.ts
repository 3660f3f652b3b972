import type { Database } from '../database/index.ts';
import type { FileStore } from '../files/types.ts';
import { recordCallback } from './callbacks.ts';
import { cancelGeneration, removeGeneration } from './change.ts';
import { createGeneration } from './create.ts';
import { type Changes, createAnnouncer } from './listen.ts';
import { findEndpoint, removeEndpoint, setEndpoint } from './outbox.ts';
import { eventsAfter, findFile, findGeneration, listGenerations } from './read.ts';
import type { Generations } from './types.ts';

export interface GenerationsOptions {
  files: FileStore;
  changes: Pick<Changes, 'onChange'>;
  accountOf(provider: string): string;
  canCancel(provider: string): boolean;
  maxCreditsPerUserPerDay: number | null;
  /** Wakes the workers of a step. They would find the work without it, a little later. */
  wake(step: 'submit' | 'poll'): void;
}

/** Returns what the HTTP side may ask of generations. */
export function createGenerations(database: Database, options: GenerationsOptions): Generations {
  const { files, changes, canCancel, wake } = options;
  const announce = createAnnouncer(database);
  return {
    async create(request) {
      const result = await createGeneration(database, request, options);
      if (result.outcome === 'created') {
        wake('submit');
        announce({ user: request.user, id: result.generation.id });
      }
      return result;
    },
    find: (user, id) => findGeneration(database, user, id),
    list: (user, request) => listGenerations(database, user, request),
    async cancel(user, id) {
      const result = await cancelGeneration(database, user, id, canCancel);
      if (result?.outcome === 'cancelling') wake('poll');
      return result;
    },
    remove: (user, id) => removeGeneration(database, files, user, id),
    file: (user, id, n) => findFile(database, user, id, n),
    async recordCallback(address, claim) {
      const result = await recordCallback(database, address, claim);
      if (result === 'recorded') wake('poll');
      return result;
    },
    events: (user, id, after) => eventsAfter(database, user, id, after),
    webhook: (user) => findEndpoint(database, user),
    setWebhook: (user, url) => setEndpoint(database, user, url),
    removeWebhook: (user) => removeEndpoint(database, user),
    onChange: (listener) => changes.onChange(listener),
    ready: () =>
      database.query('SELECT FROM migration LIMIT 1').then(
        (rows) => rows.length > 0,
        () => false,
      ),
  };
}
