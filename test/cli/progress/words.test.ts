import { expect, it } from 'vitest';
import { sums } from '../../../scripts/src/cli/progress/words.ts';

it.each([
  [{ creditsNow: 0 }, '5 of 5 done, 75 credits, 0 now'],
  [{ creditsNow: 30 }, '5 of 5 done, 75 credits, 30 now'],
  [{ creditsNow: 75 }, '5 of 5 done, 75 credits'],
  [{}, '5 of 5 done, 75 credits'],
])('the sums tell what this run charged from what earlier runs were charged: %j', (now, text) => {
  expect(sums({ total: 5, done: 5, failed: 0, running: 0, credits: 75, ...now })).toBe(text);
});
