import { describe, expect, it } from 'vitest';
import { Sums } from '../../../scripts/src/cli/progress/sums.ts';

describe('the sums of several tasks', () => {
  it('are made of the states that were noted; an unknown state changes nothing', () => {
    const sums = new Sums();
    expect(sums.now).toBeNull();
    sums.begin(3);
    expect(sums.note('a', 'COMPLETED')).toBe(true);
    expect(sums.note('a', 'COMPLETED')).toBe(false);
    expect(sums.note('b', 'CANCEL')).toBe(true);
    expect(sums.note('b', 'UNKNOWN')).toBe(false);
    expect(sums.now).toEqual({ total: 3, done: 1, failed: 0, cancelled: 1, running: 1, credits: null });
  });

  it('of a batch are those that it tells, whatever is noted of its lines', () => {
    const sums = new Sums();
    const progress = { total: 9, done: 4, failed: 0, running: 5, credits: 60 };
    sums.replace(progress);
    sums.note('a', 'FAILED');
    expect(sums.now).toEqual(progress);
  });

  it('name a hundred lines of a batch, then a hundred without a result, and no more', () => {
    const sums = new Sums();
    const linesOf = (state: 'COMPLETED' | 'FAILED') => sums.linesAbout('x ', state);
    const first = Array.from({ length: 100 }, () => linesOf('COMPLETED')).flat();
    expect(first).toHaveLength(101);
    expect(first.at(-1)).toContain('only lines without a result');
    expect(linesOf('COMPLETED')).toEqual([]);
    expect(Array.from({ length: 150 }, () => linesOf('FAILED')).flat()).toHaveLength(100);
  });
});
