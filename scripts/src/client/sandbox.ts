import type { Sandbox, SandboxOptions } from './types.ts';

/** Starts a server on this machine that emulates both services: for tests and demonstrations, without cost. It is loaded when this is called. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return (await import('../sandbox/server.ts')).startSandbox(options);
}
