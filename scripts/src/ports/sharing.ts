import type { RateLimiter } from './rate-limiter.ts';
import type { StatusCache } from './status-cache.ts';

/** What the processes of one machine share about one service and key. */
export interface Sharing {
  limiter: RateLimiter;
  statuses: StatusCache;
}
