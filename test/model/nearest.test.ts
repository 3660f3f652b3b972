import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../scripts/src/model/nearest.ts';

const FLAGS = ['--model', '--payload', '--action', '--taskId', '--wait', '--download', '--maxCredits'];

describe('nearest', () => {
  it.each([
    ['--modle', '--model'],
    ['--task-id', '--taskId'],
    ['--taskid', '--taskId'],
    ['--max-credits', '--maxCredits'],
    ['--waitSeconds', '--wait'],
    ['--down', '--download'],
    ['payload', '--payload'],
  ])('%s: %s', (wrong, right) => expect(nearest(wrong, FLAGS)).toBe(right));

  it.each(['', '--', '--verbose', 'x', 'completely different', '\u0000', 'x'.repeat(1_000_000)])(
    'nothing near %j',
    (word) => expect(nearest(word, FLAGS)).toBeUndefined(),
  );

  it('a word of the list is nearest to itself, before one that differs in case', () => {
    expect(nearest('T2V', ['t2v', 'T2V'])).toBe('T2V');
    expect(nearest('b', ['a', 'b'])).toBe('b');
    expect(nearest('a', ['b', 'c'])).toBeUndefined();
  });

  it('is always one of the candidates; a single slip in a long word is found', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (word, candidates) => {
        const found = nearest(word, candidates);
        if (found !== undefined) expect(candidates).toContain(found);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...FLAGS), fc.nat(30), fc.constantFrom('', 'q', 'z'), (flag, at, put) => {
        const place = 2 + (at % (flag.length - 2));
        expect(nearest(flag.slice(0, place) + put + flag.slice(place + 1), FLAGS)).toBe(flag);
      }),
    );
  });
});

describe('the edit distance', () => {
  it.each([
    ['', '', 0],
    ['a', '', 1],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('%s, %s: %s', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  it('is symmetric, and 0 for the same word only', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
