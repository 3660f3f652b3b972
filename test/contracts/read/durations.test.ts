import { expect, it } from 'vitest';
import { readDurations } from '../../../scripts/src/contracts/read/durations.ts';
import type { Json } from '../../../scripts/src/model/json.ts';

const GOOD = { seconds: [158.8, 390], runs: 5, what: 'five runs', date: '2026-09-17' };

it('x-durations: for each run its seconds, what was made, and the day', () => {
  expect(readDurations([GOOD, { seconds: 210, what: 'one', date: '2026-09-10' }])).toEqual([
    GOOD,
    { seconds: [210, 210], runs: 1, what: 'one', date: '2026-09-10' },
  ]);
  expect(readDurations([])).toEqual([]);
});

it.each<[string, Json]>([
  ['must list recorded runs', GOOD],
  ['"min" is not understood', [{ ...GOOD, min: 1 }]],
  ['x-durations.seconds', [{ ...GOOD, seconds: [390, 158] }]],
  ['x-durations.seconds', [{ ...GOOD, seconds: [0, 158] }]],
  ['x-durations.seconds', [{ ...GOOD, seconds: ['1', 2] }]],
  ['x-durations.seconds', [{ ...GOOD, seconds: [1, 2, 3] }]],
  ['x-durations.seconds', [GOOD, 5]],
  ['x-durations.runs', [{ ...GOOD, runs: 0 }]],
  ['x-durations.runs', [{ ...GOOD, runs: 1.5 }]],
  ['x-durations.what', [{ ...GOOD, what: ' ' }]],
  ['x-durations.date', [{ ...GOOD, date: 'September 2026' }]],
])('x-durations that cannot be used name what is wrong: %s', (words, value) => {
  expect(() => readDurations(value)).toThrow(words);
});
