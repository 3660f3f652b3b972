import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AdvisedFailure } from '../../scripts/src/cli/advised-failure.ts';
import { commandFor } from '../../scripts/src/cli/command-line/commands.ts';
import { compileContracts } from '../../scripts/src/contracts/compile.ts';
import { listModels, loadContract } from '../../scripts/src/contracts/contract.ts';
import {
  compiledFolder,
  compiledLine,
  contractsFolder,
  readStored,
} from '../../scripts/src/contracts/stored.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import type { Json } from '../../scripts/src/model/json.ts';
import { skillFolder } from '../../scripts/src/model/skill-folder.ts';
import { said } from '../core/rendered.ts';
import { failureOf } from '../support/failures.ts';
import { MODELS, PROVIDER } from './helpers.ts';

const parsed = vi.hoisted(() => ({ texts: [] as string[] }));

vi.mock(import('../../scripts/src/contracts/read/parse-yaml.ts'), async (original) => {
  const { parseYaml } = await original();
  return {
    parseYaml(text) {
      parsed.texts.push(text);
      return parseYaml(text);
    },
  };
});

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'a skill '));
  // Those of the other provider would only be copied, and compiled, for each test.
  const [from, to] = [skillFolder(), root].map((folder) => join(contractsFolder(folder), PROVIDER));
  cpSync(from!, to!, { recursive: true });
  parsed.texts.length = 0;
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const copies = (): string => join(compiledFolder(root), `${PROVIDER}.jsonl`);

const yamlOf = (model: string): string => join(contractsFolder(root), PROVIDER, `${model}.yaml`);

function edit(model: string, change: (text: string) => string, as = model): void {
  const text = readFileSync(yamlOf(model), 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(yamlOf(as), change(text));
}

function compile(): string[] {
  const files = compileContracts(contractsFolder(root), compiledFolder(root));
  parsed.texts.length = 0;
  return files;
}

async function failure(model: string, provider = PROVIDER, skill = root): Promise<AdvisedFailure> {
  const error = await failureOf(loadContract(provider, model, skill));
  expect(error.code).toBe('INVALID_MODEL');
  return said(error);
}

describe('the compiled copies', () => {
  it('are used while they are of the YAML as it is', async () => {
    compile();
    for (const model of MODELS) await loadContract(PROVIDER, model, root);
    expect(parsed.texts).toEqual([]);
  });

  it('say the same as the YAML', async () => {
    const load = async () => {
      const all = [];
      for (const model of MODELS) all.push(await loadContract(PROVIDER, model, root));
      return all;
    };
    const fromYaml = await load();
    expect(parsed.texts).toHaveLength(MODELS.length);
    compile();
    expect(await load()).toEqual(fromYaml);
    expect(parsed.texts).toEqual([]);
  });

  it('do not hide an edit, even one that keeps the length', async () => {
    compile();
    edit('t2v', (text) => text.replace('"5", "8"', '"5", "9"'));
    const contract = await loadContract(PROVIDER, 't2v', root);
    expect(parsed.texts).toHaveLength(1);
    expect(checkPayload(contract, { ...contract.example, duration: '9' })).toEqual([]);
  });

  const LINE = '{"file":"aivideomaker/t2v.yaml",';

  it.each(['', '{', LINE, 'null', '[]', `${LINE}"source":{}}`, `${LINE}"source":null,"contract":{}}`])(
    'are passed over when broken: %j',
    async (text) => {
      compile();
      writeFileSync(copies(), text);
      expect((await loadContract(PROVIDER, 't2v', root)).model).toBe('t2v');
      expect(parsed.texts).toHaveLength(1);
    },
  );

  it('are found one by one: a line is read, whatever the others hold', async () => {
    compile();
    const lines = readFileSync(copies(), 'utf8').split('\n');
    const own = lines.findIndex((line) => line.startsWith(LINE));
    expect(own).toBeGreaterThan(0);
    const others = lines.map((line, n) => (n === own ? line : `{"x":${line.slice(0, 40)}`));
    writeFileSync(copies(), others.join('\n'));
    expect((await loadContract(PROVIDER, 't2v', root)).model).toBe('t2v');
    expect(parsed.texts).toEqual([]);
    await loadContract(PROVIDER, 'i2v', root);
    expect(parsed.texts).toHaveLength(1);
  });

  it('are the same bytes each time, and go with their contract', () => {
    const lines = () => readFileSync(copies(), 'utf8').trimEnd().split('\n');
    expect(compile()).toEqual([`${PROVIDER}.jsonl`]);
    const first = lines();
    expect(first.map((line) => JSON.parse(line).file)).toEqual(
      MODELS.map((model) => `${PROVIDER}/${model}.yaml`),
    );
    compile();
    expect(lines()).toEqual(first);
    rmSync(yamlOf('lv'));
    compile();
    expect(lines()).toEqual(first.filter((line) => !line.includes('"file":"aivideomaker/lv.yaml"')));
    expect(lines()).toHaveLength(MODELS.length - 1);
  });

  it('tell texts apart by length and hash', () => {
    compile();
    const line = (text: string, contract: Json) => compiledLine('a.yaml', text, contract);
    expect(line('', 1)).toBe('{"file":"a.yaml","source":"0-811c9dc5","contract":1}\n');
    expect(line('foobar', {})).toBe('{"file":"a.yaml","source":"6-bf9cf968","contract":{}}\n');
    writeFileSync(join(contractsFolder(root), 'a.yaml'), 'abc');
    const copyIn = (text: string) => {
      writeFileSync(copies(), text);
      return readStored(root, PROVIDER, 'a.yaml').copy;
    };
    expect(copyIn(line('abd', { a: 1 }) + line('abc', { a: 2 }))).toEqual({ a: 2 });
    expect(copyIn(line('abc', { a: 1 }))).toEqual({ a: 1 });
    expect(copyIn(line('abd', { a: 1 }))).toBeUndefined();
    expect(copyIn(line('abc', { a: 1 }).slice(0, -3))).toBeUndefined();
    rmSync(copies());
    expect(readStored(root, PROVIDER, 'a.yaml').copy).toBeUndefined();
  });
});

describe('adding a model', () => {
  it('works for objects in objects, as another provider may have them', async () => {
    mkdirSync(join(contractsFolder(root), 'other'));
    writeFileSync(
      join(contractsFolder(root), 'other', 'nested.yaml'),
      `$schema: https://json-schema.org/draft/2020-12/schema
x-output: image
type: object
additionalProperties: false
required: [input]
properties:
  input:
    type: object
    additionalProperties: false
    required: [title]
    properties:
      title: { type: string, minLength: 2, maxLength: 4 }
      n: { type: integer, minimum: 1, maximum: 3 }
      image_urls: { type: array, items: { type: string, x-media: image }, minItems: 1 }
      video_url: { type: string, x-media: video }
    x-exclusive: [[image_urls], [video_url]]
    x-atLeastOne: [image_urls, video_url]
examples:
  - input: { title: abc, image_urls: [https://example.com/a.png] }
x-sources:
  - { what: a test, date: 2026-11-21 }
`,
    );
    const contract = await loadContract('other', 'nested', root);
    expect(checkPayload(contract, contract.example)).toEqual([]);
    const paths = (input: object) =>
      checkPayload(contract, JSON.parse(JSON.stringify({ input }))).map((issue) => issue.path);
    const url = 'https://example.com/a.png';
    expect(paths({ title: 'a', n: '2', image_urls: [url, 'x'], titel: 1 })).toEqual([
      'input.title',
      'input.n',
      'input.image_urls[1]',
      'input.titel',
    ]);
    expect(paths({ title: '🌅🌅🌅🌅', image_urls: [url] })).toEqual([]);
    expect(paths({ title: '🌅', image_urls: [url] })).toEqual(['input.title']);
    expect(paths({ title: 'abcde', image_urls: [url] })).toEqual(['input.title']);
    expect(paths({ title: 'abc' })).toEqual(['input.image_urls']);
    expect(paths({ title: 'abc', image_urls: [url], video_url: url })).toEqual(['input.video_url']);
    const [missing] = checkPayload(contract, {});
    expect(missing).toMatchObject({ path: 'input', received: 'nothing' });
  });
});

describe('unknown models', () => {
  it.each([
    [PROVIDER, 't2v_v2', 't2v_v3'],
    [PROVIDER, 'T2V', 't2v'],
    [PROVIDER, 't2v-v3', 't2v_v3'],
    [PROVIDER, 'seedance', 'seedance20'],
    [PROVIDER, 'happyhorse11', 'happyhorse'],
    [PROVIDER, 'mini-max', 'minimax'],
    [PROVIDER, 'wan2.7', 'wan27'],
    ['apidot', 'seedance2', 'seedance-2'],
    ['apidot', 'wan-2.7-text-to-video', 'wan2.7-text-to-video'],
    ['apidot', 'seedream-45', 'seedream-4.5'],
  ] as const)('%s, %s: the nearest is named', async (provider, wrong, right) => {
    const { message, details } = await failure(wrong, provider, skillFolder());
    expect(message).toContain(`the nearest is "${right}"`);
    expect(details.nextSteps).toEqual([
      commandFor(provider, 'describeModel', { model: right }),
      commandFor(provider, 'listModels'),
    ]);
    expect(details.issues).toMatchObject([{ path: '--model', hint: `write --model ${right}` }]);
  });

  it('nothing near: all are named', async () => {
    const { message, details } = await failure('sora');
    expect(message).toContain(MODELS.join(', '));
    expect(details.nextSteps).toEqual([commandFor('aivideomaker', 'listModels')]);
  });

  it.each([
    ...['', '.', '..', '../aivideomaker/t2v', '../apidot/seedance-2', '..%2ft2v', 't2v/../t2v', 't2v.yaml'],
    ...['apidot.unsupported', '/etc/passwd', 't2v\u0000', 't2v\n', 'CON', '__proto__', 'constructor'],
    'x'.repeat(100_000),
  ])('no path is made of %j (fault 57)', async (model) => {
    for (const provider of [PROVIDER, 'apidot']) {
      const { message, details } = await failure(model, provider, skillFolder());
      expect(message.length).toBeLessThan(300);
      expect(JSON.stringify(details).length).toBeLessThan(1500);
    }
  });

  it.each(['', '..', 'nobody', '../contracts/aivideomaker', '__proto__'])(
    'nor of the provider %j',
    async (provider) => {
      expect((await failure('t2v', provider)).message).toContain('no contracts for the provider');
    },
  );

  it('a file whose name is no model id is not listed', async () => {
    writeFileSync(join(contractsFolder(root), PROVIDER, '.hidden.yaml'), '');
    writeFileSync(join(contractsFolder(root), PROVIDER, 'notes.txt'), '');
    writeFileSync(join(contractsFolder(root), PROVIDER, 'a b.yaml'), '');
    expect(await listModels(PROVIDER, root)).toEqual(MODELS);
  });
});

describe('a contract that is not understood is refused, never half used', () => {
  beforeEach(() => {
    for (const model of MODELS) if (model !== 't2v') rmSync(yamlOf(model));
  });

  type Wrong = [what: string, from: string, to: string, message: string];
  type Rows = [what: string, to: string, message: string][];
  /** What stands in the place of a piece of the contract. */
  const instead = (from: string, rows: Rows) =>
    rows.map(([what, to, message]): Wrong => [what, from, to, message]);
  const sources = 'x-sources:';
  const property = '    description: Shape of the frame.';
  const aText = "    type: string\n    pattern: '\\S'";
  const aPrice = 'perSecond: 3';
  const aShape = '{ type: object, additionalProperties: false, properties: {} }';

  it.each<Wrong>([
    ...(
      [
        ['an unknown keyword', 'format: uri', 'properties.aspectRatio.format is not supported'],
        ['an inherited name', 'constructor: 1', 'properties.aspectRatio.constructor is not supported'],
        ['a combination', 'oneOf: []', 'oneOf is not supported'],
        ['an unknown x- keyword', 'x-medium: image', 'x-medium is not supported'],
        ['unknown media', 'x-media: picture', 'x-media must be image, video or audio'],
        ['a keyword of another type', 'minimum: 1', 'minimum does not fit the type string'],
        ['a broken rule', 'x-when: []', 'x-when does not fit the type string'],
      ] satisfies Rows
    ).map(([what, line, message]): Wrong => [what, property, `${property}\n    ${line}`, message]),
    ...[
      ['x-when: { if: {} }', 'x-when must be a list of rules'],
      ['x-when: [{ require: [prompt] }]', 'x-when[0].if must map fields to conditions'],
      ['x-when: [{ if: { promt: given } }]', 'x-when[0].if: "promt" is not one of the properties'],
      ['x-when: [{ if: { prompt: gone } }]', 'must be given, absent or keywords of a schema'],
      ['x-when: [{ if: { prompt: { format: x } } }]', 'x-when[0].if.prompt.format is not supported'],
      ['x-when: [{ if: { prompt: given }, then: [] }]', 'x-when[0]: then is not supported'],
      ['x-when: [{ if: { prompt: given }, refuse: [ratio] }]', '"ratio" is not one of the properties'],
      ['x-when: [{ if: { prompt: given }, limit: { duration: { enum: [5] } } }]', 'not of the type string'],
      ['x-sumMax: { fields: [prompt] }', 'x-sumMax.max must be a number'],
      ['x-sumMax: { fields: [promt], max: 1 }', '"promt" is not one of the properties'],
      ['x-rejected: { prompt: why }', 'x-rejected: prompt is one of the properties'],
      ['x-rejected: { seed: 1 }', 'x-rejected.seed must be a sentence'],
      ['x-rejected: [seed]', 'x-rejected must map fields'],
      ['anyOf: [{ type: string }, { type: number }]', 'does not go with anyOf'],
    ].map(([line, message]): Wrong => [line!, 'examples:', `${line}\nexamples:`, message!]),
    ...instead('    type: string\n    enum', [
      ['an unknown type', '    type: text\n    enum', 'type must be one or several of'],
      ['no type', '    enum', 'type must be one or several of'],
    ]),
    ...instead(aText, [
      ['one form', '    anyOf: [{ type: string }]', 'at least two schemas'],
      ['two objects as forms', `    anyOf: [${aShape}, ${aShape}]`, 'one object only'],
      [
        'counts that are none',
        '    type: array\n    items: { type: string }\n    x-counts: [x]',
        'x-counts must be a list of whole numbers',
      ],
      [
        'endings that are none',
        '    type: string\n    x-media: image-url\n    x-files: png',
        'x-files must be a list of file endings',
      ],
    ]),
    ['an enum of another type', '"1:1"]', '"1:1", 11]', 'is not of the type string'],
    ['a broken pattern', "'\\S'", "'('", 'pattern must be a regular expression'],
    ['open objects', 'additionalProperties: false', 'additionalProperties: true', 'must be false'],
    ['a required stranger', '[prompt,', '[promt,', '"promt" is not one of the properties'],
    ['another dialect', '2020-12', '2019-09', '$schema must be'],
    ['another root type', 'type: object', 'type: array', 'type must be object'],
    ['no example', 'examples:', 'x-notez:', 'examples must hold'],
    ['no output', 'x-output: video\n', '', 'x-output must be one of video, image, audio, model3d'],
    ['an unknown output', 'x-output: video', 'x-output: film', 'x-output must be one of'],
    ...instead(sources, [
      ['no sources', 'x-notes2:', 'x-sources must list'],
      ['a replay that is not told', `x-replay: true\n${sources}`, 'x-replay must be a sentence'],
      ['a replay of no words', `x-replay: ' '\n${sources}`, 'x-replay must be a sentence'],
    ]),
    ['a price of a stranger', 'seconds: duration', 'seconds: length', 'x-price.seconds must name'],
    ['a price of an impossible value', '{ duration: "5" }', '{ duration: 5 }', 'duration cannot be 5'],
    ...instead(aPrice, [
      ['an unknown price key', 'perSecond: 3, perFrame: 1', 'perFrame is not supported'],
      ['a free price', 'perSecond: 0', 'perSecond must be a number above 0'],
      ['a price without an amount', 'when: {}', 'each needs either perSecond or credits'],
      ['a price with two', 'perSecond: 3, credits: 5', 'each needs either perSecond or credits'],
      ['a range upside down', 'credits: [5, 1]', 'credits must be a number above 0, or'],
      ['seconds of a flat price', 'credits: 5, seconds: [1, 2]', 'goes with perSecond'],
      ['a factor of a stranger', 'perSecond: 3, times: n', 'times must name'],
      ['a list with a stranger', 'perSecond: 3, when: { duration: ["5", "6"] }', 'cannot be "6"'],
      [
        'a condition of another kind',
        'perSecond: 3, when: { duration: { over: 5 } }',
        'given, absent or {pattern}',
      ],
    ]),
    ['a worthless credit', 'usdPerCredit: 0.01', 'usdPerCredit: 0', 'usdPerCredit must be a number above 0'],
    ['no YAML', 'title: t2v', 'title: [', 'cannot be used'],
    ['a key twice', 'title: t2v', 'title: t2v\ntitle: t2v', 'cannot be used'],
  ])('%s', async (_, from, to, message) => {
    edit('t2v', (text) => text.replace(from, to));
    const error = await failure('t2v');
    expect(error.message).toMatch(/^contracts\/aivideomaker\/t2v\.yaml cannot be used: /);
    expect(error.message).toContain(message);
    expect(() => compile()).toThrow();
  });

  it('an example that does not pass stops the build, not the program', async () => {
    edit('t2v', (text) => text.replace('duration: "5"', 'duration: "6"'));
    expect(() => compile()).toThrow(/aivideomaker\/t2v\.yaml: its example is refused at duration/);
    await expect(loadContract(PROVIDER, 't2v', root)).resolves.toMatchObject({ model: 't2v' });
  });
});

describe('where the contracts are', () => {
  const at = (path: string): string => pathToFileURL(path).href;

  it('from the sources and from the bundle, also under odd names', () => {
    expect(skillFolder(at('/a b/%41/skill/scripts/src/model/skill-folder.ts'))).toBe('/a b/%41/skill');
    expect(skillFolder(at('/a b/%41/skill/scripts/lib/main.mjs'))).toBe('/a b/%41/skill');
    expect(skillFolder(at('/lib/scripts/lib/main.mjs'))).toBe('/lib');
  });
});
