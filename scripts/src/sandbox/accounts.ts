import { createHash } from 'node:crypto';
import { refundOf } from './lifecycle.ts';
import type { Store } from './store.ts';
import type { TaskRecord } from './task-record.ts';

const FIRST_BALANCE = 1_000;

/** Returns the owner of the tasks of a key; null for the keys that stand for a wrong key. */
export function ownerOf(key: string | undefined): string | null {
  if (key === undefined || key === '' || key.startsWith('ak_invalid')) return null;
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** The accounts of an emulated service: the owner of each task, and the remaining credits. */
export class Accounts {
  readonly #store: Store;
  readonly #service: string;
  readonly #now: () => number;

  constructor(store: Store, service: string, now: () => number) {
    this.#store = store;
    this.#service = service;
    this.#now = now;
  }

  /** Returns the tasks of an owner, newest first. */
  tasksOf(owner: string): TaskRecord[] {
    return this.#store.all().filter((record) => record.service === this.#service && record.owner === owner);
  }

  /** Returns the task with this id if it belongs to the owner, else null. */
  taskOf(owner: string, id: string): TaskRecord | null {
    const record = this.#store.get(id);
    return record?.owner === owner && record.service === this.#service ? record : null;
  }

  /**
   * Returns the remaining credits: the first balance minus the price of each task, without tasks that failed or were
   * cancelled.
   */
  balanceOf(owner: string): number {
    const time = this.#now();
    const spent = this.tasksOf(owner).reduce(
      (sum, record) => sum + record.credits - refundOf(record, time),
      0,
    );
    return Math.max(0, FIRST_BALANCE - spent);
  }
}
