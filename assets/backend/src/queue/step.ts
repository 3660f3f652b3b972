import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Database } from '../database/index.ts';
import type { FileStore } from '../files/types.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Limiter } from '../services/limiter.ts';
import type { Service } from '../services/service.ts';
import type { StepName } from './boss.ts';

/** A service with what all workers share of it. */
export interface WorkService extends Service {
  limiter: Limiter;
}

/** What every step of the work has. */
export interface Work {
  database: Database;
  services: readonly WorkService[];
  files: FileStore;
  log: Logger;
  metrics: Pick<Metrics, 'submits' | 'polls' | 'saves' | 'stepErrors'>;
  config: Pick<Config, 'dataDir' | 'publicUrl' | 'maxRunningPerUser' | 'retentionDays'>;
  wake(step: StepName): void;
  /** Aborted when this process ends: nothing new is begun. */
  stopping: AbortSignal;
}

/** One kind of work: it works through the rows that are due, and leaves the rest to the next job. */
export interface Step {
  name: StepName;
  /** Seconds until the next job while there is work. */
  everySeconds: number;
  /** Jobs of this kind that one process runs at the same time. */
  concurrency: number;
  hasWork(work: Work): Promise<boolean>;
  run(work: Work): Promise<void>;
}

/** Returns whether a query has a row. */
export async function exists(
  { database }: Pick<Work, 'database'>,
  query: string,
  parameters: unknown[] = [],
): Promise<boolean> {
  const [row] = await database.query<{ found: boolean }>(`SELECT EXISTS (${query}) AS found`, parameters);
  return row?.found === true;
}

/**
 * Runs `act` for all items, at most `limit` at the same time. One that fails is logged, and keeps no other from its work.
 * @returns how many failed
 */
export async function forEach<T extends string | { id: string }>(
  { log, metrics }: Pick<Work, 'log' | 'metrics'>,
  step: StepName,
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<void>,
): Promise<number> {
  const left = items.values();
  let failed = 0;
  await Promise.all(
    Array.from({ length: Math.min(limit, items.length) }, async () => {
      for (const item of left) {
        try {
          await act(item);
        } catch (error) {
          failed += 1;
          metrics.stepErrors.inc({ step });
          log.error(
            { id: typeof item === 'string' ? item : item.id, err: error, step },
            'one of several failed',
          );
        }
      }
    }),
  );
  return failed;
}

/** Begins each work when the one before has ended, or has run for a while. */
export type Series = <T>(work: () => Promise<T>) => Promise<T>;

export function createSeries(longestMs: number): Series {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const running = before.then(work);
    const ended = running.catch(() => {});
    before = before.then(() => Promise.race([ended, sleep(longestMs)]));
    return running;
  };
}
