/** The most credits that may be spent; absent: no cap. */
export interface Caps {
  /** On each request. A service that has such a limit gets it too: `ProviderRequest.maxCredits`. */
  maxCredits?: number | undefined;
  /** On all lines of a batch that are not charged yet. */
  maxTotalCredits?: number | undefined;
  /** On all requests of the last 24 hours. */
  maxCreditsPerDay?: number | undefined;
}

/** Whether a price has to be known before a submit. */
export function isCapped(caps: Caps): boolean {
  return Object.values(caps).some((cap) => cap !== undefined);
}
