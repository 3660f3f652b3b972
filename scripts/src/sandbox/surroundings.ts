import type { Files } from './files.ts';
import type { Store } from './store.ts';
import type { Webhooks } from './webhooks.ts';

/** What the emulated services share. */
export interface Surroundings {
  store: Store;
  files: Files;
  webhooks: Webhooks;
  /** The wall clock in milliseconds. */
  now: () => number;
  /** Simulated seconds per real second. */
  speed: number;
}
