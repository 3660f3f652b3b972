import { AuthenticationError, ClientError, InsufficientCreditsError, RateLimitError } from '#client';
import { latestTask } from '../generations/polling.ts';
import type { Work, WorkService } from './step.ts';

// Asking a service that is away costs it nothing: it is found within this time after it is back.
const LONGEST_AWAY_SECONDS = 15;
/** Credits come from a person. Until then a few submits ask now and then whether there are some: a refusal costs nothing. */
export const NO_CREDITS_SECONDS = 300;

/**
 * Tells all workers what an error says about the service itself.
 * @returns whether it does: the request that met it is as good as not sent
 */
export async function holdBack(
  work: Pick<Work, 'database' | 'log'>,
  service: WorkService,
  error: unknown,
): Promise<boolean> {
  const { log } = work;
  const { provider, limiter } = service;
  if (error instanceof AuthenticationError) {
    const isValid = await isKeyValid(work, service);
    if (isValid) {
      log.warn({ provider, err: error }, 'the service rejects one request, and not the key');
      return false;
    }
    if (isValid === null) {
      await limiter.pause(null, LONGEST_AWAY_SECONDS);
      return true;
    }
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

/**
 * Asks by one harmless read whether the key is valid: a gateway may refuse a single request with the same words.
 * @returns null where that cannot be known now; false also where there is nothing to read
 */
async function isKeyValid(
  { database }: Pick<Work, 'database'>,
  { account, can, client, limiter }: WorkService,
): Promise<boolean | null> {
  if (!(await limiter.acquire())) return null;
  try {
    if (can.list) await client.list();
    else {
      const taskId = await latestTask(database, account);
      if (taskId === null) return false;
      await client.task(taskId);
    }
    return true;
  } catch (error) {
    return error instanceof ClientError && error.transient ? null : false;
  }
}

/** Holds submits back where the account has too few credits. Running tasks are polled as ever. @returns whether it has */
export async function holdSubmits(
  { log }: Pick<Work, 'log'>,
  { provider, limiter }: WorkService,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof InsufficientCreditsError)) return false;
  log.error({ provider, err: error }, 'the account has too few credits: what is queued waits');
  await limiter.pauseSubmits(NO_CREDITS_SECONDS);
  return true;
}
