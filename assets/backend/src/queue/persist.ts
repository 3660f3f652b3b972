import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isRefused } from '../database/index.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Writes what a service has answered, and retries it until the database is back: the service will not say it again.
 * @param facts what the log says of it if the write fails, so that a person can write it by hand
 * @throws what the database itself refuses
 */
export async function persist<T>(
  log: Logger,
  facts: { [name: string]: unknown },
  write: () => Promise<T>,
): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      log.error({ ...facts, err: error }, 'an answer of the service is not written yet');
      if (isRefused(error)) throw error;
      await sleep(pause);
    }
  }
}
