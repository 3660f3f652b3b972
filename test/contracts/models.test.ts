import { describe, expect, it } from 'vitest';
import { describeOne } from '../../scripts/src/cli/actions/describe.ts';
import { imageField } from '../../scripts/src/contracts/fields.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import type { Json } from '../../scripts/src/model/json.ts';
import { PROFILES } from '../../scripts/src/providers/registry.ts';
import { AIVIDEOMAKER_MODELS } from '../support/models.ts';
import { contractOf, dataUri, expectSound, issuesOf, MODELS, PICTURES } from './helpers.ts';

// Written out from the facts, not read from the contracts: this table is what the contracts are tested against.
const REQUIRED: Record<string, string[]> = {
  t2v: ['prompt', 'aspectRatio', 'duration'],
  i2v: ['image', 'duration'],
  lv: ['image', 'prompt'],
  t2v_v3: ['prompt', 'aspectRatio', 'duration'],
  i2v_v3: ['image', 'duration'],
  minimax: ['content'],
  seedance20: ['duration', 'resolution', 'ratio'],
  wan27: ['prompt', 'duration', 'resolution', 'ratio'],
  happyhorse: ['prompt', 'duration', 'resolution'],
};

const URL = 'https://example.com/a.png';
const PICTURE = dataUri('image/png', PICTURES.png);

const ALLOWED: Record<string, Record<string, Json[]>> = {
  t2v: { aspectRatio: ['16:9', '9:16', '1:1'], duration: ['5', '8'], filterMode: ['strict', 'custom'] },
  i2v: {
    duration: ['5', '8'],
    filterMode: ['strict', 'custom'],
    prompt: ['', 'x', null],
    image: [URL, PICTURE],
  },
  lv: {
    prompt: [['a'], ['a', 'b', 'c', 'd', 'e', 'f']],
    filterMode: ['strict', 'custom'],
    image: [URL, PICTURE],
  },
  t2v_v3: { aspectRatio: ['16:9', '9:16', '1:1'], duration: ['5', '10', '15', '20'] },
  i2v_v3: { duration: ['5', '10', '15', '20'], prompt: ['', 'x', null], image: [URL, PICTURE] },
  minimax: {
    duration: [5, 6, 19, 20],
    resolution: ['720p', '1080p'],
    tier: ['turbo', 'base'],
    aspectRatio: ['auto', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'],
    imageUrl: [URL, PICTURE, null],
    lastFrameUrl: [URL, PICTURE, null],
    referenceImageUrls: [[], [URL, PICTURE, URL, URL]],
    referenceVideoUrl: ['https://example.com/a.mp4', null],
    referenceAudioUrls: [[], ['https://example.com/a.mp3', 'http://example.com/b.mp3']],
  },
  seedance20: {
    duration: [4, 4.5, 15],
    resolution: [480, 720],
    ratio: ['16:9', '9:16', '1:1'],
    image: [URL, PICTURE, null],
    video: ['https://example.com/a.mp4', null],
    audio: ['https://example.com/a.mp3', null],
  },
  wan27: {
    duration: ['5', '10', '15'],
    resolution: ['720P', '1080P'],
    ratio: ['16:9', '9:16', '1:1', '4:3', '3:4'],
    image: [URL, PICTURE, null],
    promptExtend: [true, false],
  },
  happyhorse: {
    duration: [3, 15],
    resolution: ['720P', '1080P'],
    ratio: ['16:9', '9:16', '3:4', '4:3', '1:1', null],
    image: [URL, PICTURE, null, [URL], [URL, PICTURE, URL, URL, URL, URL, URL]],
  },
};

const REFUSED: Record<string, Record<string, Json[]>> = {
  t2v: {
    prompt: ['', ' \n', null, 5, ['a'], {}],
    aspectRatio: ['4:3', '16:9 ', 'auto', null, 1],
    duration: ['6', '7', '10', 5, '05', '5.0', null, ['5']],
    filterMode: ['off', null, true],
  },
  i2v: {
    image: [null, '', 'x', [URL], { url: URL }, 5],
    prompt: [5, ['a'], {}],
    duration: ['10', 5, 8],
    filterMode: ['none', null],
  },
  lv: {
    image: [null, [URL]],
    prompt: ['a', [], ['a', 'b', 'c', 'd', 'e', 'f', 'g'], null, {}],
    filterMode: ['x'],
  },
  t2v_v3: { prompt: ['', null], aspectRatio: ['4:3'], duration: ['8', '25', 5, 10] },
  i2v_v3: { image: [null, ''], prompt: [1], duration: ['8', '0', 5] },
  minimax: {
    content: ['', '\t', null, 1],
    duration: [4, 21, 5.5, '5', null, -5, Number.POSITIVE_INFINITY, Number.NaN, 1e300],
    resolution: ['480p', '720P', 720, null],
    tier: ['Turbo', 'fast', null],
    aspectRatio: ['1:2', null],
    imageUrl: ['x', [URL]],
    lastFrameUrl: ['ftp://example.com/a.png'],
    referenceImageUrls: [null, URL, [URL, URL, URL, URL, URL]],
    referenceVideoUrl: ['data:video/mp4;base64,AAAA', PICTURE],
    referenceAudioUrls: [['https://a.example.com', 'https://b.example.com', 'https://c.example.com']],
  },
  seedance20: {
    duration: [3, 3.9, 16, '5', null, Number.NaN],
    resolution: [1080, '480', '720p', null],
    ratio: ['4:3', 'adaptive', null],
    image: [[URL]],
    video: [PICTURE],
    audio: ['data:audio/mp3;base64,AAAA'],
  },
  wan27: {
    prompt: [null, ''],
    duration: [5, '8', '20'],
    resolution: ['720p', 720, '480P'],
    ratio: ['21:9', null],
    promptExtend: ['true', 1, null],
    image: [[URL]],
  },
  happyhorse: {
    prompt: [null],
    duration: [2, 2.9, 16, '5'],
    resolution: ['720p', 720],
    ratio: ['21:9', 'auto'],
    image: [5, {}, ''],
  },
};

const rows = (table: Record<string, Record<string, Json[]>>): [string, string, Json][] =>
  Object.entries(table).flatMap(([model, fields]) =>
    Object.entries(fields).flatMap(([field, values]) =>
      values.map((value): [string, string, Json] => [model, field, value]),
    ),
  );

describe('the models of B3 and the four listed since', () => {
  it('are all there, and each is in the tables below', () => {
    expect(MODELS).toEqual(expect.arrayContaining(Object.keys(REQUIRED)));
    expect(Object.keys(REQUIRED).sort()).toEqual(AIVIDEOMAKER_MODELS);
    expect(Object.keys(ALLOWED).sort()).toEqual(AIVIDEOMAKER_MODELS);
    expect(Object.keys(REFUSED).sort()).toEqual(AIVIDEOMAKER_MODELS);
  });

  it.each(MODELS)(
    '%s: the example passes; sources, notes and price are dated; the price calls itself an estimate',
    async (model) => {
      const contract = await contractOf(model);
      expectSound(contract);
      if (!AIVIDEOMAKER_MODELS.includes(model)) return;
      for (const { date } of contract.sources) expect(date).toMatch(/2026/);
      const { price, notes } = contract;
      if (price === null) expect(notes.join(' ')).toMatch(/March 2026/);
      else expect(price.asOf).toMatch(/^2026-09-\d\d$/);
    },
  );

  it.each(AIVIDEOMAKER_MODELS)('%s: says whether a replay is documented: of minimax alone', async (model) => {
    const { replay } = await contractOf(model);
    if (model === 'minimax')
      expect(replay).toMatch(/OpenAPI 1\.0\.15 \(September 2026\).* No replay was ever seen\.$/);
    else expect(replay).toBeNull();
    const described = await describeOne({ profile: PROFILES[0]!, isProviderNamed: false, full: true }, model);
    expect(described.envelope.data).toMatchObject({ model, replay });
  });
});

describe('each required field, dropped', () => {
  it.each(Object.entries(REQUIRED).flatMap(([model, names]) => names.map((name) => [model, name] as const)))(
    '%s without %s',
    async (model, name) => {
      const [issue, ...more] = (await issuesOf(model, { [name]: undefined })).filter(
        // seedance20 has a rule of its own for the prompt.
        ({ expected }) => !expected.startsWith('at least one'),
      );
      expect(issue).toMatchObject({
        path: name,
        received: 'nothing',
        hint: expect.stringContaining(`"${name}"`),
      });
      expect(more).toEqual([]);
    },
  );

  it.each(Object.entries(REQUIRED))('%s: the rest is optional', async (model, required) => {
    const contract = await contractOf(model);
    expect(contract.schema.required).toEqual(required);
    const least = Object.fromEntries(required.map((name) => [name, contract.example[name]!]));
    if (model === 'seedance20') least.prompt = 'x';
    expect(checkPayload(contract, least)).toEqual([]);
  });
});

describe('allowed values (B3, B4)', () => {
  it.each(rows(ALLOWED))('%s takes %s = %j', async (model, field, value) => {
    expect(await issuesOf(model, { [field]: value })).toEqual([]);
  });
});

describe('refused values (fault 60: every number, enum and type by its model)', () => {
  it.each(rows(REFUSED))('%s refuses %s = %j', async (model, field, value) => {
    const issues = await issuesOf(model, { [field]: value });
    expect(issues.map((issue) => issue.path.replace(/\[\d+\]$/, ''))).toEqual([field]);
  });
});

describe('fields of other models', () => {
  it.each([
    ['i2v', 'aspectRatio'],
    ['i2v', 'resolution'],
    ['lv', 'duration'],
    ['t2v_v3', 'filterMode'],
    ['i2v_v3', 'filterMode'],
    ['i2v_v3', 'aspectRatio'],
    ['minimax', 'prompt'],
    ['minimax', 'ratio'],
    ['seedance20', 'lastFrameUrl'],
    ['seedance20', 'aspectRatio'],
    ['wan27', 'aspectRatio'],
    ['happyhorse', 'aspectRatio'],
    ['t2v', 'image'],
    ['t2v', 'seed'],
    ['happyhorse', 'watermark'],
  ])('%s refuses %s', async (model, field) => {
    expect(await issuesOf(model, { [field]: 'x' })).toMatchObject([
      { path: field, expected: `no such field for ${model}` },
    ]);
  });
});

describe('rules between fields', () => {
  it.each([
    [{ imageUrl: URL, referenceImageUrls: [URL] }, 'imageUrl with referenceImageUrls'],
    [{ lastFrameUrl: URL, referenceVideoUrl: URL }, 'lastFrameUrl with referenceVideoUrl'],
    [
      { imageUrl: URL, lastFrameUrl: URL, referenceAudioUrls: [URL] },
      'imageUrl, lastFrameUrl with referenceAudioUrls',
    ],
  ])('minimax: frames exclude references %j', async (change, received) => {
    expect(await issuesOf('minimax', change)).toMatchObject([
      { received, hint: expect.stringMatching(/^leave out .+, or leave out .+/) },
    ]);
  });

  it.each<Record<string, Json>>([
    { imageUrl: URL, lastFrameUrl: URL },
    { referenceImageUrls: [URL], referenceVideoUrl: URL, referenceAudioUrls: [URL] },
    { referenceAudioUrls: [URL] },
    { imageUrl: URL, referenceImageUrls: [], referenceVideoUrl: null },
    { imageUrl: null, referenceImageUrls: [URL] },
  ])('minimax takes %j', async (change) => {
    expect(await issuesOf('minimax', change)).toEqual([]);
  });

  it.each<[string, Record<string, Json | undefined>]>([
    ['nothing', { prompt: undefined }],
    ['null', { prompt: null, image: null, video: null }],
    ['blank text', { prompt: '  ' }],
    ['audio alone', { prompt: undefined, audio: 'https://example.com/a.mp3' }],
  ])('seedance20 needs a prompt, an image or a video: %s', async (_, change) => {
    expect(await issuesOf('seedance20', change)).toMatchObject([
      { path: 'prompt', expected: 'at least one of prompt, image, video', received: 'none of them' },
    ]);
  });

  it.each<Record<string, Json | undefined>>([
    { prompt: undefined, image: URL },
    { prompt: undefined, video: 'https://example.com/a.mp4' },
    { prompt: 'x', audio: 'https://example.com/a.mp3' },
    { prompt: null, image: PICTURE, audio: 'https://example.com/a.mp3' },
  ])('seedance20 takes %j', async (change) => {
    expect(await issuesOf('seedance20', change)).toEqual([]);
  });
});

describe('the field that --image fills', () => {
  it.each([
    ['t2v', null],
    ['i2v', 'image'],
    ['lv', 'image'],
    ['t2v_v3', null],
    ['i2v_v3', 'image'],
    ['minimax', 'imageUrl'],
    ['seedance20', 'image'],
    ['wan27', 'image'],
    ['happyhorse', 'image'],
  ])('%s: %s', async (model, field) => {
    expect(imageField(await contractOf(model))).toBe(field);
  });
});
