import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonBody, parseBody } from '../../scripts/src/http/json.ts';
import type { JsonObject } from '../../scripts/src/types/json.ts';

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
      fc.string({ unit: 'binary' }),
      fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }),
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
