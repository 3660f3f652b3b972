import { describe, expect, it } from 'vitest';
import { BY_FLAGS } from '../../scripts/src/cli/render/payload-ways.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import type { Json } from '../../scripts/src/model/json.ts';
import { contractOf, dataUri, issuesOf, PICTURES } from './helpers.ts';

const only = async (model: string, change: Record<string, Json | undefined>) => {
  const issues = await issuesOf(model, change);
  expect(issues).toHaveLength(1);
  return issues[0]!;
};

describe('a value of the wrong type or spelling is answered with the literal that passes', () => {
  it.each<[string, string, Json, string]>([
    ['t2v', 'duration', 5, 'write "duration": "5" (a string), not 5'],
    ['t2v', 'duration', '5s', 'write "duration": "5", not "5s"'],
    ['t2v', 'duration', '\uff15', 'write "duration": "5", not "\uff15"'],
    ['t2v', 'aspectRatio', '16x9', 'write "aspectRatio": "16:9", not "16x9"'],
    ['t2v', 'aspectRatio', '16\u22369', 'write "aspectRatio": "16:9", not "16\u22369"'],
    ['t2v', 'prompt', 5, 'write "prompt": "5" (a string), not 5'],
    ['t2v', 'prompt', ['a'], 'write "prompt": "a" (a string), not an array'],
    ['t2v', 'filterMode', 'Strict', 'write "filterMode": "strict", not "Strict"'],
    ['t2v', 'filterMode', 'costum', 'write "filterMode": "custom", not "costum"'],
    ['t2v', 'filterMode', null, 'leave filterMode out'],
    ['minimax', 'duration', '5', 'write "duration": 5 (a number), not "5"'],
    ['minimax', 'resolution', '720P', 'write "resolution": "720p", not "720P"'],
    ['minimax', 'resolution', 720, 'write "resolution": "720p" (a string), not 720'],
    ['seedance20', 'resolution', '720p', 'write "resolution": 720 (a number), not "720p"'],
    ['seedance20', 'duration', '5', 'write "duration": 5 (a number), not "5"'],
    ['wan27', 'resolution', '720p', 'write "resolution": "720P", not "720p"'],
    ['wan27', 'resolution', 1080, 'write "resolution": "1080P" (a string), not 1080'],
    ['wan27', 'promptExtend', 'true', 'write "promptExtend": true (a boolean), not "true"'],
    ['lv', 'prompt', 'a', 'write "prompt": ["a"] (an array), not "a"'],
  ])('%s %s = %j', async (model, field, value, hint) => {
    expect(await only(model, { [field]: value })).toMatchObject({ path: field, hint });
  });

  it.each<[string, Json, string[]]>([
    ['t2v', '7', ['"5"', '"8"', 'nothing is rounded']],
    ['t2v', 7, ['"5"', '"8"', '(a string)', 'nothing is rounded']],
    ['t2v_v3', '11', ['"5", ', '"10"', '"15"', '"20"']],
    ['t2v_v3', '8', ['"5"', '"10"', '"15"', '"20"']],
    ['minimax', 25, ['from 5 to 20', 'nothing is rounded']],
    ['minimax', '99', ['from 5 to 20', 'nothing is rounded']],
    ['happyhorse', 2, ['from 3 to 15']],
  ])('%s: duration %j is never rounded, the allowed ones are listed', async (model, value, parts) => {
    const { hint } = await only(model, { duration: value });
    for (const part of parts) expect(hint).toContain(part);
  });
});

it('a resolution that does not exist is no typo of the one that looks like it', async () => {
  expect((await only('minimax', { resolution: '480p' })).hint).toContain('"720p" or "1080p"');
});

describe('an unknown field names the one that was meant', () => {
  it.each([
    ['t2v', 'aspect_ratio', '"aspectRatio"'],
    ['t2v', 'ratio', '"aspectRatio"'],
    ['t2v', 'content', '"prompt"'],
    ['t2v', 'promt', '"prompt"'],
    ['t2v', 'filter_mode', '"filterMode"'],
    ['minimax', 'prompt', '"content"'],
    ['minimax', 'image', '"imageUrl"'],
    ['minimax', 'image_url', '"imageUrl"'],
    ['minimax', 'ratio', '"aspectRatio"'],
    ['wan27', 'aspectRatio', '"ratio"'],
    ['wan27', 'imageUrl', '"image"'],
    ['i2v', 'image_url', '"image"'],
    ['happyhorse', 'aspect_ratio', '"ratio"'],
  ])('%s: %s means %s', async (model, wrong, right) => {
    const issues = await issuesOf(model, { [wrong]: 'x', [JSON.parse(right) as string]: undefined });
    const issue = issues.find(({ path }) => path === wrong);
    expect(issue?.hint).toMatch(new RegExp(`^write ${right} instead of "${wrong}"`));
  });

  it('says that the right one is there already', async () => {
    expect((await only('t2v', { ratio: '16:9' })).hint).toBe(
      'leave "ratio" out; "aspectRatio" is there already',
    );
  });

  it('lists what there is when nothing is near', async () => {
    expect((await only('t2v', { seed: 1 })).hint).toBe(
      'take a model that has it, or, only if the user agrees, leave "seed" out; this one takes prompt, aspectRatio, duration, filterMode',
    );
  });

  it('fault 60, similar letters of another alphabet in a field name', async () => {
    expect((await only('t2v', { '\u0440rompt': 'x' })).path).toBe('\u0440rompt');
  });

  it('fault 31, __proto__ and constructor are fields like any other', async () => {
    const contract = await contractOf('t2v');
    const payload = JSON.parse(
      '{"prompt":"x","aspectRatio":"16:9","duration":"5","__proto__":{"x":1},"constructor":1}',
    ) as Json;
    expect(checkPayload(contract, payload).map(({ path }) => path)).toEqual(['__proto__', 'constructor']);
    expect(
      checkPayload(contract, JSON.parse('{"__proto__":{"prompt":"x"}}') as Json).map(({ path }) => path),
    ).toEqual(['prompt', 'aspectRatio', 'duration', '__proto__']);
  });
});

describe('what is reported', () => {
  it('everything at once, with its place', async () => {
    const contract = await contractOf('minimax');
    const payload = {
      content: ' ',
      duration: '5',
      resolution: '720P',
      lastFrameUrl: 'https://example.com/a.png',
      referenceImageUrls: ['https://example.com/a.png', 'file:///etc/passwd', 3],
      ratio: '16:9',
    };
    expect(checkPayload(contract, payload).map(({ path }) => path)).toEqual([
      'content',
      'duration',
      'resolution',
      'referenceImageUrls[1]',
      'referenceImageUrls[2]',
      'ratio',
      'referenceImageUrls',
    ]);
  });

  it('an item of a list that is one of several types', async () => {
    const change = { image: ['https://example.com/a.png', 'http://localhost/a.png'] };
    expect((await only('happyhorse', change)).path).toBe('image[1]');
    expect((await only('lv', { prompt: ['a', ' ', 'c'] })).path).toBe('prompt[1]');
  });

  it('at most twenty, of a payload of any size', async () => {
    const contract = await contractOf('t2v');
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`field${i}`, i]));
    expect(checkPayload(contract, many)).toHaveLength(20);
    const images = Array.from({ length: 5000 }, () => 'x');
    expect(await issuesOf('happyhorse', { image: images })).toHaveLength(20);
  });

  it.each<[Json, string]>([
    [null, 'null'],
    [[], 'array of 0'],
    ['x', 'string "x"'],
    [5, 'number 5'],
    [true, 'boolean true'],
  ])('fault 54, a payload that is no object: %j', async (payload, received) => {
    expect(checkPayload(await contractOf('t2v'), payload, BY_FLAGS)).toMatchObject([
      {
        path: '--payload',
        expected: 'a JSON object',
        received,
        hint: expect.stringContaining('pass an object'),
      },
    ]);
  });

  it('fault 54, a payload that was encoded twice', async () => {
    const [issue] = checkPayload(await contractOf('t2v'), '{"prompt":"x"}');
    expect(issue?.hint).toBe('pass the object itself, not a string that contains it');
  });

  it('values short: never a whole data URI, never a password, no control characters', async () => {
    const long = dataUri('image/png', Buffer.concat([PICTURES.jpeg, Buffer.alloc(300_000)]));
    const { received, hint } = await only('i2v', { image: long });
    expect(received.length).toBeLessThan(90);
    expect(hint.length).toBeLessThan(300);
    expect((await only('i2v', { image: 'https://user:hunter2@example.com/a.png' })).received).not.toContain(
      'hunter2',
    );
    expect((await only('t2v', { duration: '5\u001b[31m\n8' })).received).toBe('string "5 [31m 8"');
    expect((await only('t2v', { [`a\u001b${'b'.repeat(500)}`]: 1 })).path.length).toBeLessThan(70);
  });

  it('--image is named only for the field that it fills', async () => {
    expect((await only('minimax', { imageUrl: './a.png' })).hint).toContain('--image <file>');
    expect((await only('minimax', { lastFrameUrl: './a.png' })).hint).not.toContain('--image');
    expect((await only('minimax', { referenceImageUrls: ['./a.png'] })).hint).not.toContain('--image');
  });

  it('no example picture is offered as if it were an answer', async () => {
    expect((await only('i2v', { image: undefined })).hint).not.toContain('example.com');
    expect((await only('i2v', { image: 5 })).hint).not.toContain('example.com');
  });
});

describe('fault 60 and 61, any text is a prompt', () => {
  it.each([
    '--model x',
    'two\nlines',
    '{"prompt":1}',
    '\u202egnp',
    'x'.repeat(1_000_000),
    '\ud800',
    '"; rm -rf /',
    '海辺の灯台 🌅',
  ])('%#', async (prompt) => {
    expect(await issuesOf('t2v', { prompt })).toEqual([]);
  });
});
