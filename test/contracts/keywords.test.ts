import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KEYWORDS } from '../../scripts/src/contracts/keywords/registry.ts';
import { readNode } from '../../scripts/src/contracts/read-schema.ts';
import type { Json } from '../../scripts/src/model/json.ts';
import { ROOT } from '../support/command.ts';

const source = join(ROOT, 'scripts', 'src');
const files = (readdirSync(source, { recursive: true, encoding: 'utf8' }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(source, file), 'utf8')] as const);
const documented = new Set(
  readFileSync(join(ROOT, 'contracts', 'README.md'), 'utf8').match(/\bx-[a-z][A-Za-z]+/g),
);
const places = KEYWORDS.map(({ name }) => name as string);
// Of the file as a whole.
const heads = [...documented].filter((name) => !places.includes(name));

it('every keyword of our own is documented, and what is documented is read', () => {
  for (const name of places) expect([...documented]).toContain(name);
  expect(heads.sort()).toEqual([
    'x-advice',
    'x-durations',
    'x-notes',
    'x-output',
    'x-price',
    'x-prompt',
    'x-replay',
    'x-sources',
  ]);
});

it.each(places)('%s: its types, its check and its words are in one module', (name) => {
  const speaking = files.filter(([, text]) => text.includes(`'${name}'`) || text.includes(`\`${name}`));
  expect(speaking.map(([file]) => file)).toHaveLength(1);
  expect(speaking[0]![0]).toMatch(/^contracts\/keywords\//);
});

/** A value of each keyword, where the properties are `a` and `b`. */
const VALUES: Record<string, Json> = {
  'x-media': 'image',
  'x-files': ['png'],
  'x-counts': [1, 3],
  'x-atLeastOne': ['a', 'b'],
  'x-exclusive': [['a'], ['b']],
  'x-sumMax': { fields: ['a', 'b'], max: 3 },
  'x-when': [{ if: { a: 'given' }, require: ['b'] }],
  'x-rejected': { c: 'it takes none' },
};

it.each(KEYWORDS.map((keyword) => [keyword.name, keyword] as const))(
  '%s: refuses something',
  (name, keyword) => {
    const schema = { type: 'string' };
    const scope = { where: name, node: readNode(schema), properties: { a: schema, b: schema } };
    const rule = keyword.read(VALUES[name]!, { ...scope, readSchema: readNode });
    expect(keyword.types.length).toBeGreaterThan(0);
    expect(rule.problem ?? rule.issues ?? rule.unknownField).toBeTypeOf('function');
    // What no field says for itself is told by describeModel.
    if (keyword.types.includes('object')) expect(rule.sentences).toBeTypeOf('function');
  },
);
