import { AuthenticationError, ClientError, RateLimitError } from '#client';
import type { Work, WorkService } from './step.ts';

// Asking a service that is away costs it nothing: it is found within this time after it is back.
const LONGEST_AWAY_SECONDS = 15;

/**
 * Tells all workers what an error says about the service itself.
 * @returns whether it does: the request that met it is as good as not sent
 */
export async function holdBack(
  { log }: Pick<Work, 'log'>,
  service: WorkService,
  error: unknown,
): Promise<boolean> {
  const { provider, limiter } = service;
  if (error instanceof AuthenticationError) {
    log.error(
      { provider, err: error },
      `the key is not valid: everything is held until \`npm run admin -- resume ${provider}\``,
    );
    await limiter.stop(error.message);
    return true;
  }
  if (error instanceof RateLimitError) {
    log.warn({ provider, retryAfter: error.retryAfter }, 'the service asks to wait');
    await limiter.pause(error.retryAfter);
    return true;
  }
  // No connection: the service is away for everybody.
  if (error instanceof ClientError && error.outcome === 'rejected' && error.transient) {
    log.warn({ provider, err: error }, 'the service cannot be reached');
    await limiter.pause(error.retryAfter, LONGEST_AWAY_SECONDS);
    return true;
  }
  return false;
}
