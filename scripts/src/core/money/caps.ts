import type { Budget } from '../../ports/record-store.ts';

/** The most credits that may be spent; absent: no cap. */
export interface Caps {
  /** On each request. A service that has such a limit gets it too: `ProviderRequest.maxCredits`. */
  maxCredits?: number | undefined;
  /** On all lines of a batch that are not charged yet. */
  maxTotalCredits?: number | undefined;
  /** On all requests of the last 24 hours. */
  maxCreditsPerDay?: number | undefined;
}

const DAY_MS = 24 * 3600_000;

/**
 * Returns what the records of a period may say in all, with a charge that is to be recorded; null where there is no such cap.
 * @param credits null = not known
 */
export function budgetOf({ maxCreditsPerDay: limit }: Caps, credits: number | null): Budget | null {
  return limit === undefined || credits === null ? null : { windowMs: DAY_MS, limit, credits };
}

/** Whether a price has to be known before a submit. */
export function isCapped(caps: Caps): boolean {
  return Object.values(caps).some((cap) => cap !== undefined);
}
