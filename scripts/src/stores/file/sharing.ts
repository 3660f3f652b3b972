import path from 'node:path';
import { distrustOf } from '../../disk/trusted-folder.ts';
import type { RateLimit } from '../../http/rate-limit.ts';
import type { Clock } from '../../model/clock.ts';
import { sha256Text } from '../../model/fingerprint.ts';
import type { Sharing } from '../../ports/sharing.ts';
import { FileRateLimiter } from './rate-limiter.ts';
import { FileStatusCache } from './status-cache.ts';

interface SharingOptions {
  /** Absolute. */
  folder: string;
  service: string;
  account: string;
  limit: RateLimit;
  clock: Clock;
}

/** Returns the limiter and the status cache of a service and key in a folder; null where other users could write there. */
export function sharingIn({ folder, service, account, limit, clock }: SharingOptions): Sharing | null {
  try {
    if (distrustOf(folder)) return null;
  } catch {
    // A path that cannot be inspected cannot be written either.
  }
  const key = folderName(service, account);
  // A service that counts by address counts the queries of all keys together.
  const counted = limit.per === 'address' ? folderName(service) : key;
  return {
    limiter: new FileRateLimiter(path.join(folder, 'rate-limit', counted), limit, clock),
    statuses: new FileStatusCache(path.join(folder, 'status', key), clock),
  };
}

function folderName(...parts: string[]): string {
  return sha256Text(parts.join('\n')).slice(0, 16);
}
