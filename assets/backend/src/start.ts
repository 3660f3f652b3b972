import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type Config, ConfigError } from './config.ts';
import { checkDataDir } from './data-dir.ts';
import { messageOf, migrate, openDatabase, waitForDatabase } from './database/index.ts';
import { checkBucket } from './files/check.ts';
import { openFiles } from './files/index.ts';
import { readFigures } from './generations/figures.ts';
import { createGenerations } from './generations/index.ts';
import { listenToChanges } from './generations/listen.ts';
import { buildApp } from './http/app.ts';
import { byBearerToken, DEMO_TOKEN } from './http/authenticate.ts';
import { createMetrics } from './observability/metrics.ts';
import { openJobs, startWorkers, type Workers } from './queue/index.ts';
import { createClock } from './services/clock.ts';
import { openServices } from './services/index.ts';

export interface Backend {
  /** Where it listens. */
  url: string;
  /** Ends the API after its requests, the workers after what is running, and what they use. */
  stop(): Promise<void>;
}

const CLOCK_MS = 60_000;
// A reader that has paused, or a sender of half a request, would hold the end up for ever.
const DRAIN_MS = 10_000;

/**
 * Starts what the role says: the API, the workers, or both.
 * @param drainMs for how long the end waits for requests that are running
 */
export async function start(config: Config, log: Logger, { drainMs = DRAIN_MS } = {}): Promise<Backend> {
  const isWorker = config.role !== 'api';
  // Undone in the reverse order, at the end or when the start fails half-way.
  const opened = createUndo();
  try {
    await checkDataDir(config);
    const database = await openDatabase(config, (error) =>
      log.warn({ err: error }, 'a database connection broke'),
    );
    opened.defer(() => database.close());
    if (config.databaseUrl === null)
      log.info({ dataDir: config.dataDir }, 'embedded database: one process; set DATABASE_URL for more');
    await waitForDatabase(database, (error) => log.warn({ err: error }, 'waiting for the database')).catch(
      (error: Error) => {
        throw new ConfigError('DATABASE_URL', `names a database that cannot be used: ${messageOf(error)}`);
      },
    );
    const applied = await migrate(database);
    if (applied.length > 0) log.info({ applied }, 'migrated');

    const clock = createClock(database);
    await clock.synchronize();
    const synchronize = setInterval(() => void clock.synchronize().catch(() => {}), CLOCK_MS);
    opened.defer(() => clearInterval(synchronize));

    const services = await openServices(config, clock);
    opened.defer(() => services.close());
    for (const { provider, isSandbox } of services.all.values())
      if (isSandbox) log.info({ provider }, 'no API key: the sandbox stands in for this service');

    const files = openFiles(config);
    if (config.s3 !== null) {
      await checkBucket(files, config.s3).catch((error) => {
        if (error instanceof ConfigError) throw error;
        log.warn({ err: error }, 'the bucket cannot be reached; what it cannot take now is tried again');
      });
    }
    const changes = await listenToChanges(database);
    opened.defer(() => changes.close());
    const jobs = await openJobs(database, log, isWorker);
    opened.defer(() => jobs.stop());

    const { all } = services;
    const generations = createGenerations(database, {
      files,
      changes,
      accountOf: (provider) => known(all.get(provider), provider).account,
      canCancel: (provider) => all.get(provider)?.can.cancel === true,
      maxCreditsPerUserPerDay: config.maxCreditsPerUserPerDay,
      wake: (step) => jobs.wake(step),
    });
    const accounts = services.withPrevious.map(({ account }) => account);
    const metrics = createMetrics(() => readFigures(database, accounts));
    let workers: Workers | undefined;
    if (isWorker) {
      workers = await startWorkers({
        jobs,
        services: services.withPrevious,
        database,
        files,
        log,
        metrics,
        config,
      });
      opened.defer(() => workers?.stop());
    }
    const app = await buildApp({
      generations,
      files,
      services: all,
      log,
      metrics,
      trustProxy: config.trustProxy,
      authenticate: byBearerToken(config.tokens),
      isDemo: config.tokens === null,
      routes: config.role === 'worker' ? 'operations' : 'all',
    });
    opened.defer(async () => {
      // Nothing new is begun from now on, here or there.
      await Promise.all([closeInTime(app, drainMs), workers?.stop()]);
    });
    const url = await app.listen({ host: config.host, port: config.port }).catch((error) => {
      if (error.code === 'EACCES')
        throw new ConfigError('PORT', `${config.port} may not be used by this user: ${error.message}`);
      if (!/^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/.test(error.code)) throw error;
      throw new ConfigError('HOST', `is no address of this machine: ${error.message}`);
    });
    log.info(
      { role: config.role, address: url },
      config.tokens === null ? `listening; the demo token is ${DEMO_TOKEN}` : 'listening',
    );
    return { url, stop: () => opened.run() };
  } catch (error) {
    await opened.run();
    throw error;
  }
}

async function closeInTime(app: FastifyInstance, drainMs: number): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), drainMs);
  await app.close();
  clearTimeout(late);
}

function known<T>(service: T | undefined, provider: string): T {
  if (service === undefined) throw new Error(`${provider} is not configured`);
  return service;
}

/** Remembers how to undo what was opened. One that fails does not keep the others from being undone. */
function createUndo() {
  const steps: (() => unknown)[] = [];
  return {
    defer: (step: () => unknown) => void steps.push(step),
    async run(): Promise<void> {
      const errors: unknown[] = [];
      for (const step of steps.splice(0).reverse()) {
        try {
          await step();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'not everything could be closed');
    },
  };
}
