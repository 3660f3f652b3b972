import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toContract } from '../../../scripts/src/contracts/read/read-contract.ts';
import { KEYWORDS } from '../../../scripts/src/contracts/schema/keywords/registry.ts';
import { readNode } from '../../../scripts/src/contracts/schema/read-schema.ts';
import { checkPayload } from '../../../scripts/src/contracts/validate.ts';
import type { Json, JsonObject } from '../../../scripts/src/model/json.ts';
import { ROOT } from '../../support/command.ts';
import { codeOf, sourcesIn } from '../../support/sources.ts';

const files = sourcesIn().map((file) => [file, codeOf(file)] as const);
const documented = new Set(
  readFileSync(join(ROOT, 'contracts', 'README.md'), 'utf8').match(/\bx-[a-z][A-Za-z]+/g),
);
const places = KEYWORDS.map(({ name }) => name as string);
// Of the file as a whole.
const heads = [...documented].filter((name) => !places.includes(name));

it('every keyword of our own is documented, and what is documented is read', () => {
  for (const name of places) expect([...documented]).toContain(name);
  expect(heads.sort()).toEqual([
    ...['x-advice', 'x-durations', 'x-notes', 'x-output', 'x-price', 'x-prompt', 'x-replay', 'x-sources'],
  ]);
});

it.each(places)('%s: its types, its check and its words are in one module', (name) => {
  const speaking = files.filter(([, text]) => text.includes(`'${name}'`) || text.includes(`\`${name}`));
  expect(speaking.map(([file]) => file)).toHaveLength(1);
  expect(speaking[0]![0]).toMatch(/^contracts\/schema\/keywords\//);
});

const TEXT = { type: 'string' };

/** Of each keyword: its value, a payload that passes with it, one that does not, and where not of text the properties. */
const CASES: Record<
  string,
  { value: Json; good: JsonObject; bad: JsonObject; a?: JsonObject; b?: JsonObject }
> = {
  'x-media': {
    value: 'image',
    good: { a: 'https://example.com/a.png' },
    bad: { a: 'ftp://example.com/a.png' },
  },
  'x-files': {
    value: ['png'],
    a: { ...TEXT, 'x-media': 'image-url' },
    good: { a: 'https://example.com/a.png' },
    bad: { a: 'https://example.com/a.mp3' },
  },
  'x-counts': {
    value: [1, 3],
    a: { type: 'array', items: TEXT },
    good: { a: ['x'] },
    bad: { a: ['x', 'y'] },
  },
  'x-atLeastOne': { value: ['a', 'b'], good: { a: 'x' }, bad: {} },
  'x-exclusive': { value: [['a'], ['b']], good: { a: 'x' }, bad: { a: 'x', b: 'y' } },
  'x-sumMax': {
    ...{ value: { fields: ['a', 'b'], max: 3 }, a: { type: 'array', items: TEXT }, b: { type: 'integer' } },
    ...{ good: { a: ['x', 'y'], b: 1 }, bad: { a: ['x', 'y'], b: 2 } },
  },
  'x-when': { value: [{ if: { a: 'given' }, refuse: ['b'] }], good: { b: 'y' }, bad: { a: 'x', b: 'y' } },
  'x-rejected': { value: { c: 'it takes none' }, good: { a: 'x' }, bad: { a: 'x', c: 'y' } },
};

it.each(KEYWORDS.map((keyword) => [keyword.name, keyword] as const))(
  '%s: refuses something',
  (name, keyword) => {
    const { value, good, bad, a = TEXT, b = TEXT } = CASES[name]!;
    const isOfObject = keyword.types.includes('object');
    const document = {
      ...{
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        additionalProperties: false,
      },
      ...{
        properties: { a: isOfObject ? a : { ...a, [name]: value }, b },
        ...(isOfObject && { [name]: value }),
      },
      ...{ 'x-output': 'image', 'x-sources': [{ what: 'a test', date: '2026-11-21' }], examples: [good] },
    };
    const contract = { provider: 'apidot', model: 'one', ...toContract(document) };
    expect(checkPayload(contract, good)).toEqual([]);
    expect(checkPayload(contract, bad)).toHaveLength(1);
    // What no field says for itself is told by describeModel.
    const scope = { where: name, node: readNode(document.properties.a), properties: document.properties };
    const { sentences } = keyword.read(value, { ...scope, readSchema: readNode });
    expect(typeof sentences).toBe(isOfObject ? 'function' : 'undefined');
  },
);
