import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/index.ts';

/** The kinds of work, each with a queue of its own. */
export const STEPS = ['submit', 'poll', 'save', 'notify', 'upkeep'] as const;

export type StepName = (typeof STEPS)[number];

// Many wakes within this time are one job.
const GATHER_MS = 200;

/** Jobs say that a kind of work is due; which rows are due stands in the rows alone. So a lost job loses nothing. */
export interface Jobs {
  boss: PgBoss;
  /** Makes a kind of work due now. Never fails: the sweep finds what it could not announce. */
  wake(step: StepName): void;
  /** Makes it due after this time, unless a job is planned with the same one. */
  wakeLater(step: StepName, seconds: number): Promise<void>;
  /** Ends it, after the jobs that are running. */
  stop(): Promise<void>;
}

/** @param isWorker this process runs jobs; otherwise it only announces them */
export async function openJobs(database: Database, log: Logger, isWorker: boolean): Promise<Jobs> {
  const boss = new PgBoss({
    ...database.forQueue,
    schema: 'pgboss',
    useListenNotify: isWorker,
    supervise: isWorker,
    schedule: isWorker,
    cronMonitorIntervalSeconds: 30,
    cronWorkerIntervalSeconds: 5,
  });
  // It hands on copies of errors, which are no Error, too.
  boss.on('error', (error) => log.warn({ err: error }, 'the queue met an error; it continues'));
  boss.on('warning', ({ message }) => log.warn({ message }, 'the queue warns'));
  await boss.start();
  // One waiting job of a kind is enough, however often it is announced; any number may run.
  const options = {
    policy: 'short',
    notify: true,
    retryLimit: 0,
    expireInSeconds: 3_600,
    deleteAfterSeconds: 60,
  };
  for (const step of STEPS) await boss.createQueue(step, options);
  // The sweep: whatever job was lost, its rows are found within a minute.
  if (isWorker)
    for (const step of STEPS) await boss.schedule(step, '* * * * *', null, { singletonKey: 'sweep' });

  const waiting = new Map<StepName, NodeJS.Timeout>();
  function announce(step: StepName): void {
    waiting.delete(step);
    boss
      .send(step, null, { singletonKey: 'now' })
      .catch((error: Error) =>
        log.warn({ err: error, step }, 'a step could not be announced; the sweep finds it'),
      );
  }

  return {
    boss,
    wake(step) {
      if (!waiting.has(step)) waiting.set(step, setTimeout(announce, GATHER_MS, step));
    },
    async wakeLater(step, seconds) {
      const startAfter = Math.max(1, Math.ceil(seconds));
      // A job that is planned for later is none of these.
      await boss.send(step, null, { singletonKey: `in ${startAfter} s`, startAfter });
    },
    async stop() {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
      await boss.stop({ graceful: true, timeout: 60_000 });
    },
  };
}
