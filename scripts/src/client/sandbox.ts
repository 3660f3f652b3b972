import { SANDBOX_KEY } from '../model/service-address.ts';
import type { Sandbox, SandboxOptions } from './types.ts';

// Any key works; this is the one of the command line's sandbox runs.

/** Starts a server on this machine that emulates both services: for tests and demonstrations, without cost. It is loaded when this is called. */
export async function startSandbox({ folder = null, ...options }: SandboxOptions = {}): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/server.ts');
  const sandbox = await startSandbox({ folder, ...options });
  return {
    origin: sandbox.origin,
    key: SANDBOX_KEY,
    get warning() {
      return sandbox.warning;
    },
    close: () => sandbox.close(),
  };
}
