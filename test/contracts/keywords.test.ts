import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KEYWORDS } from '../../scripts/src/contracts/keywords/registry.ts';
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

it.each(KEYWORDS.map((keyword) => [keyword.name, keyword] as const))(
  '%s: refuses something',
  (_, keyword) => {
    expect(keyword.types.length).toBeGreaterThan(0);
    expect(keyword.problem ?? keyword.issues ?? keyword.unknownField).toBeTypeOf('function');
    // What no field says for itself is told by describeModel.
    if (keyword.types.includes('object')) expect(keyword.sentences).toBeTypeOf('function');
  },
);
