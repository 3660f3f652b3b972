import type { Arguments } from './arguments.ts';
import { refused } from './issue.ts';

/**
 * Checks the interval once it is known where the service runs: only a server on this machine may be asked more often
 * than each second.
 * @throws Failure INVALID_PAYLOAD
 */
export function checkInterval({ pollInterval }: Arguments, loopback: boolean): void {
  if (pollInterval === undefined || loopback || (Number.isInteger(pollInterval) && pollInterval >= 1)) return;
  throw refused(
    '--pollInterval',
    'whole seconds from 1 to 60 (fractions only for a server on this machine)',
    String(pollInterval),
    `write --pollInterval ${Math.max(1, Math.ceil(pollInterval))}`,
  );
}
