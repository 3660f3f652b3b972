import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from '../../../scripts/src/cli/batch/line-text.ts';

const LONG = 'A'.repeat(70_000);
const parsed = (text: string) => parseJson(Buffer.from(text));

it('long texts, made from their own bytes, are what JSON.parse makes of the line', () => {
  for (const text of [
    LONG,
    `é${LONG}`,
    `${LONG}\n"\\`,
    `\\${LONG}`,
    `${LONG}\\`,
    `"${LONG}`,
    `\uFEFF${LONG}`,
  ]) {
    const value = { payload: { image: text, [text]: [text, 'short', text], n: 1 }, name: 'x' };
    expect(parsed(JSON.stringify(value))).toEqual(value);
    expect(parsed(`\uFEFF${JSON.stringify(value, null, 1)}\r`)).toEqual(value);
  }
});

it('any JSON beside a long text is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const text = `{"a":${json},"image":"${LONG}","b":${json}}`;
      expect(parsed(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 50 },
  );
});

it('what is wrong beside a long text is refused as in a short line, at its place in the whole', () => {
  const broken = `{"image":"${LONG}","x":}`;
  let plain: unknown;
  try {
    JSON.parse(broken);
  } catch (error) {
    plain = error;
  }
  expect(() => parsed(broken)).toThrow(plain as SyntaxError);
  expect(() => parsed(`{"image":"${LONG}\n"}`)).toThrow(SyntaxError);
  expect(() => parsed(`{"image":"${LONG}`)).toThrow(SyntaxError);
  expect(() => parsed(`{"image":"${LONG}","image":1}`)).toThrow('image stands there twice');
  expect(() => parseJson(Buffer.from(`{"image":"${LONG}\u00ff"}`, 'latin1'))).toThrow(TypeError);
});
