import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DuplicateName, parseStrict } from '../../scripts/src/model/strict-json.ts';

const pathIn = (text: string): string | null => {
  try {
    parseStrict(text);
    return null;
  } catch (error) {
    if (error instanceof DuplicateName) return error.path;
    throw error;
  }
};

it('fault 31: an object with a name twice is named by its path, however the name is written', () => {
  expect(pathIn('{"prompt":"a","prompt":"b"}')).toBe('prompt');
  expect(pathIn('{"prompt":"a","pro\\u006dpt" : "b"}')).toBe('prompt');
  expect(pathIn('{"payload":{"a":[{"b":1},{"b":1,"c":2,"b":3}]}}')).toBe('payload.a.b');
  expect(pathIn('{"__proto__":1,"__proto__":2}')).toBe('__proto__');
  expect(pathIn('{"":1,"":2}')).toBe('');
});

it('texts that look like names, and equal names of different objects, are none', () => {
  expect(pathIn('{"a":"\\"a\\":1,{","b":{"a":1},"c":[{"a":1},{"a":"a"}],"d":"a\\\\"}')).toBeNull();
  expect(pathIn(`{"a":"${'\\"'.repeat(2_000_000)}","b":1}`)).toBeNull();
  expect(() => parseStrict('{"a":1,}')).toThrow(SyntaxError);
});

it('what JSON.stringify writes passes, and is the same value; a repeated field is found anywhere', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseStrict(text)).toEqual(JSON.parse(text));
      expect(pathIn(`[${text},{"x":${text},"x":0}]`)).toBe('x');
    }),
  );
});
