import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdvisedFailure } from '../../scripts/src/cli/advised-failure.ts';
import { commandLine } from '../../scripts/src/cli/command-line/words.ts';
import { type Contract, listModels, loadContract } from '../../scripts/src/contracts/contract.ts';
import { imageField, imageUrlField } from '../../scripts/src/contracts/fields.ts';
import { parseYaml } from '../../scripts/src/contracts/read/parse-yaml.ts';
import { readUnsupported } from '../../scripts/src/contracts/read/read-unsupported.ts';
import { contractsFolder } from '../../scripts/src/contracts/stored.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import { isObject, type Json, type JsonObject } from '../../scripts/src/model/json.ts';
import { skillFolder } from '../../scripts/src/model/skill-folder.ts';
import { said } from '../core/rendered.ts';
import { failureOf } from '../support/failures.ts';
import { readPayload } from '../support/payload.ts';
import { FACTS } from './apidot-facts.ts';
import { changed, expectSound } from './helpers.ts';

const IDS = Object.keys(FACTS);
const contracts = await Promise.all(IDS.map((id) => loadContract('apidot', id)));
const each = contracts.map((contract): [string, Contract] => [contract.model, contract]);
const contractOf = (id: string): Contract => contracts.find(({ model }) => model === id)!;

const IMAGE = 'https://example.com/lighthouse.jpg';
const VIDEO = 'https://example.com/lighthouse.mp4';
const AUDIO = 'https://example.com/waves.mp3';

/** The fields of music that only its custom mode takes. */
const CUSTOM_TEXTS = ['style', 'title', 'negative_tags', 'persona_id'];
const CUSTOM_WEIGHTS = ['style_weight', 'weirdness_constraint', 'audio_weight'];
const CUSTOM_ONLY = [...CUSTOM_TEXTS, ...CUSTOM_WEIGHTS, 'vocal_gender'];

/** What has to be changed in an example so that it can hold a field that excludes some of what is there. */
const CONTEXTS: Record<string, Record<string, Record<string, Json | undefined>>> = {
  'gpt-image-2-edit': { size: { resolution: '2K' } },
  'generate-music': Object.fromEntries(CUSTOM_ONLY.map((name) => [name, { custom_mode: true }])),
  'veo3.1-fast': {
    generate_type: { image_urls: [IMAGE] },
    image_urls: { generate_type: 'reference' },
  },
  'veo3.1-quality': { generate_type: { image_urls: [IMAGE] }, image_urls: { generate_type: 'frame' } },
  'happy-horse': {
    image_urls: { aspect_ratio: undefined },
    video_url: { aspect_ratio: undefined, duration: undefined },
    audio_setting: { aspect_ratio: undefined, duration: undefined, video_url: VIDEO },
  },
  'omni-flash': { video_urls: { duration: undefined } },
  // Some shapes are for payloads with an image only.
  'runway-gen-4.5': { aspect_ratio: { image_urls: [IMAGE] } },
  'sora-2-pro-official': { aspect_ratio: { image_urls: [IMAGE] } },
};

type Schema = JsonObject & { properties?: Record<string, Schema>; anyOf?: Schema[]; items?: Schema };

const formsOf = (schema: Schema): Schema[] => schema.anyOf ?? [schema];

/** A value that a field takes. */
function sample(schema: Schema, length?: number): Json {
  const [form] = formsOf(schema) as [Schema];
  if (Array.isArray(form.enum)) return form.enum[0]!;
  if (Array.isArray(form['x-files'])) return `https://example.com/lighthouse.${form['x-files'][0]}`;
  if (form['x-media'] !== undefined) return String(form['x-media']).startsWith('video') ? VIDEO : IMAGE;
  if (form.type === 'array')
    return Array.from({ length: length ?? Math.max(1, Number(form.minItems ?? 1)) }, () =>
      sample(form.items!),
    );
  if (form.type === 'object')
    return Object.fromEntries(
      Object.entries(form.properties!).map(([name, child]) => [name, sample(child)] as const),
    );
  if (form.type === 'integer') return Number(form.minimum ?? 1);
  if (form.type === 'number') return 0.5;
  return form.type === 'boolean' ? true : 'a'.repeat(length ?? Math.max(1, Number(form.minLength ?? 1)));
}

/** The example, changed as little as it takes to hold a field; it passes. */
function baseOf(contract: Contract, name: string, schema: Schema): JsonObject {
  const context = CONTEXTS[contract.model]?.[name];
  const base = changed(contract.example, context ?? {});
  const payload = Object.hasOwn(base, name) ? base : { ...base, [name]: sample(schema) };
  expect(checkPayload(contract, payload), `${contract.model}: a payload with ${name}`).toEqual([]);
  return payload;
}

/** The values on this side of each limit of a form. */
function inside(form: Schema): Json[] {
  const values: Json[] = [];
  const limit = (keyword: string, make: (value: number) => Json): void => {
    const value = form[keyword];
    if (typeof value === 'number') values.push(make(value));
  };
  const items = (length: number): Json => sample({ ...form, minItems: 0 }, length);
  for (const keyword of ['minimum', 'maximum']) limit(keyword, (value) => value);
  for (const keyword of ['minLength', 'maxLength']) limit(keyword, (length) => 'a'.repeat(length));
  for (const keyword of ['minItems', 'maxItems']) limit(keyword, items);
  values.push(...((form['x-counts'] ?? []) as number[]).map(items), ...((form.enum ?? []) as Json[]));
  if (form.title === 'WIDTHxHEIGHT') values.push('2304x2048');
  return values;
}

/** A schema in the notation of FACTS. */
function notation(schema: Schema): string {
  const range = (least: Json | undefined, most: Json | undefined): string =>
    least === undefined && most === undefined ? '' : `${least ?? ''}..${most ?? ''}`;
  const forms = formsOf(schema).map((form) => {
    const { type, title, 'x-media': media, 'x-counts': counts, enum: values } = form;
    if (type === 'array')
      return `${notation(form.items!)}[${(counts as number[] | undefined)?.join(',') ?? range(form.minItems, form.maxItems)}]`;
    if (type === 'object') return `{${Object.keys(form.properties!).join(', ')}}`;
    if (title !== undefined) return String(title);
    const least = form.minimum ?? form.minLength;
    const most = form.maximum ?? form.maxLength;
    const limits = Array.isArray(values) ? values.join('|') : range(least, most);
    return `${String(media ?? type)} ${limits}`.trim();
  });
  return forms.join(' or ');
}

function fieldsOf({ properties = {}, required = [] }: Schema): Record<string, string> {
  const mark = (name: string) => ((required as string[]).includes(name) ? '!' : '');
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) =>
      schema.properties === undefined
        ? [[name, mark(name) + notation(schema)]]
        : Object.entries(fieldsOf(schema)).map(([inner, text]) => [`${name}.${inner}`, text]),
    ),
  );
}

describe('the models of tiers A and B', () => {
  it.each(each)(
    '%s has the fields of its sources, with their types and limits, and requires what they require',
    (id, contract) => {
      expect(fieldsOf(contract.schema as Schema)).toEqual(FACTS[id]);
    },
  );

  it.each(each)('%s: the example passes; sources and notes are dated sentences', (id, contract) => {
    expectSound(contract);
    expect(contract.schema.title).toBe(id);
    for (const { what, date } of contract.sources) {
      expect(what).toMatch(/apidot/i);
      expect(date).toMatch(/2026/);
    }
    const { price, notes } = contract;
    const says = notes.some((note) => note.startsWith('No price is known.'));
    expect(says).toBe(price === null);
    if (price === null) return;
    expect(price.asOf).toMatch(/^(about )?2026-0[4-7]-\d\d$/);
    expect(price.note).toMatch(
      /^An estimate, by (the prices in the README of APIDotAI|what the website's source)/,
    );
    expect(price.usdPerCredit).toBe(0.005);
  });

  it.each(each)('%s takes every listed value, and both ends of every range', (_, contract) => {
    const { properties = {}, 'x-sumMax': sum } = contract.schema as Schema;
    const isTooMany = (name: string, value: Json): boolean =>
      isObject(sum) && (sum.fields as Json[])[1] === name && Number(value) + 1 > Number(sum.max);
    for (const [name, schema] of Object.entries(properties)) {
      const base = baseOf(contract, name, schema);
      for (const value of formsOf(schema).flatMap(inside)) {
        // With at least one image to edit, as many pictures as the range ends with are too many.
        if (isTooMany(name, value)) continue;
        const payload = { ...base, [name]: value };
        expect(checkPayload(contract, payload), `${name}: ${JSON.stringify(value)}`).toEqual([]);
      }
    }
  });
});

type Change = Record<string, Json | undefined>;

type Rule = [change: Change, path: string | null];

const images = (length: number): string[] => Array.from({ length }, () => IMAGE);
/** An edit of a video, in happy-horse. */
const EDIT = { aspect_ratio: undefined, duration: undefined, video_url: VIDEO };
/** A custom size, in gpt-image-2. */
const CUSTOM = { size: '2304x2048' };

// Each rule between fields, by literals: what passes has no path.
const RULES: Record<string, Rule[]> = {
  'gpt-image-2': [
    [{ ...CUSTOM, resolution: '2K' }, null],
    [{ ...CUSTOM, resolution: '4K' }, null],
    [{ ...CUSTOM, resolution: '1K' }, 'resolution'],
    [{ ...CUSTOM, resolution: undefined }, 'resolution'],
    [{ size: '16:9', resolution: '1K' }, null],
    [{ size: 'auto', resolution: undefined }, null],
    [{ size: '2304X2048' }, 'size'],
    [{ size: '2304*2048' }, 'size'],
    [{ size: '0x2048' }, 'size'],
    [{ size: '2304x00' }, 'size'],
    [{ size: { width: 2304, height: 2048 } }, 'size'],
  ],
  'gpt-image-2-edit': [
    [{ ...CUSTOM, resolution: '4K' }, null],
    [{ size: '2304x2048' }, 'resolution'],
    [{ ...CUSTOM, resolution: '1K' }, 'resolution'],
  ],
  'seedream-4.5-edit': [
    [{ image_urls: images(10), n: 5 }, null],
    [{ image_urls: images(10), n: 6 }, 'n'],
    [{ image_urls: images(1), n: 14 }, null],
    [{ image_urls: images(1), n: 15 }, 'n'],
    [{ image_urls: images(10), n: undefined }, null],
    [{ size: { width: 2304, height: 3072 } }, null],
    [{ size: { width: 2304, height: '3072' } }, 'size.height'],
    [{ size: { width: 2304, heigth: 3072 } }, 'size.height'],
    [{ size: { width: 0, height: 3072 } }, 'size.width'],
    [{ size: { width: 2304, height: -1 } }, 'size.height'],
    [{ size: '0x3072' }, 'size'],
    [{ size: '2304x0' }, 'size'],
  ],
  'seedream-5.0-lite-edit': [
    [{ image_urls: images(9), n: 6 }, null],
    [{ image_urls: images(9), n: 7 }, 'n'],
  ],
  'seedance-2': [
    [{ image_urls: images(2) }, null],
    [
      { reference_image_urls: images(12), reference_video_urls: [VIDEO], reference_audio_urls: [AUDIO] },
      null,
    ],
    [{ image_urls: images(1), reference_image_urls: images(1) }, 'reference_image_urls'],
    [{ image_urls: images(1), reference_video_urls: [VIDEO] }, 'reference_video_urls'],
    [{ image_urls: images(1), reference_audio_urls: [AUDIO] }, 'reference_audio_urls'],
    [{ image_urls: [], reference_audio_urls: [AUDIO] }, null],
  ],
  'seedance-2-fast': [[{ image_urls: images(1), reference_image_urls: images(1) }, 'reference_image_urls']],
  'veo3.1-fast': [
    [{ generate_type: 'frame' }, 'image_urls'],
    [{ generate_type: 'frame', image_urls: images(1) }, null],
    [{ generate_type: 'frame', image_urls: images(2) }, null],
    [{ generate_type: 'frame', image_urls: images(3) }, 'image_urls'],
    [{ generate_type: 'reference' }, 'image_urls'],
    [{ generate_type: 'reference', image_urls: images(1) }, null],
    [{ generate_type: 'reference', image_urls: images(3) }, null],
    ...[1, 2, 3].map((count): Rule => [{ image_urls: images(count) }, 'generate_type']),
    [{ generation_type: 'frame', image_urls: images(1) }, 'generation_type'],
  ],
  'veo3.1-quality': [
    [{ generate_type: 'frame', image_urls: images(2) }, null],
    [{ generate_type: 'frame', image_urls: images(3) }, 'image_urls'],
    [{ generate_type: 'frame' }, 'image_urls'],
    [{ generate_type: 'reference', image_urls: images(2) }, 'generate_type'],
    ...[1, 2].map((count): Rule => [{ image_urls: images(count) }, 'generate_type']),
  ],
  'generate-music': [
    [{ custom_mode: true, style: 'sea shanty', title: 'Lamp', vocal_gender: 'f', style_weight: 0.65 }, null],
    [{ custom_mode: true }, null],
    ...CUSTOM_TEXTS.map((name): Rule => [{ [name]: 'x' }, name]),
    ...CUSTOM_WEIGHTS.map((name): Rule => [{ [name]: 0.5 }, name]),
    [{ vocal_gender: 'm' }, 'vocal_gender'],
  ],
  'sora-2-pro-official': [
    [{ aspect_ratio: 'auto' }, 'image_urls'],
    [{ aspect_ratio: 'auto', image_urls: [] }, 'image_urls'],
    [{ aspect_ratio: 'auto', image_urls: images(1) }, null],
    [{ image_urls: images(1) }, null],
  ],
  'happy-horse': [
    [{ prompt: undefined }, 'prompt'],
    [{ prompt: undefined, aspect_ratio: undefined, image_urls: images(1) }, null],
    [{ image_urls: images(1) }, 'aspect_ratio'],
    [
      { aspect_ratio: undefined, image_urls: images(1), reference_image_urls: images(1) },
      'reference_image_urls',
    ],
    [{ ...EDIT, image_urls: images(1) }, 'video_url'],
    [{ reference_image_urls: images(9) }, null],
    [{ prompt: undefined, reference_image_urls: images(1) }, 'prompt'],
    [{ audio_setting: 'origin' }, 'audio_setting'],
    [{ ...EDIT, audio_setting: 'origin' }, null],
    [{ aspect_ratio: undefined, video_url: VIDEO }, 'duration'],
    [{ duration: undefined, video_url: VIDEO }, 'aspect_ratio'],
    [{ prompt: undefined, ...EDIT }, 'prompt'],
    [{ ...EDIT, reference_image_urls: images(5) }, null],
    [{ ...EDIT, reference_image_urls: images(6) }, 'reference_image_urls'],
  ],
  'wan2.7-reference-to-video': [
    [{ reference_image_urls: undefined }, 'reference_image_urls'],
    [{ reference_image_urls: [] }, 'reference_image_urls'],
    [{ reference_image_urls: undefined, reference_video_urls: [VIDEO] }, null],
  ],
  'runway-gen-4.5': [
    [{ aspect_ratio: '9:16' }, null],
    ...['4:3', '3:4', '1:1', '21:9'].map((shape): Rule => [{ aspect_ratio: shape }, 'aspect_ratio']),
    [{ aspect_ratio: undefined }, null],
    [{ aspect_ratio: '21:9', image_urls: [] }, 'aspect_ratio'],
    [{ aspect_ratio: '21:9', image_urls: images(1) }, null],
  ],
  'omni-flash': [
    [{ image_urls: [] }, null],
    [{ image_urls: images(1) }, null],
    [{ image_urls: images(2) }, 'image_urls'],
    [{ image_urls: images(3) }, null],
    [{ video_urls: [VIDEO] }, 'duration'],
    [{ video_urls: [VIDEO], duration: undefined, image_urls: images(1) }, 'image_urls'],
    [{ video_urls: [VIDEO], duration: undefined, image_urls: [] }, null],
    [{ video_urls: [VIDEO], duration: undefined }, null],
  ],
  'minimax-music-2.6': [
    [{ is_instrumental: undefined }, 'lyrics'],
    [{ is_instrumental: false }, 'lyrics'],
    [{ is_instrumental: false, lyrics_optimizer: false }, 'lyrics'],
    [{ is_instrumental: false, lyrics_optimizer: true }, null],
    [{ is_instrumental: undefined, lyrics_optimizer: true }, null],
    [{ is_instrumental: true, lyrics_optimizer: false }, null],
    [{ is_instrumental: false, lyrics: 'The lamp goes round' }, null],
    [{ is_instrumental: false, lyrics: ' ' }, 'lyrics'],
    [{ prompt: '🌊'.repeat(2000) }, null],
    [{ prompt: '🌊'.repeat(2001) }, 'prompt'],
    [{ audio_setting: {} }, null],
  ],
};

describe('rules between fields', () => {
  it('are all in the table', () => {
    const keywords = ['x-when', 'x-exclusive', 'x-atLeastOne', 'x-sumMax'];
    const ruled = contracts.filter(
      ({ schema }) =>
        keywords.some((keyword) => schema[keyword] !== undefined) ||
        JSON.stringify(schema).includes('x-counts'),
    );
    for (const { model } of ruled) expect(RULES).toHaveProperty([model]);
  });

  it.each(
    Object.entries(RULES).flatMap(([id, rows]) =>
      rows.map(([change, path]): [string, Change, string | null] => [id, change, path]),
    ),
  )('%s with %j: %s', (id, change, path) => {
    const contract = contractOf(id);
    const paths = checkPayload(contract, changed(contract.example, change)).map((issue) => issue.path);
    if (path === null) expect(paths).toEqual([]);
    else expect(paths).toContain(path);
  });

  it.each<[string, Change, object]>([
    [
      'gpt-image-2',
      { ...CUSTOM, resolution: '1K' },
      {
        path: 'resolution',
        expected: 'one of "2K", "4K" (a string), with "size": "2304x2048"',
        received: 'string "1K"',
        hint: 'write "resolution": "2K" or "4K", not "1K"',
      },
    ],
    [
      'gpt-image-2',
      { ...CUSTOM, resolution: undefined },
      {
        path: 'resolution',
        expected: 'one of "2K", "4K" (a string): needed with "size": "2304x2048"',
        received: 'nothing',
        hint: 'add "resolution": "2K" or "4K", or change size',
      },
    ],
    ['gpt-image-2', { size: '16/9' }, { path: 'size', hint: 'write "size": "16:9", not "16/9"' }],
    [
      'seedream-4.5',
      { size: 'huge' },
      {
        path: 'size',
        expected: expect.stringMatching(/^one of "2K", .* or a string of the form WIDTHxHEIGHT or/),
      },
    ],
    [
      'seedream-4.5-edit',
      { image_urls: images(10), n: 6 },
      {
        path: 'n',
        expected: 'image_urls and n of at most 15 together',
        received: '10 + 6 = 16',
        hint: 'take 1 away from image_urls or n; lists count by their length',
      },
    ],
    [
      'omni-flash',
      { image_urls: images(2) },
      { path: 'image_urls', received: 'array of 2', hint: 'give 0, 1 or 3 items, not 2' },
    ],
    [
      'happy-horse',
      { duration: undefined, video_url: VIDEO },
      {
        path: 'aspect_ratio',
        expected: 'no aspect_ratio with video_url',
        hint: 'leave "aspect_ratio" out; it is not taken with video_url',
      },
    ],
    [
      'minimax-music-2.6',
      { is_instrumental: false },
      {
        path: 'lyrics',
        expected:
          'a string of at most 3500 characters: needed with "is_instrumental": false and without lyrics_optimizer',
        hint: expect.stringMatching(
          /^add "lyrics" as .*, or set lyrics_optimizer or change is_instrumental$/,
        ),
      },
    ],
    [
      'seedream-5.0-lite',
      { seed: 7 },
      {
        path: 'seed',
        expected: "no seed for seedream-5.0-lite: APIDot's sources say that the model refuses it",
        received: 'number 7',
      },
    ],
    [
      'veo3.1-fast',
      { generation_type: 'frame' },
      { hint: expect.stringMatching(/^write "generate_type" instead of "generation_type"/) },
    ],
  ])('%s with %j: the one issue says what to do', (id, change, issue) => {
    const contract = contractOf(id);
    expect(checkPayload(contract, changed(contract.example, change))).toMatchObject([issue]);
  });
});

describe('media', () => {
  it.each([
    ['data:image/png;base64,iVBORw0KGgo=', 'no upload and no data URI'],
    ['./lighthouse.png', 'a path on this computer'],
    ['C:\\lighthouse.png', 'a path on this computer'],
    ['lighthouse.png', 'a path on this computer'],
    ['http://127.0.0.1/a.png', 'cannot be reached from the internet'],
    ['ftp://example.com/a.png', 'ftp: is not taken'],
  ])('%s is no public URL', (value, hint) => {
    const contract = contractOf('gpt-image-2-edit');
    const issues = checkPayload(contract, { ...contract.example, image_urls: [IMAGE, value] });
    expect(issues).toMatchObject([
      { path: 'image_urls[1]', expected: 'a public http(s) URL', hint: expect.stringContaining(hint) },
    ]);
    expect(JSON.stringify(issues)).not.toContain('--image');
  });

  it.each(each)('%s takes no file by --image', async (id, contract) => {
    expect(imageField(contract)).toBeNull();
    const byUrl = imageUrlField(contract);
    const { details } = await failureOf(readPayload(contract, '{}', 'a.png', new AbortController().signal));
    expect(details.issues).toMatchObject([
      byUrl === null
        ? { path: '--image', received: `model ${id}, which takes none`, hint: 'leave --image out' }
        : {
            path: '--image',
            received: `model ${id}, which takes public URLs only`,
            hint: expect.stringMatching(
              new RegExp(`public http\\(s\\) URL into "${byUrl}"; apidot documents no upload`),
            ),
          },
    ]);
  });
});

async function refusal(provider: string, model: string, root?: string): Promise<AdvisedFailure> {
  const failure = await failureOf(loadContract(provider, model, root));
  expect(failure.code).toBe('INVALID_MODEL');
  return said(failure);
}

const RUN = commandLine(['--action']);

describe('ids that are no model of the provider', () => {
  const list = readUnsupported(
    parseYaml(readFileSync(join(contractsFolder(skillFolder()), 'apidot.unsupported.yaml'), 'utf8')),
  );
  const unsupported = list.groups.flatMap(({ models }) => models);

  it('the ids without a contract are 66, none of them a model; what is named instead of them is one', async () => {
    expect(new Set(unsupported).size).toBe(66);
    for (const id of Object.values(list.names).flat()) expect(IDS).toContain(id);
    for (const [id, instead] of list.groups.flatMap((group) => Object.entries(group.instead))) {
      expect(unsupported).toContain(id);
      expect(IDS).toContain(instead);
    }
    expect(unsupported.filter((id) => IDS.includes(id))).toEqual([]);
    expect(await listModels('apidot')).toEqual(expect.arrayContaining(IDS));
  });

  it.each(unsupported)('%s: why, and where to read on', async (id) => {
    const { message, details } = await refusal('apidot', id);
    expect(message).toMatch(/^apidot has no contract for ".+": (only|beyond|it is a chat model)/);
    expect(message).toContain(`"${id}"`);
    const steps = details.nextSteps!;
    expect(steps.slice(-2)).toEqual([
      expect.stringContaining('https://apidot.ai/models'),
      `${RUN} listModels --provider apidot`,
    ]);
    const instead = list.groups.map((group) => group.instead[id]).find(Boolean);
    expect(steps.slice(0, -2)).toEqual(
      instead === undefined ? [] : [`${RUN} describeModel --provider apidot --model ${instead}`],
    );
  });

  const WAN = ['text', 'image', 'reference'].map((kind) => `wan2.7-${kind}-to-video`);
  const VEO = ['veo3.1-lite', 'veo3.1-fast', 'veo3.1-quality'];
  const MESHY = ['text', 'image', 'multi-image'].map((kind) => `meshy-6-${kind}-to-3d`);

  it.each<[string, string, string[]]>([
    ['apidot', 'veo-3-1', VEO],
    ['apidot', 'Veo-3.1', VEO],
    ['apidot', 'Veo3.1-Fast', ['veo3.1-fast']],
    ['aivideomaker', 'veo-3.1-api', VEO],
    ['apidot', 'meshy-6-3d', MESHY],
    ['apidot', 'wan-2-7-video', [...WAN, 'wan2.7-edit-video']],
    ['apidot', 'wan-2-7-video-api', [...WAN, 'wan2.7-edit-video']],
    ['apidot', 'wan-2-7-image', ['wan-2.7-image', 'wan-2.7-image-pro']],
    [
      'apidot',
      'tripo-h31-3d',
      ['tripo3d-h3.1-text-to-3d', 'tripo3d-h3.1-image-to-3d', 'tripo3d-h3.1-multiview-to-3d'],
    ],
    ['apidot', 'seedream-4-5', ['seedream-4.5', 'seedream-4.5-edit']],
    ['apidot', 'runway-gen-4-5', ['runway-gen-4.5']],
    ['aivideomaker', 'kling-3-0-motion-control', ['kling-3.0-motion-control']],
    ['apidot', 'seedance-2-api', ['seedance-2']],
  ])('%s: %s is no id, and the ids that are meant are named', async (provider, name, ids) => {
    const { message, details } = await refusal(provider, name);
    expect(message).toBe(
      `"${name}" is no id of apidot; meant is ${ids.length > 1 ? 'one of ' : ''}${ids.join(', ')}`,
    );
    const flag = provider === 'apidot' ? '' : '--provider apidot ';
    expect(details.issues?.[0]?.hint).toMatch(new RegExp(`^write ${flag}--model ${ids[0]}`));
    expect(details.nextSteps).toEqual([
      ...ids.map((id) => `${RUN} describeModel --provider apidot --model ${id}`),
      `${RUN} listModels --provider apidot`,
    ]);
  });

  it.each(['claude-opus-4-7', 'Claude-4-6', 'gemini-3', 'claude-sonnet-9', 'gemini-3-pro'])(
    '%s: chat is said to be outside',
    async (id) => {
      expect((await refusal('apidot', id)).message).toContain('it is a chat model');
      expect((await refusal('aivideomaker', id)).message).toContain('chat is outside');
    },
  );

  it('is told for the default provider too, whatever the case', async () => {
    expect((await refusal('aivideomaker', 'kling-3.0/4k')).message).toContain('only its id is documented');
    expect((await refusal('aivideomaker', 'Sora-2')).message).toMatch(/^apidot has no contract for "Sora-2"/);
  });

  it.each([
    [
      'aivideomaker',
      'seedance-2',
      'add --provider apidot',
      `${RUN} describeModel --provider apidot --model seedance-2`,
    ],
    [
      'apidot',
      't2v',
      'write --provider aivideomaker instead of --provider apidot',
      `${RUN} describeModel --model t2v`,
    ],
  ])('%s: %s is named as a model of the other service', async (provider, model, hint, step) => {
    const { message, details } = await refusal(provider, model);
    const other = provider === 'apidot' ? 'aivideomaker' : 'apidot';
    expect(message).toBe(`"${model}" is a model of ${other}: ${hint}`);
    expect(details.issues).toMatchObject([{ path: '--model', hint }]);
    expect(details.nextSteps?.[0]).toBe(step);
  });

  it('a broken list takes nothing away but the word on why', async () => {
    const root = mkdtempSync(join(tmpdir(), 'a skill '));
    cpSync(contractsFolder(skillFolder()), contractsFolder(root), { recursive: true });
    writeFileSync(join(contractsFolder(root), 'apidot.unsupported.yaml'), 'page: [');
    expect((await refusal('apidot', 'sora-2', root)).message).toContain('there is no model "sora-2"');
    rmSync(root, { recursive: true, force: true });
  });

  it.each<[Json, string]>([
    [[], 'page, a text'],
    [{ page: 'https://apidot.ai/models' }, 'groups, a list'],
    [{ page: 'https://apidot.ai/models', groups: [{ models: ['a'] }] }, 'why, a text'],
    [{ page: 'https://apidot.ai/models', groups: [{ why: 'x', models: [] }] }, 'models, a list'],
    [{ page: 'https://apidot.ai/models', names: { a: 'b' }, groups: [] }, 'names must map'],
    [{ page: 'x', groups: [{ why: 'x', models: ['a'], beginnings: 'b' }] }, 'beginnings must be a list'],
  ])('a list such as %j is refused by the build', (document, message) => {
    expect(() => readUnsupported(document)).toThrow(message);
  });
});

it('one contract among many is found by reading its file alone', async () => {
  const root = mkdtempSync(join(tmpdir(), 'a skill '));
  const folder = join(contractsFolder(root), 'apidot');
  cpSync(join(contractsFolder(skillFolder()), 'apidot'), folder, { recursive: true });
  // Folders in the place of the other files: whatever reads one of them fails.
  for (const file of readdirSync(folder).filter((name) => name !== 'omni-flash.yaml')) {
    rmSync(join(folder, file));
    mkdirSync(join(folder, file));
  }
  mkdirSync(join(contractsFolder(root), 'apidot.unsupported.yaml'));
  expect((await loadContract('apidot', 'omni-flash', root)).model).toBe('omni-flash');
  rmSync(root, { recursive: true, force: true });
});
