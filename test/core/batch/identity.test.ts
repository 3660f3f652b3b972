import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Content, ordinalsOf } from '../../../scripts/src/core/batch/identity.ts';
import { requestName } from '../../../scripts/src/model/fingerprint.ts';

const content: fc.Arbitrary<Content> = fc.record({
  model: fc.constantFrom('t2v', 'i2v'),
  payloadHash: fc.constantFrom('aa', 'bb', 'cc', 'dd'),
});
const contents = fc.array(content, { maxLength: 12 });

/** The requests of lines, as a bag: how often there is each. */
function requestsOf(lines: readonly Content[]): string[] {
  const account = { provider: 'p', service: 's', account: 'a', idempotencyKey: undefined };
  const ordinals = ordinalsOf(lines);
  return lines.map((line, n) => requestName({ ...account, ...line, ordinal: ordinals[n]! })).sort();
}

const without = (all: readonly string[], some: readonly string[]) => all.filter((one) => !some.includes(one));

describe('the requests of a batch', () => {
  it('are as many as its lines, and the first of equal lines is the request of a single command', () => {
    fc.assert(
      fc.property(contents, (lines) => {
        expect(new Set(requestsOf(lines)).size).toBe(lines.length);
        const account = { provider: 'p', service: 's', account: 'a', idempotencyKey: undefined };
        for (const line of lines) expect(requestsOf(lines)).toContain(requestName({ ...account, ...line }));
      }),
    );
  });

  it('fault 77: stay, with one more, when a line is inserted anywhere', () => {
    fc.assert(
      fc.property(contents, content, fc.nat(), (lines, line, at) => {
        const index = at % (lines.length + 1);
        const after = requestsOf(lines.toSpliced(index, 0, line));
        expect(without(requestsOf(lines), after)).toEqual([]);
        expect(without(after, requestsOf(lines))).toHaveLength(1);
      }),
    );
  });

  it('fault 77: stay, without one, when a line is removed; and stay when lines are moved', () => {
    fc.assert(
      fc.property(
        fc.array(content, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        fc.infiniteStream(fc.nat()),
        (lines, at, random) => {
          const index = at % lines.length;
          const after = requestsOf(lines.toSpliced(index, 1));
          expect(without(after, requestsOf(lines))).toEqual([]);
          expect(without(requestsOf(lines), after)).toHaveLength(1);
          const moved = [...lines].sort(() => (Number(random.next().value) % 3) - 1);
          expect(requestsOf(moved)).toEqual(requestsOf(lines));
        },
      ),
    );
  });
});
