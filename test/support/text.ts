import fc from 'fast-check';

/** How many code points are halves of surrogate pairs, which are no characters, and the first of them. */
const HALVES = 0x800;
const FIRST_HALF = 0xd800;

/**
 * Any character of Unicode: what fast-check calls the unit "binary", the table of which takes a second of each process that
 * uses it.
 */
export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - HALVES }).map(
  (n) => String.fromCodePoint(n < FIRST_HALF ? n : n + HALVES),
  // Tells fast-check how to write the words that it tries first.
  (text) => {
    const point = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (point === undefined || String.fromCodePoint(point) !== text) throw new Error('no character');
    return point < FIRST_HALF ? point : point - HALVES;
  },
);
