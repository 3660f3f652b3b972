import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Api } from '../../scripts/src/http/api.ts';
import {
  isTransientStatus,
  parseRetryAfter,
  pauseAfter,
  RETRY_PAUSES,
} from '../../scripts/src/http/retry.ts';
import { Transport } from '../../scripts/src/http/transport.ts';
import { systemClock } from '../../scripts/src/model/clock.ts';
import { Failure } from '../../scripts/src/model/failure.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const DAY = 86_400;

describe('parseRetryAfter', () => {
  it.each([
    ['absent', undefined, undefined],
    ['empty', '', undefined],
    ['blank', '   ', undefined],
    ['zero', '0', 0],
    ['seconds', '7', 7],
    ['seconds with spaces', ' 7 ', 7],
    ['leading zeros', '007', 7],
    ['a day', '86400', DAY],
    ['huge', '99999999999999999999', DAY],
    ['negative', '-5', undefined],
    ['signed', '+5', undefined],
    ['fraction', '1.5', undefined],
    ['exponent', '1e3', undefined],
    ['hexadecimal', '0x10', undefined],
    ['two headers joined', '1, 2', undefined],
    ['garbage', 'soon', undefined],
    ['garbage that Date.parse would take for a year', 'Wait 2099', undefined],
    ['garbage that begins with a weekday', 'Mondays 5', undefined],
    ['an ISO date', '2026-11-21T12:00:30Z', undefined],
    ['an HTTP date', 'Sat, 21 Nov 2026 12:00:30 GMT', 30],
    ['an HTTP date, rounded up', 'Sat, 21 Nov 2026 12:00:01 GMT', 1],
    ['the older form with a long weekday', 'Saturday, 21-Nov-26 12:00:30 GMT', 30],
    ['the form of asctime, which means GMT', 'Sat Nov 21 12:00:30 2026', 30],
    ['a date in the past', 'Fri, 20 Nov 2026 12:00:00 GMT', 0],
    ['a date in a hundred years', 'Sat, 21 Nov 2126 12:00:00 GMT', DAY],
    ['an impossible date', 'Sat, 99 Nov 2026 12:00:30 GMT', undefined],
  ])('fault 14: %s', (_, header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });

  it('reads the date forms alike in every time zone', () => {
    const zone = process.env.TZ;
    try {
      for (const tz of ['America/New_York', 'Asia/Tokyo', 'UTC']) {
        process.env.TZ = tz;
        expect(parseRetryAfter('Sat Nov 21 12:00:30 2026', NOW)).toBe(30);
        expect(parseRetryAfter('Sat, 21 Nov 2026 12:00:30 GMT', NOW)).toBe(30);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('gives a whole number of seconds within a day, or nothing, for any text', () => {
    const dates = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
    fc.assert(
      fc.property(fc.oneof(fc.string(), dates, fc.integer().map(String)), (text) => {
        const seconds = parseRetryAfter(text, NOW);
        if (seconds === undefined) return;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(DAY);
      }),
    );
  });
});

const half = () => 0.5;

function pauseBeforeRetry(failure: Failure, attempt: number, left: number, maxRetries = 3, random = half) {
  const clock = { ...systemClock, monotonic: () => 0, random };
  return new Api(new Transport(), clock, { timeoutMs: 1_000, maxRetries }).pauseFor(failure, attempt, left);
}
const transient = (retryAfter?: number) =>
  new Failure('RATE_LIMITED', 'later', { transient: true, ...(retryAfter !== undefined && { retryAfter }) });

describe('the pause before a retry', () => {
  it.each([
    ['the first repeat', transient(), 1, 60_000, 375],
    ['the second, twice as long', transient(), 2, 60_000, 750],
    ['the third', transient(), 3, 60_000, 1_500],
    ['no fourth: the retries are used up', transient(), 4, 60_000, null],
    ['a permanent failure', new Failure('AUTH_FAILED', 'no'), 1, 60_000, null],
    ['a pause longer than what is left', transient(), 1, 374, null],
    ['a pause that just fits', transient(), 1, 375, 375],
    ['nothing left', transient(), 1, 0, null],
    ['less than nothing left', transient(), 1, -1, null],
    ['Retry-After beyond what is left', transient(61), 1, 60_000, null],
    ['Retry-After of zero falls back to the usual pause', transient(0), 1, 60_000, 375],
    ['Retry-After with jitter on top', transient(4), 1, 60_000, 4_200],
    ['Retry-After with at most a second on top', transient(20), 1, 60_000, 20_500],
  ])('faults 13 and 14: %s', (_, failure, attempt, remaining, expected) => {
    expect(pauseBeforeRetry(failure, attempt, remaining)).toBe(expected);
  });

  it('fault 13: never comes back before Retry-After, nor much later, whatever chance says', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: DAY }),
        fc.integer({ min: 1, max: 50 }),
        chance,
        (asked, n, r) => {
          const pause = pauseAfter(transient(asked), n, RETRY_PAUSES, () => r);
          expect(pause).toBeGreaterThanOrEqual(asked * 1000);
          expect(pause).toBeLessThanOrEqual(asked * 1000 + 1000);
        },
      ),
    );
  });

  it('never pauses for longer than its cap, nor for less than half of its base, nor beyond what is left', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const remaining = fc.integer({ min: -10, max: 20_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), chance, remaining, (attempt, r, left) => {
        const pause = pauseAfter(transient(), attempt, RETRY_PAUSES, () => r);
        expect(pause).toBeGreaterThanOrEqual(RETRY_PAUSES.baseMs / 2);
        expect(pause).toBeLessThanOrEqual(RETRY_PAUSES.capMs);
        const inTime = pauseBeforeRetry(transient(), attempt, left, 10_000, () => r);
        if (inTime === null) expect(pause).toBeGreaterThan(left);
        else expect(inTime).toBeLessThanOrEqual(left);
      }),
    );
  });
});

it('fault 16: 408, 425, 429 and 5xx say "later", nothing else does', () => {
  const later = Array.from({ length: 500 }, (_, i) => i + 100).filter(isTransientStatus);
  expect(later).toEqual([408, 425, 429, ...Array.from({ length: 100 }, (_, i) => i + 500)]);
});
