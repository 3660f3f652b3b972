import { join } from 'node:path';
import { startSandbox } from '#client';
import type { Config } from '../config.ts';
import type { DatabaseClock } from './clock.ts';
import { createService, type Service } from './service.ts';

export interface Services {
  /** Those that submit, by the id of the provider. */
  all: ReadonlyMap<string, Service>;
  /** Those of all keys, also of replaced ones. */
  withPrevious: readonly Service[];
  close(): Promise<void>;
}

/** Returns a client for each service and key. A worker starts the sandbox where a key is absent. */
export async function openServices(
  { role, services, dataDir }: Pick<Config, 'role' | 'services' | 'dataDir'>,
  clock: DatabaseClock,
): Promise<Services> {
  const needsSandbox = role !== 'api' && services.some(({ key }) => key === null);
  const sandbox = needsSandbox ? await startSandbox({ folder: join(dataDir, 'sandbox') }) : null;
  const all = new Map(services.map((config) => [config.provider, createService(config, sandbox, clock)]));
  const previous = services
    .filter(({ previousKey }) => previousKey !== null)
    .map(({ previousKey, ...config }) =>
      createService({ ...config, key: previousKey, isPrevious: true }, null, clock),
    );
  const withPrevious = [...all.values(), ...previous];
  return {
    all,
    withPrevious,
    async close() {
      await Promise.all(withPrevious.map((service) => service.close()));
      await sandbox?.close();
    },
  };
}
