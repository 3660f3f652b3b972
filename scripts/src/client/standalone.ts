import { fileKind, SIGNATURE_BYTES } from '../download/signature.ts';
import type { Sandbox, SandboxOptions, Signatures } from './types.ts';

/**
 * Returns a name resolver that gives public addresses only, for connections to addresses that users name: the option
 * `lookup` of `https.request`. The connection goes to the address that was checked.
 */
export async function publicLookup(): Promise<import('node:net').LookupFunction> {
  return (await import('../http/public-lookup.ts')).publicLookup();
}

/** Starts a server on this machine that emulates both services: for tests and demonstrations, without cost. It is loaded when this is called. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return (await import('../sandbox/server.ts')).startSandbox(options);
}

export const signatures: Signatures = {
  bytes: SIGNATURE_BYTES,
  kindOf: (head, contentType = '') => fileKind(head, contentType),
};
