import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf } from '../../src/http/hash.ts';

test('the order of fields changes nothing, at any depth', () => {
  expect(hashOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(hashOf({ b: { d: null, c: [1, 2] }, a: 1 }));
  expect(hashOf({})).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  [{ a: 1 }, { b: 1 }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: [[1], 2] }, { a: [1, [2]] }],
  [{ a: '1' }, { a: 1 }],
  [{ a: null }, {}],
  [{ a: {} }, { a: [] }],
  [{ a: 'x,"b":1' }, { a: 'x', b: 1 }],
])('%j and %j are different requests', (one, other) => {
  expect(hashOf(one)).not.toBe(hashOf(other));
});

test('equal hashes mean equal values', () => {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, inner]) => [name, sorted(inner)]),
          )
        : value;
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const isEqual = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect(hashOf(JSON.parse(JSON.stringify(one))) === hashOf(JSON.parse(JSON.stringify(other)))).toBe(
        isEqual,
      );
    }),
  );
});
