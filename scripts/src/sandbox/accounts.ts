import { createHash } from 'node:crypto';
import { refundOf } from './lifecycle.ts';
import type { Store, TaskRecord } from './store.ts';

const FIRST_BALANCE = 1_000;

/** Whom the tasks of a key belong to; null for the keys that stand for a wrong one. */
export function ownerOf(key: string | undefined): string | null {
  if (key === undefined || key === '' || key.startsWith('ak_invalid')) return null;
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** A played service's books: who made which task, and what is left of the credits. */
export class Accounts {
  readonly #store: Store;
  readonly #service: string;
  readonly #now: () => number;

  constructor(store: Store, service: string, now: () => number) {
    this.#store = store;
    this.#service = service;
    this.#now = now;
  }

  /** Newest first. */
  tasksOf(owner: string): TaskRecord[] {
    return this.#store.all().filter((record) => record.service === this.#service && record.owner === owner);
  }

  /** The task with this id, if it is the owner's. */
  taskOf(owner: string, id: string): TaskRecord | null {
    const record = this.#store.get(id);
    return record?.owner === owner && record.service === this.#service ? record : null;
  }

  /** Every task takes its price from the first balance; one that failed or was cancelled gives it back. */
  balanceOf(owner: string): number {
    const time = this.#now();
    const spent = this.tasksOf(owner).reduce(
      (sum, record) => sum + record.credits - refundOf(record, time),
      0,
    );
    return Math.max(0, FIRST_BALANCE - spent);
  }
}
