import fc from 'fast-check';
import { anyCharacter } from './text.ts';

/** A JSON value before it is written: objects are lists of entries, so that one can have a property called __proto__. */
export type Written = null | boolean | number | string | Written[] | { entries: [string, Written][] };

/** Any JSON, made of these field names and of these texts among others. */
export function anyJson(fields: readonly string[], texts: readonly string[]): fc.Arbitrary<Written> {
  const leaf = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.constantFrom(...texts, '__proto__'),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const names = fc.constantFrom(...fields, '__proto__', 'constructor', 'prototype', 'toString');
  const { json } = fc.letrec<{ json: Written; object: Written }>((tie) => ({
    json: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('json'), { maxLength: 4 }), tie('object')),
    object: fc.array(fc.tuple(names, tie('json')), { maxLength: 8 }).map((entries) => ({ entries })),
  }));
  return json;
}

/** Written by hand: an object literal cannot hold a property of its own called __proto__. */
export function write(value: Written): string {
  if (Array.isArray(value)) return `[${value.map(write).join()}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${value.entries.map(([name, inner]) => `${JSON.stringify(name)}:${write(inner)}`).join()}}`;
  }
  return JSON.stringify(value);
}
