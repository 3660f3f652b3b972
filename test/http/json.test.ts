import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExcessive, JsonBody, parseBody } from '../../scripts/src/http/json.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { anyCharacter } from '../support/text.ts';

describe('isExcessive', () => {
  /** Values, and names of values, in what was parsed, as far as brackets, commas and colons show them. */
  const marks = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const inner = Object.values(value);
    const own = 1 + Math.max(0, inner.length - 1) + (Array.isArray(value) ? 0 : inner.length);
    return inner.reduce((sum: number, item) => sum + marks(item), own);
  };

  it('fault 31: counts what JSON.parse would make, whatever the strings hold', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        const text = ` \n${JSON.stringify(value)}`;
        const count = marks(JSON.parse(text));
        expect(isExcessive(Buffer.from(text), count)).toBe(false);
        expect(isExcessive(Buffer.from(text), count - 1)).toBe(true);
        expect(isExcessive(Buffer.from(`\ufeff${JSON.stringify(value, null, 2)}`), count - 1)).toBe(true);
      }),
    );
  });

  it('fault 31: knows brackets, quotes and backslashes in strings for what they are', () => {
    expect(isExcessive(Buffer.from(JSON.stringify({ a: '{[,:"\\"\\\\' })), 2)).toBe(false);
    expect(isExcessive(Buffer.from('["\\\\",{}]'), 2)).toBe(true);
    expect(isExcessive(Buffer.from('["\\"],{}]'), 2)).toBe(false);
  });

  it('fault 31: refuses what is nested deeper than any answer', () => {
    const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(isExcessive(nested(64), 1_000)).toBe(false);
    expect(isExcessive(nested(65), 1_000)).toBe(true);
  });

  it('fault 8: leaves alone what cannot be JSON: its status says more', () => {
    expect(isExcessive(Buffer.from(`<html>${'{a:1,}'.repeat(9_000)}`), 10)).toBe(false);
    for (const empty of ['', ' ', '"x"', '7']) expect(isExcessive(Buffer.from(empty), 0)).toBe(false);
  });
});

describe('parseBody', () => {
  it.each<[string, Buffer | string, unknown]>([
    ['an object', '{"a":1}', { a: 1 }],
    ['white space around it', ' \n{"a":1}\n', { a: 1 }],
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['a bare value', '"x"', 'x'],
    ['null', 'null', null],
    ['doubled keys, of which the last counts', '{"a":1,"a":2}', { a: 2 }],
    ['nothing', '', undefined],
    ['a byte order mark alone', '\ufeff', undefined],
    ['a cut object', '{"taskId":"abc', undefined],
    ['two objects', '{}{}', undefined],
    ['a page', '<html>502 Bad Gateway</html>', undefined],
    ['compressed bytes', gzipSync('{"a":1}'), undefined],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), undefined],
    ['NaN', '{"a":NaN}', undefined],
  ])('fault 25: %s', (_, body, expected) => {
    expect(parseBody(Buffer.from(body as string))).toEqual(expected);
  });

  it('fault 31: takes any depth, and makes no prototype of __proto__', () => {
    const depth = 100_000;
    expect(parseBody(Buffer.from('['.repeat(depth) + ']'.repeat(depth)))).toBeInstanceOf(Array);
    const parsed = parseBody(Buffer.from('{"__proto__":{"polluted":true}}')) as JsonObject;
    expect(Object.keys(parsed)).toEqual(['__proto__']);
    expect(parsed.polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseBody(Buffer.from(bytes))));
  });
});

describe('JsonBody', () => {
  const textOf = (body: JsonBody) => Buffer.concat([...body]);

  it('is what JSON.stringify writes, with its length in bytes, each time it is read', () => {
    const values = fc.dictionary(
      fc.string({ unit: anyCharacter }),
      fc.jsonValue({ stringUnit: anyCharacter, maxDepth: 2 }),
      { maxKeys: 4 },
    );
    fc.assert(
      fc.property(values, (value) => {
        const body = new JsonBody(value as JsonObject);
        const expected = Buffer.from(JSON.stringify(value));
        expect(textOf(body)).toEqual(expected);
        expect(textOf(body)).toEqual(expected);
        expect(body.length).toBe(expected.length);
      }),
    );
  });

  it.each([
    ['base64', 'A'.repeat(700_000)],
    ['a quote at its end', `${'A'.repeat(700_000)}"`],
    ['a backslash at its beginning', `\\${'A'.repeat(700_000)}`],
    ['a letter of two bytes', `${'A'.repeat(700_000)}é`],
    ['a lone surrogate', `${'A'.repeat(700_000)}\ud800`],
  ])('writes a long text with %s right', (_, text) => {
    const value = { before: [1, text, 'x'], text, after: { deep: text, nothing: null, empty: [], none: {} } };
    const body = new JsonBody(value);
    const expected = Buffer.from(JSON.stringify(value));
    expect(textOf(body).equals(expected)).toBe(true);
    expect(body.length).toBe(expected.length);
  });
});
