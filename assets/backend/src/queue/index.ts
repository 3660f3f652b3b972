import { createLimiter } from '../services/limiter.ts';
import type { Service } from '../services/service.ts';
import type { Jobs } from './boss.ts';
import { notifyStep } from './notify.ts';
import { pollStep } from './poll.ts';
import { saveStep } from './save.ts';
import type { Step, Work } from './step.ts';
import { submitStep } from './submit.ts';
import { upkeepStep } from './upkeep.ts';

export { type Jobs, openJobs } from './boss.ts';

const ALL: readonly Step[] = [submitStep, pollStep, saveStep, notifyStep, upkeepStep];

// How late work is found that nobody announced.
const IDLE_SECONDS = 10;

export interface Workers {
  /** Begins nothing new, and waits for what is running. A second call waits, too. */
  stop(): Promise<void>;
}

export interface WorkersOptions extends Omit<Work, 'services' | 'stopping' | 'wake'> {
  services: Iterable<Service>;
  jobs: Jobs;
}

/** Starts the workers of this process. */
export async function startWorkers({ jobs, services, ...options }: WorkersOptions): Promise<Workers> {
  const stopping = new AbortController();
  const { database, log } = options;
  const work: Work = {
    ...options,
    services: [...services].map((service) => ({
      ...service,
      limiter: createLimiter(database, service, service.bucket),
    })),
    wake: (step) => jobs.wake(step),
    stopping: stopping.signal,
  };
  for (const step of ALL) {
    const settings = {
      pollingIntervalSeconds: 1,
      notifyPollingIntervalSeconds: 1,
      localConcurrency: step.concurrency,
    };
    await jobs.boss.work(step.name, settings, () => runStep(step, work, jobs));
    jobs.wake(step.name);
  }
  log.info({ services: work.services.map(({ account }) => account) }, 'workers have started');
  let stopped: Promise<unknown> | undefined;
  return {
    async stop() {
      stopping.abort();
      stopped ??= Promise.all(ALL.map(({ name }) => jobs.boss.offWork(name, { wait: true })));
      await stopped;
    },
  };
}

/** Plans the next job before it works: if this process dies now, another one continues after the interval. */
async function runStep(step: Step, work: Work, jobs: Jobs): Promise<void> {
  try {
    if (work.stopping.aborted) {
      // For another process: the chain of jobs does not end with this one.
      await jobs.wakeLater(step.name, 1);
      return;
    }
    await jobs.wakeLater(step.name, (await step.hasWork(work)) ? step.everySeconds : IDLE_SECONDS);
    await step.run(work);
  } catch (error) {
    // The database is away, mostly. Rows keep what is due; the next job finds it.
    work.metrics.stepErrors.inc({ step: step.name });
    work.log.error({ err: error, step: step.name }, 'a step failed; its rows stay due');
  }
}
