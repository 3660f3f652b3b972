import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/database/index.ts';
import { createLogger } from '../../src/observability/log.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts';
import type { Work } from '../../src/queue/step.ts';
import { createLimiter } from '../../src/services/limiter.ts';
import { createService } from '../../src/services/service.ts';
import { accountOf, memoryFiles } from './rows.ts';

export interface TestWork extends Work {
  files: ReturnType<typeof memoryFiles>;
  metrics: Metrics;
  /** The log. */
  lines: string[];
  stop(): void;
  close(): Promise<void>;
}

/** Returns what a step needs to run once, when a test says so, against a service at this address. */
export async function workWith(
  database: Database,
  origin: string,
  account: (provider: string) => string = accountOf,
): Promise<TestWork> {
  const dataDir = await mkdtemp(join(tmpdir(), 'backend-work-'));
  const lines: string[] = [];
  const stopping = new AbortController();
  const services = ['aivideomaker', 'apidot'].map((provider) => {
    const config = { provider, key: 'ak_test_of_a_step', baseUrl: origin };
    const service = { ...createService(config, null), account: account(provider) };
    return { ...service, limiter: createLimiter(database, service, service.bucket) };
  });
  return {
    ...{ database, services, lines, files: memoryFiles(), wake: () => {}, stopping: stopping.signal },
    log: createLogger({
      level: 'info',
      secrets: [],
      destination: { write: (line) => void lines.push(line) },
    }),
    metrics: createMetrics(() => Promise.reject(new Error('no figures'))),
    config: { dataDir, publicUrl: null, maxRunningPerUser: null, retentionDays: 30 },
    stop: () => stopping.abort(),
    async close() {
      await Promise.all(services.map((service) => service.close()));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
