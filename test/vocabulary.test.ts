// One term for each thing, the one that the field uses: words that documents once had for the same things stay out of them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/command.ts';

const below = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|yaml)$/.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
const files = ['SKILL.md', 'README.md', 'CONTRIBUTING.md', ...below('references'), ...below('contracts')];

/** What is written instead, and the words that are not. */
const INSTEAD: [string, RegExp][] = [
  ['request', /\b(wish(es|ed)?|intents?)\b/i],
  ['poll, status query', /\b(look(s|ed|ing)?|sightings?)\b/i],
  ['poll schedule, interval', /\b(rhythms?|paces?|paced|pacing)\b/i],
  ['retry', /`again`|\bagain\.ts\b/],
  ['rate limiter, permit', /\b(turns?|modest(ly)?)\b/i],
  ['reconcile', /\b(un)?settl(e|es|ed|ing)\b/i],
  ['resume, run on, continue', /\b(go(es|ing)?|went) on\b/i],
  ['deliver', /\bhand(s|ed|ing)? (it |them )?over\b|\b(was|were|been) told\b/i],
  ['emulate, simulate', /\b(plays?|played|rehearsal world)\b/i],
  ['HttpClient', /\b(wires?|flights?)\b/i],
  ['network error, failure, what is not known', /\b(troubles?|troubled|doubts?|doubted)\b/i],
  ['module, layer', /\brooms?\b/i],
  ['the caller, the user, the person', /\b(whoever|somebody|someone)\b|\bone's\b/i],
];

test('the check reads every document', () => {
  expect(files.length).toBeGreaterThan(70);
});

test.each(INSTEAD)('%s: in no document another word', (_, word) => {
  const found = files.flatMap((file) =>
    readFileSync(path.join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, n) => (word.test(line) ? [`${file}:${n + 1}: ${word.exec(line)![0]}`] : [])),
  );
  expect(found).toEqual([]);
});
