import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseSince } from '../../../scripts/src/cli/command-line/since.ts';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});
/** Reads a span in a time zone, at a moment. */
const at = (timeZone: string, now: string, text: string) => {
  process.env.TZ = timeZone;
  return parseSince(text, Date.parse(now));
};
const iso = (since: ReturnType<typeof parseSince>) => since && new Date(since.from).toISOString();

describe('--since', () => {
  // Moments in UTC.
  it.each([
    ['Europe/Berlin', '2026-11-21T18:00', 'today', '2026-11-20T23:00', '2026-11-21', '+01:00'],
    ['America/New_York', '2026-11-21T03:00', 'today', '2026-11-20T05:00', '2026-11-20', '-05:00'],
    ['Australia/Adelaide', '2026-11-21T13:30', 'today', '2026-11-21T13:30', '2026-11-22', '+10:30'],
    ['UTC', '2026-11-21T18:00', '7d', '2026-11-15T00:00', '2026-11-15', '+00:00'],
    ['UTC', '2026-11-21T18:00', '1d', '2026-11-21T00:00', '2026-11-21', '+00:00'],
    ['UTC', '2028-03-01T00:00', '2d', '2028-02-29T00:00', '2028-02-29', '+00:00'],
    ['UTC', '2026-11-21T18:00', '2026-11-21', '2026-11-21T00:00', '2026-11-21', '+00:00'],
    // Clocks went back on the 25th: the day had 25 hours, and the week before it another offset.
    ['Europe/Berlin', '2026-10-27T12:00', '3d', '2026-10-24T22:00', '2026-10-25', '+02:00'],
    // Clocks went forward on the 29th of March: 23 hours.
    ['Europe/Berlin', '2026-03-30T12:00', '2d', '2026-03-28T23:00', '2026-03-29', '+01:00'],
    // No midnight on 2018-11-04 in Sao Paulo, and two of them in Havana on 2026-11-01.
    ['America/Sao_Paulo', '2018-11-04T15:00', 'today', '2018-11-04T03:00', '2018-11-04', '-02:00'],
    ['America/Havana', '2026-11-01T15:00', 'today', '2026-11-01T04:00', '2026-11-01', '-04:00'],
  ])('%s at %s: %s begins at %s', (timeZone, now, text, from, day, offset) => {
    const since = at(timeZone, `${now}Z`, text);
    const named = `${timeZone} (UTC${offset})`;
    expect([iso(since), since?.day, since?.timeZone]).toEqual([`${from}:00.000Z`, day, named]);
  });

  it.each([
    ...['', 'yesterday', 'Today', '7', '7D', '0d', '-7d', '07d', '1.5d', '3651d', '99999d', '7days'],
    ...['week', '2026-02-30', '2026-13-01', '2026-00-10', '2026-1-1', '26-11-21', '20261121'],
    ...['2026-11-22', '1999-12-31', '2026-11-21T10:00', '2026-11-21 ', 'NaN', 'Infinityd', '٧d'],
  ])('%j is refused', (text) => {
    expect(at('UTC', '2026-11-21T18:00:00Z', text)).toBeUndefined();
  });

  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/Sao_Paulo',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'America/Havana',
  );
  const moments = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2035, 0) });
  it('n days reach from the first moment of a day to now; one more day is earlier, and its date says the same', () => {
    fc.assert(
      fc.property(zones, moments, fc.integer({ min: 1, max: 400 }), (timeZone, now, days) => {
        process.env.TZ = timeZone;
        const since = parseSince(`${days}d`, now)!;
        expect(since.from).toBeLessThanOrEqual(now);
        expect(now - since.from).toBeGreaterThan((days - 1) * 24 * 3_600_000 - 26 * 3_600_000);
        expect(now - since.from).toBeLessThan(days * 24 * 3_600_000 + 26 * 3_600_000);
        expect(parseSince(`${days + 1}d`, now)!.from).toBeLessThan(since.from);
        expect(new Date(since.from - 1).getDate()).not.toBe(new Date(since.from).getDate());
        if (days === 1) expect(parseSince('today', now)).toEqual(since);
        expect(parseSince(since.day, now)).toEqual(since);
      }),
    );
  });

  it('any other text is refused, never read as something', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (/^(today|[1-9]\d{0,3}d|\d{4}-\d\d-\d\d)$/.test(text)) return;
        expect(parseSince(text, Date.UTC(2026, 10, 21))).toBeUndefined();
      }),
    );
  });
});
