// One term for each thing, the one that the field uses: other words for the same things stay out of documents and code.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './support/command.ts';

function filesIn(places: readonly string[], ending: RegExp): string[] {
  return places.flatMap((place) =>
    ending.test(place)
      ? [place]
      : readdirSync(path.join(ROOT, place), { recursive: true, encoding: 'utf8' })
          .filter((file) => ending.test(file))
          .map((file) => path.join(place, file)),
  );
}

const DOCUMENTS = [
  ...['SKILL.md', 'README.md', 'CONTRIBUTING.md', 'references', 'contracts'],
  'assets/backend/README.md',
];

/** The folders of code that keep to the vocabulary. */
const CODE = [
  ...['scripts/src', 'assets/backend/src', 'assets/backend/test', 'assets/python', 'test/backend'],
  ...['build', 'bench', 'test/package.test.ts'],
  ...[
    'http',
    'providers',
    'sandbox',
    'disk',
    'stores',
    'download',
    'hostile',
    'kill',
    'support',
    'core',
    'cli',
    'client',
    'command',
    'contracts',
  ].map((name) => `test/${name}`),
];

/** What is written instead, and the words that are not. */
const INSTEAD: [string, RegExp][] = [
  ['request', /\b(wish(es|ed)?|intents?)\b/],
  ['poll, status query; find, check, read', /\b(look(s|ed|ing)?|sightings?)\b/],
  ['poll schedule, interval', /\b(rhythms?|paces?|paced|pacing)\b/],
  ['retry', /`again`|\bagain\.(ts|mjs)\b/],
  ['rate limiter, permit, pause', /\b(turns?|modest(ly)?|rests|rested|(at|to) rest)\b/],
  ['reconcile', /\b(un)?settl(e|es|ed|ing)\b/],
  ['resume, run on, continue', /\b(go(es|ing)?|gone|went) on\b/],
  ['deliver', /\bhand(s|ed|ing)? (\w+ ){0,2}over\b|\b(was|were|been) told\b/],
  ['emulate, simulate', /\b(plays?|played|rehearsal world)\b/],
  ['HttpClient', /\b(wires?|flights?)\b/],
  ['network error, failure, what is not known', /\b(troubles?|troubled|doubts?|doubted)\b/],
  ['module, layer', /\brooms?\b/],
  ['the caller, the user', /\b(whoever|somebody|someone|[Tt]he person)\b|\bone's\b/],
];

/** In code, the name of a client too. */
const INSTEAD_IN_CODE: [string, RegExp][] = [...INSTEAD, ['NodeHttpClient, without a proxy', /\bdirect\b/]];

const ALLOWED_IN_CODE = [
  // What DNS does, and what a text resembles.
  /\blook-?ups?\b/g,
  /\blooks? (like|alike)\b/g,
  // Fields of the record: `intent` in version 1, and `unsettledSince`.
  /\{ version[:\s]*, intent(,|:)/g,
  /\{ intent, \.\.\.record \}/g,
  /\bversion: 1, intent:/g,
  /\brequest: intent\b|'intent'|`intent`/g,
  /\bunsettled since\b/g,
  // An attribute of HTML.
  /\bplays inline\b/g,
  // JavaScript's own name.
  /\ball settled\b/g,
];

/** Returns a text of code with its identifiers split into words, without the allowed phrases: `lookAtTask` has "look". */
function wordsOf(code: string): string {
  const words = code
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase();
  return ALLOWED_IN_CODE.reduce((left, phrase) => left.replace(phrase, ''), words);
}

function foundIn(files: readonly string[], word: RegExp, prepared: (line: string) => string): string[] {
  return files.flatMap((file) =>
    readFileSync(path.join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, n) => {
        const found = word.exec(prepared(line));
        return found ? [`${file}:${n + 1}: ${found[0]}`] : [];
      }),
  );
}

describe('documents', () => {
  const files = filesIn(DOCUMENTS, /\.(md|yaml)$/);

  test('the check reads every document', () => {
    expect(files.length).toBeGreaterThan(70);
  });

  test.each(INSTEAD)('%s: in no document another word', (_, word) => {
    expect(foundIn(files, word, (line) => line.toLowerCase())).toEqual([]);
  });
});

describe('code', () => {
  const files = filesIn(CODE, /\.(ts|m?js|py)$/);

  test('the check reads every place', () => {
    for (const place of CODE) expect(filesIn([place], /\.(ts|m?js|py)$/), place).not.toEqual([]);
    expect(files.length).toBeGreaterThan(110);
  });

  test.each(INSTEAD_IN_CODE)('%s: in no code another word', (_, word) => {
    expect(foundIn(files, word, wordsOf)).toEqual([]);
    expect(files.filter((file) => word.test(wordsOf(file).replace(/-/g, ' ')))).toEqual([]);
  });

  test.each([
    'const wish = 1;',
    'lookAtTask(id)',
    'new DirectWire()',
    'NEXT_TURN_MS',
    'the process goes on with the task',
    'it hands the result over',
    'whoever asks',
  ])('is refused: %s', (text) => {
    expect(INSTEAD_IN_CODE.filter(([, word]) => word.test(wordsOf(text)))).not.toEqual([]);
  });

  test.each([
    'a DNS look-up',
    'it looks like JSON',
    'Promise.allSettled(all)',
    'run the same command again',
    'unsettledSince',
    'const { prompt, ...rest } = body',
  ])('is fine: %s', (text) => {
    expect(INSTEAD_IN_CODE.filter(([, word]) => word.test(wordsOf(text)))).toEqual([]);
  });
});
