import type { Failure } from '../model/failure.ts';

interface Pauses {
  /** Milliseconds before the first retry; doubled for each further one. */
  baseMs: number;
  /** The longest pause in milliseconds, unless the service asks for more. */
  capMs: number;
}

export const RETRY_PAUSES: Pauses = { baseMs: 500, capMs: 8_000 };

/** The sum of all pauses of a call that has no wait of its own, in milliseconds: agents' tools have short time limits. */
export const PAUSE_BUDGET_MS = 30_000;

// A larger `Retry-After` is a mistake or an attack.
const LONGEST_RETRY_AFTER_S = 86_400;

const TRANSIENT_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);

/** The status says "later". */
export function isTransientStatus(status: number): boolean {
  return TRANSIENT_STATUS.has(status) || status >= 500;
}

/** Returns the backoff after the n-th failure in a row, in milliseconds. The caller decides when to give up. */
export function pauseAfter(
  failure: Failure,
  attempt: number,
  { baseMs, capMs }: Pauses,
  random: () => number,
): number {
  const backoff = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30)) * (0.5 + random() / 2);
  const asked = failure.details.retryAfter;
  // `Retry-After` is the minimum. Jitter is added to it, so that many clients do not return at the same instant.
  return asked === undefined || asked <= 0 ? backoff : asked * 1000 + random() * Math.min(1000, asked * 100);
}

// So long all processes pause after a rejection for the rate that names no time.
const UNTIMED_PAUSE_MS = 5_000;

/** In milliseconds. */
export function pauseOfAll({ details }: Failure): number {
  return (details.retryAfter ?? 0) * 1_000 || UNTIMED_PAUSE_MS;
}

// A server that is down cannot know how long that lasts; a server's rate limit can.
const LONGEST_OUTAGE_S = 60;

/** Returns a failed poll's failure with `Retry-After` limited to 60 s, except for a rate limit. */
export function heeded(failure: Failure): Failure {
  const { retryAfter } = failure.details;
  if (failure.code === 'RATE_LIMITED' || retryAfter === undefined) return failure;
  return failure.with({ retryAfter: Math.min(retryAfter, LONGEST_OUTAGE_S) });
}

/** In whole seconds, of seconds or an HTTP date (RFC 9110, 10.2.3): 0 if it is past, a day at most. @param nowMs by the wall clock */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text), LONGEST_RETRY_AFTER_S);
  // Date.parse makes a date of almost any text with a number in it.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  // The oldest of the three forms names no zone and means GMT; Date.parse would take it for local time.
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(0, Math.ceil((at - nowMs) / 1000)), LONGEST_RETRY_AFTER_S);
}
