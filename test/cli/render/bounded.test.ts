import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisedFailure } from '../../../scripts/src/cli/advised-failure.ts';
import { boundedJson } from '../../../scripts/src/cli/render/bounded.ts';
import { failed, success } from '../../../scripts/src/cli/render/envelope.ts';
import type { Json, JsonObject } from '../../../scripts/src/model/json.ts';
import { plain, quoted, redact } from '../../../scripts/src/model/text.ts';
import { anyCharacter } from '../../support/text.ts';

const LIMIT = 64 * 1024 - 1;
const SECRET = 'ak_canary_7d1f0c55e2b94a';
const KEYS = ['ok', 'status', 'taskId', 'data', 'errorCode', 'errorMessage', 'retryAfter'];

const document = (data: JsonObject): Json =>
  ({ ...success('PROGRESS', 'ck1', data, 0).envelope }) as unknown as Json;
const bounded = (data: JsonObject, indent?: number) => {
  const text = boundedJson(document(data), LIMIT, [SECRET], indent);
  return { text, data: (JSON.parse(text) as { data: JsonObject }).data };
};

const hostileText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    SECRET,
    `x${SECRET}x`,
    '__proto__',
    'toString',
    '\u0000'.repeat(30_000),
    '…',
    '\ud800',
    '\u001b[31m',
  ),
  fc
    .integer({ min: 1, max: 70_000 })
    .map((length) => `data:image/png;base64,${'iVBORw0KGgo'.repeat(length / 11 + 12)}`),
  fc
    .tuple(fc.nat(6_000), fc.nat(6_000))
    .map(([before, after]) => `${'x'.repeat(before)}${SECRET}${'é'.repeat(after)}`),
);
const hostile = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    hostileText,
    fc.double() as fc.Arbitrary<number>,
    fc.constantFrom(null, true, -0, 1e308),
    fc.array(tie('value'), { maxLength: 12 }),
    fc.dictionary(hostileText, tie('value'), { maxKeys: 12 }),
  ) as fc.Arbitrary<Json>,
})).value;

describe('B6: whatever is in an envelope', () => {
  it('it is JSON, within the limit, without the key, with exactly the seven keys', () => {
    fc.assert(
      fc.property(
        fc.dictionary(hostileText, hostile, { maxKeys: 40 }),
        fc.constantFrom(undefined, 2),
        (data, indent) => {
          const text = boundedJson(document(data), LIMIT, [SECRET], indent);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMIT);
          expect(Object.keys(JSON.parse(text) as object)).toEqual(KEYS);
          expect(text).not.toContain(SECRET);
          expect(text).not.toMatch(/data:image\/png;base64,[A-Za-z0-9+/]{60}/);
          expect(text).not.toMatch(
            indent ? /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/ : /[\u0000-\u001f\u007f-\u009f]/,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('it is within the limit for what is made to fill it', () => {
    const wide = (depth: number, width: number, leaf: Json): Json =>
      depth === 0
        ? leaf
        : Object.fromEntries(
            Array.from({ length: width }, (_, i) => [
              `${i}${'\u0001'.repeat(500)}`,
              wide(depth - 1, width, leaf),
            ]),
          );
    for (const [depth, width, leaf] of [
      [3, 20, '\u0001'.repeat(5_000)],
      [1, 10_000, 'x'],
      [2, 100, '\ud83d'.repeat(4_096)],
      [5, 6, '\u2028'.repeat(300)],
    ] as const) {
      for (const data of [
        wide(depth, width, leaf),
        { nextSteps: wide(depth, width, leaf), issues: wide(depth, width, leaf) },
      ]) {
        const { text } = bounded(data as JsonObject, 2);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMIT);
        expect(Object.keys(JSON.parse(text) as object)).toEqual(KEYS);
      }
    }
  });

  it('what fits is left as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = boundedJson(document({ value: value as Json }), LIMIT, []);
        expect((JSON.parse(text) as { data: Json }).data).toEqual(JSON.parse(JSON.stringify({ value })));
      }),
    );
  });
});

describe('cuts', () => {
  it('marks what it cut, where it cut it', () => {
    const { data } = bounded({ text: 'x'.repeat(10_000), list: Array.from({ length: 300 }, (_, i) => i) });
    expect(data.text).toBe(`${'x'.repeat(4096)}… [cut: 10000 characters]`);
    expect((data.list as Json[]).at(-1)).toBe('[cut: 100 more items]');
    let deep: Json = 'end';
    for (let i = 0; i < 40; i += 1) deep = { deep };
    expect(bounded({ deep }).text).toContain('[cut: nested too deep]');
  });

  it('never keeps more of a data URI than its beginning', () => {
    const uri = `data:image/png;base64,${'A'.repeat(20_000_000)}`;
    const { data, text } = bounded({ input: { image: uri, spaced: `  ${uri}` } });
    expect((data.input as JsonObject).image).toBe(`${uri.slice(0, 48)}… [cut: ${uri.length} characters]`);
    expect(text.length).toBeLessThan(500);
  });

  it('keeps what has to be acted on when everything else must go', () => {
    const nextSteps = ['node scripts/run-workflow.mjs --action waitTask --taskId ck1', 'x'.repeat(900)];
    const filler = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [
        `field${i}`,
        Array.from({ length: 30 }, () => 'y'.repeat(3_000)),
      ]),
    );
    const { data } = bounded({ ...filler, nextSteps });
    expect(data.nextSteps).toEqual(nextSteps);
    expect(data['[cut]']).toMatch(/more fields$/);
    const message = 'z'.repeat(600);
    const outcome = failed(
      new AdvisedFailure('UNKNOWN_ERROR', message, { data: filler, nextSteps }),
      null,
      null,
    );
    const parsed = JSON.parse(boundedJson({ ...outcome.envelope } as unknown as Json, LIMIT, []));
    expect(parsed).toMatchObject({ errorMessage: message, data: { nextSteps } });
  });

  it('fault 31: what a service sent is cut first, and the rest stays whole', () => {
    const ours = {
      credits: { charged: 15 },
      tasks: Array.from({ length: 100 }, (_, n) => ({ taskId: `ck${n}` })),
    };
    const upstream = Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [`f${n}`, ['y'.repeat(2_000)]]),
    );
    const { upstream: theirs, ...rest } = bounded({ ...ours, upstream }).data;
    expect(rest).toEqual(ours);
    expect((theirs as JsonObject)['[cut]']).toMatch(/more fields$/);
  });

  it('fault 100: what a service sent is shown without what nobody sees, and our own texts with it, escaped', () => {
    const name = `a\u200bb\u{e0041}\ufe0f\u202ec\nd`;
    const { text, data } = bounded({
      path: name,
      upstream: { [name]: [name, `ak_\u200b${SECRET.slice(3)}`] },
    });
    expect(data.path).toBe(name);
    expect(data.upstream).toEqual({ 'abc\nd': ['abc\nd', '[redacted]'] });
    expect(text).not.toMatch(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/u);
    const long = bounded({
      upstream: { a: `${'\u200b'.repeat(9_000)}b`, b: `${'\u200b'.repeat(16_370)}${SECRET}` },
    });
    expect(long.text).not.toContain('ak_cana');
    expect(long.data.upstream).toMatchObject({ a: 'b' });
  });

  it('fault 31: a key called __proto__ stays a key', () => {
    const { text } = bounded(JSON.parse('{"__proto__":{"polluted":1}}') as JsonObject);
    expect(text).toContain('"__proto__":{"polluted":1}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('escapes what a terminal would obey', () => {
    const { text, data } = bounded({ a: '\u001b[2J\u009b1m\u202egnp\u2028\u200f' });
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u202a-\u202e]/);
    expect(data.a).toBe('\u001b[2J\u009b1m\u202egnp\u2028\u200f');
  });
});

describe('fault 30: secrets', () => {
  it('are replaced wherever they stand, keys of objects included', () => {
    const { text } = bounded({ [`x${SECRET}`]: [`a ${SECRET}${SECRET} b`], url: `https://h/?k=${SECRET}` });
    expect(text).not.toContain(SECRET);
    expect(text.match(/\[redacted\]/g)).toHaveLength(4);
  });

  it('leave no beginning behind at a cut, however many there are before it', () => {
    for (let before = 4_060; before < 4_100; before += 1) {
      const { text } = bounded({ a: `${'x'.repeat(before)}${SECRET}${'y'.repeat(9_000)}` });
      expect(text).not.toContain('ak_cana');
    }
    const { text } = bounded({ a: `${SECRET} `.repeat(2_000) });
    expect(text).not.toContain('ak_cana');
  });

  it('leave no beginning behind where a message was cut', () => {
    for (let cut = 1; cut < SECRET.length; cut += 1) {
      const message = plain(`${'x'.repeat(300 - cut)}${SECRET} and more`);
      const shown = redact(`"${message}"`, [SECRET]);
      expect(shown.includes(SECRET.slice(0, 6))).toBe(false);
    }
    expect(redact('ak_ca… stays, ak_can… does not', [SECRET])).toBe('ak_ca… stays, [redacted]… does not');
    expect(redact('a.b*c+d(e… a.b*c+d(e)', ['a.b*c+d(e)'])).toBe('[redacted]… [redacted]');
  });

  it('that are ordinary words are left', () => {
    expect(redact('the sandbox and the key', ['key', ''])).toBe('the sandbox and the key');
  });
});

describe('foreign text in a message', () => {
  it('fault 100: is a quotation that it cannot leave', () => {
    expect(quoted('say "yes" \\" \u201cor\u201d \u00abno\u00bb')).toBe(
      '"say \\"yes\\" \\\\\\" \\\u201cor\\\u201d \\\u00abno\\\u00bb"',
    );
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 500 }), (text) => {
        expect(quoted(text)).toMatch(/^"(?:[^"\\]|\\.)*"$/u);
        expect(quoted(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u);
      }),
    );
  });

  it('fault 30: is one short line of visible characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 3_000 }),
        fc.integer({ min: 1, max: 400 }),
        (text, limit) => {
          const shown = plain(text, limit);
          expect(shown.length).toBeLessThanOrEqual(limit + 1);
          expect(shown).not.toMatch(
            /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
          );
        },
      ),
    );
    expect(plain('\u001b[31mred\u001b[0m\r\nnext\u0000')).toBe('[31mred [0m next');
  });
});
