import { expect, it } from 'vitest';
import { readDurations } from '../../scripts/src/contracts/durations.ts';
import type { Json } from '../../scripts/src/model/json.ts';

const GOOD = { seconds: [158.8, 390], runs: 5, asOf: '2026-09-17' };

it('x-durations: the shortest, the longest, the number of runs and the day', () => {
  expect(readDurations(GOOD)).toEqual(GOOD);
});

it.each<[string, Json]>([
  ['must be a mapping', [1, 2]],
  ['"min" is not understood', { ...GOOD, min: 1 }],
  ['x-durations.seconds', { ...GOOD, seconds: [390, 158] }],
  ['x-durations.seconds', { ...GOOD, seconds: [0, 158] }],
  ['x-durations.seconds', { ...GOOD, seconds: ['1', 2] }],
  ['x-durations.seconds', { ...GOOD, seconds: [1, 2, 3] }],
  ['x-durations.runs', { ...GOOD, runs: 0 }],
  ['x-durations.runs', { ...GOOD, runs: 1.5 }],
  ['x-durations.asOf', { ...GOOD, asOf: 'September 2026' }],
])('x-durations that cannot be used name what is wrong: %s', (words, value) => {
  expect(() => readDurations(value)).toThrow(words);
});
