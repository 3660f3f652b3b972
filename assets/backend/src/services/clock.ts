import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#client';
import type { Queries } from '../database/index.ts';

/** A clock whose dates are the database's, so that one clock decides on all machines. */
export interface DatabaseClock extends Clock {
  synchronize(): Promise<void>;
}

export function createClock(database: Queries): DatabaseClock {
  let offset = 0;
  return {
    async synchronize() {
      const before = Date.now();
      const [row] = await database.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      if (row) offset = row.now.getTime() - (before + Date.now()) / 2;
    },
    monotonic: () => performance.now(),
    wall: () => Date.now() + offset,
    sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
    random: Math.random,
  };
}
