import { dayOf, two } from '../../model/clock.ts';
import { plain } from '../../model/text.ts';

/** A span of time from the beginning of a local day until now. */
export interface Since {
  /** Milliseconds since the epoch: the first moment of that day. */
  from: number;
  /** The day, as YYYY-MM-DD. */
  day: string;
  /** The zone of the day: its name and its offset at that moment, as in `Europe/Berlin (UTC+01:00)`. */
  timeZone: string;
}

const MOST_DAYS = 3_650;
const OLDEST_YEAR = 2000;

export const SINCE_EXPECTED = `today, a number of days such as 7d (at most ${MOST_DAYS}d; today is one of them), or a date such as 2026-11-20, not in the future`;

/**
 * `today`, a number of days (`7d`: today and the six days before), or a date, in the time zone of this machine; undefined
 * for anything else, and for a day that does not exist or is in the future.
 */
export function parseSince(text: string, now: number): Since | undefined {
  const today = new Date(now);
  if (text === 'today') return localDay(today.getFullYear(), today.getMonth(), today.getDate());
  const days = /^([1-9]\d{0,3})d$/.exec(text)?.[1];
  if (days !== undefined) {
    if (Number(days) > MOST_DAYS) return undefined;
    // By the calendar, not by 24 hours: a day on which clocks are changed has 23 or 25 of them.
    return localDay(today.getFullYear(), today.getMonth(), today.getDate() - Number(days) + 1);
  }
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || year < OLDEST_YEAR) return undefined;
  const since = localDay(year, month! - 1, date!);
  return since.day === text && since.from <= now ? since : undefined;
}

/** Returns a local day. Where midnight is skipped, it begins at the first moment after it; where there are two, at the first. */
const localDay = (year: number, month: number, date: number): Since =>
  sinceAt(new Date(year, month, date).getTime());

/** Returns a moment with its day and time zone on this machine. */
export function sinceAt(from: number): Since {
  return { from, day: dayOf(from), timeZone: zoneAt(new Date(from)) };
}

function zoneAt(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const offset = `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  const name = plain(new Intl.DateTimeFormat().resolvedOptions().timeZone ?? '', 60);
  return name === '' ? offset : `${name} (${offset})`;
}
