import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalBefore, pollSchedule } from '../../scripts/src/core/poll-schedule.ts';

const half = () => 0.5;

describe('intervalBefore', () => {
  const schedule = pollSchedule(2_000);

  it('begins with 2 s and grows to its cap', () => {
    const pauses = Array.from({ length: 12 }, (_, n) => intervalBefore(n, schedule, half));
    expect(pauses[0]).toBe(2_000);
    for (const [n, pause] of pauses.entries())
      if (n > 0) expect(pause).toBeGreaterThanOrEqual(pauses[n - 1]!);
    expect(pauses.at(-1)).toBe(schedule.capMs);
  });

  it('never waits for more than 5 s, and polls at most 15 times in a minute once the interval has its full length', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), chance, (n, r) => {
        const pause = intervalBefore(n, schedule, () => r);
        expect(pause).toBeLessThanOrEqual(5_000);
        expect(pause).toBeGreaterThanOrEqual(1_800);
        if (n > 10) expect(60_000 / pause).toBeLessThanOrEqual(15);
      }),
    );
  });

  it('jitters both ways', () => {
    expect(intervalBefore(5, schedule, () => 0)).toBeLessThan(intervalBefore(5, schedule, half));
    expect(intervalBefore(5, schedule, () => 0.999)).toBeGreaterThan(intervalBefore(5, schedule, half));
  });

  it('keeps to a slower first pause than its cap', () => {
    expect(intervalBefore(50, pollSchedule(20_000), half)).toBe(20_000);
  });
});
