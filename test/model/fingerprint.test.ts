import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf, jsonHash, type RequestKey, requestName } from '../../scripts/src/model/fingerprint.ts';
import { isObject, type Json, type JsonObject } from '../../scripts/src/model/json.ts';

/** The same value with the fields of each object the other way round. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, turned(field)]),
  );
}

/** A text that two values share exactly when they are the same but for the order of fields. */
function plain(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(plain)}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${plain(field)}`)}}`;
}

const anyPayload = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;

// Few words, so that many of these values are nearly the same.
const { value: smallValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Json>(
      '',
      'a',
      'ab',
      'b',
      '1',
      1,
      0,
      -1,
      11,
      true,
      false,
      null,
      'true',
      'null',
      's1:a',
      ';',
    ),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab', '1', '__proto__'), tie('value'), { maxKeys: 2 }),
  ),
}));

/** The hash as the records on users' disks have it, each piece passed alone. */
function hashedAlone(value: Json): string {
  const hash = createHash('sha256');
  const add = (part: Json): void => {
    if (typeof part === 'string') hash.update(`s${part.length}:`).update(part, 'utf16le');
    else if (Array.isArray(part)) {
      hash.update(`a${part.length}:`);
      part.forEach(add);
    } else if (isObject(part)) {
      const names = Object.keys(part).sort();
      hash.update(`o${names.length}:`);
      for (const name of names) {
        add(name);
        add(part[name]!);
      }
    } else hash.update(`v${JSON.stringify(part)};`);
  };
  add(value);
  return hash.digest('hex');
}

describe('the hash of a payload', () => {
  it('stays the one of earlier versions, whatever is gathered before it is hashed', () => {
    const same = (value: Json): void => {
      expect(jsonHash(value)).toBe(hashedAlone(value));
    };
    fc.assert(fc.property(anyPayload, same));
    // Around the 8 KB that are gathered, as a value, as a name, and as the sum of several.
    for (const length of [4_080, 4_090, 4_095, 4_096, 4_097, 8_192, 2_200_000]) {
      const long = 'x\u20ac'.repeat(length / 2);
      for (const value of [long, { a: long, b: 1 }, { [long]: 'a' }, [long, long, { a: null }]]) same(value);
    }
    for (let count = 600; count < 700; count += 1)
      same(Array.from({ length: count }, (_, n) => ({ [`name${n}`]: n })));
  });

  it('ignores the order of fields', () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        expect(jsonHash(turned(payload) as JsonObject)).toBe(jsonHash(payload));
      }),
    );
  });

  it('and nothing else', () => {
    fc.assert(
      fc.property(smallValue, smallValue, (a, b) => {
        expect(jsonHash({ a }) === jsonHash({ a: b })).toBe(plain(a) === plain(b));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[Json, Json]>([
    [5, '5'],
    [null, 'null'],
    [[], {}],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [['a', 'b'], ['ab']],
    [{ a: 'b' }, ['a', 'b']],
    ['é', 'e\u0301'],
    ['a ', 'a'],
    ['\ud800', '\udc00'],
    [0.1, 0.10000000000000002],
  ])('tells %j from %j', (a, b) => {
    expect(jsonHash({ a })).not.toBe(jsonHash({ a: b }));
  });

  const MB = 1024 * 1024;

  it.each([MB - 1, MB, 2 * MB - 1])(
    'takes a long text as a whole, with a character across the border of its pieces (%i)',
    (before) => {
      const text = `${'a'.repeat(before)}😀${'b'.repeat(MB)}`;
      const whole = createHash('sha256')
        .update('o1:s5:')
        .update('image', 'utf16le')
        .update(`s${text.length}:`)
        .update(text, 'utf16le');
      expect(jsonHash({ image: text })).toBe(whole.digest('hex'));
      // This one differs in the second half of that character only.
      const other = text.replace('😀', '😁');
      expect(jsonHash({ image: other })).not.toBe(jsonHash({ image: text }));
    },
  );

  it('stays what it was: records that are on the disk go by it', () => {
    const payload = { prompt: 'a lighthouse', count: 2, tags: ['x', null], deep: { on: true } };
    expect(jsonHash(payload)).toBe('fb58fc2d266123dea5cc9aec9419c51436f1da79f071e114814910c50bf70720');
  });
});

describe('the name of a request', () => {
  const KEY: RequestKey = {
    provider: 'aivideomaker',
    service: 'https://media.test',
    account: 'abc',
    model: 't2v',
    payloadHash: 'f00',
    idempotencyKey: undefined,
  };

  it('is the same for the same request, and stays what it was', () => {
    expect(requestName({ ...KEY })).toBe(requestName(KEY));
    expect(requestName(KEY)).toBe('4b9376e646446258cf3e436824d8cbed');
  });

  // With a key of its own, another payload is a conflict and no other request.
  it.each([
    ['provider', true],
    ['service', true],
    ['account', true],
    ['idempotencyKey', true],
    ['model', false],
    ['payloadHash', false],
  ])('fault 53: differs by the %s; with a key of its own, too: %s', (part, isOther) => {
    expect(requestName({ ...KEY, [part]: 'other' })).not.toBe(requestName(KEY));
    const named = { ...KEY, idempotencyKey: 'mine' };
    expect(requestName({ ...named, [part]: 'other' }) !== requestName(named)).toBe(isOther);
  });

  it('keeps its parts apart', () => {
    expect(requestName({ ...KEY, provider: 'a', service: 'bc' })).not.toBe(
      requestName({ ...KEY, provider: 'ab', service: 'c' }),
    );
    const named = requestName({ ...KEY, idempotencyKey: 'payload' });
    expect(named).not.toBe(requestName({ ...KEY, model: 'key', payloadHash: 'payload' }));
  });
});

describe('the word for an account', () => {
  it('is short, and differs by key and by provider', () => {
    const words = [accountOf('a', 'one'), accountOf('a', 'two'), accountOf('b', 'one')];
    for (const word of words) expect(word).toMatch(/^[0-9a-f]{12}$/);
    expect(new Set(words).size).toBe(3);
    expect(accountOf('a', 'one')).toBe(words[0]);
  });

  it('holds nothing of the key, nor its plain hash', () => {
    const key = 'ak_7d1f0c55e2b94a';
    const word = accountOf('aivideomaker', key);
    expect(key).not.toContain(word);
    for (let at = 0; at + 4 <= key.length; at += 1) expect(word).not.toContain(key.slice(at, at + 4));
    expect(createHash('sha256').update(key).digest('hex')).not.toContain(word);
  });
});
