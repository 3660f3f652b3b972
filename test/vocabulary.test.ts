// One term for each thing, the one that the field uses: other words for the same things stay out of all that is tracked.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './support/command.ts';

/** Up to five words of one sentence. */
const WORDS = "(?: \\w[\\w'-]*){0,5}?";
const NOT_REJECTED = '(?:refus(?:e|es|ed|ing|als?)|taken)';

/** What is written instead, and the words that are not. */
const INSTEAD: [string, RegExp][] = [
  ['request', /\b(wish(es|ed)?|intents?)\b/],
  ['task; purpose', /\bjobs?\b/],
  [
    'a service accepts or rejects; what is refused has not left',
    new RegExp(
      [
        `\\bsubmit(?:s|ted)?\\b${WORDS} ${NOT_REJECTED}\\b`,
        `\\b${NOT_REJECTED}\\b${WORDS} submits?\\b`,
        '\\bcertainly (?:refused|taken)\\b|\\b4\\d\\d (?:was|is) (?:not )?(?:refused|taken)\\b',
        '\\bservices?\\b(?:,? \\w+){0,4} refus(?:e|es|ed|ing)\\b',
        "\\brefus(?:ed|als?)(?: \\w+){0,2} by (?:the|a) service\\b|\\bservice's (?:own )?refusals?\\b",
      ].join('|'),
    ),
  ],
  ['poll, status query; find, check, read', /\b(look(s|ed|ing)?|sightings?)\b/],
  ['poll schedule, interval', /\b(rhythms?|paces?|paced|pacing)\b/],
  ['retry', /`again`|\bagain\.(ts|mjs)\b/],
  ['rate limiter, permit, pause', /\b(turns?|modest(ly)?|rests|rested|(at|to) rest)\b/],
  ['reconcile', /\b(un)?settl(e|es|ed|ing)\b/],
  ['resume, run on, continue', /\b(go(es|ing)?|gone|went) on\b/],
  ['deliver', /\bhand(s|ed|ing)? (\w+ ){0,2}over\b|\b(was|were|been) told\b/],
  ['emulate, simulate', /\b(plays?|played|rehearsal world)\b/],
  ['HttpClient', /\b(wires?|flights?|direct)\b/],
  ['network error, failure, what is not known', /\b(troubles?|troubled|doubts?|doubted)\b/],
  ['module, layer', /\brooms?\b/],
  ['the caller, the user', /\b(whoever|somebody|someone|the person)\b|\bone's\b/],
];

/** Files that are not read, and why. */
const LEFT_OUT: [RegExp, string][] = [
  [/^CHANGELOG\.md$/, 'it says what earlier versions called things'],
  [/^test\/vocabulary\.test\.ts$/, 'it lists the words'],
  [/(^|\/)package-lock\.json$/, 'made by npm'],
  [/^scripts\/(lib\/|[\w-]+\.mjs$)/, 'made of the sources, which are read, and of other packages'],
  [/\/fixtures\/version-1\//, 'records as version 1 wrote them'],
];

/** Phrases that hold such a word, in lower case and with identifiers split into words; where, and why. */
const ALLOWED: [phrase: RegExp, where: RegExp, why: string][] = [
  [/\blook-?ups?\b/g, /./, 'what DNS does'],
  [/\blooks? (like|alike)\b/g, /./, 'what a text resembles'],
  [/\bjobs?\b/g, /^(assets|test|bench)\/backend\//, 'what the queue runs'],
  [
    /\b(backend|script or|and|leased) jobs?\b/g,
    /^(SKILL\.md|references\/|test\/references)/,
    'of the reader',
  ],
  [
    /\bintent\b/g,
    /\bstores\/file\/|\bfingerprint\.ts$|reuse-result\.test/,
    'a field of records of version 1',
  ],
  [/\bunsettled since\b/g, /./, 'a field of the record'],
  [/\bplays inline\b/g, /^assets\/backend\/src\/page\//, 'an attribute of HTML'],
  [/\ball settled\b/g, /./, "JavaScript's own name"],
  [
    /\b(refus(ed|al)|unsettled)\b/g,
    /^assets\/backend\/migrations\//,
    'a migration that was applied is never changed',
  ],
  [/\brefused connection\b|\bconnection refused\b/g, /./, 'ECONNREFUSED'],
];

/** Returns a text in lower case, with identifiers split into words: `lookAtTask` has "look". */
const wordsOf = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase();

/** Returns the words of a file without the phrases that are allowed in it, which `used` then has. */
function checkedWords(text: string, file: string, used = new Set<RegExp>()): string {
  const allowed = ALLOWED.filter(([, where]) => where.test(file));
  return allowed.reduce(
    (left, [phrase]) =>
      left.replace(phrase, () => {
        used.add(phrase);
        return '';
      }),
    wordsOf(asOneLine(text)),
  );
}

/** Returns a text as one line, so that a phrase is found where it breaks, too: the marks of comments are left out. */
const asOneLine = (text: string): string => text.replace(/[ \t]*\n\s*(?:\/\/|\*|#|--)?\s*/g, ' ');

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
const texts = new Map<string, string>();
const used = new Set<RegExp>();
for (const file of tracked) {
  if (file === '' || LEFT_OUT.some(([which]) => which.test(file))) continue;
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  if (!text.includes('\0')) texts.set(file, checkedWords(`${file}\n${text}`, file, used));
}

test('every tracked text is read, and each exception is needed', () => {
  const places = ['SKILL.md', '.ci/run', 'package.json', 'test/model/url.test.ts', 'test/package.test.ts'];
  const parts = [
    'migrations/0001-generations.sql',
    'src/page/page.css',
    'src/page/index.html',
    'src/page/page.js',
  ];
  for (const file of [...places, ...parts.map((part) => `assets/backend/${part}`), 'assets/python/poller.py'])
    expect([...texts.keys()]).toContain(file);
  expect(texts.size).toBeGreaterThan(750);
  for (const [which] of LEFT_OUT)
    expect(
      tracked.some((file) => which.test(file)),
      String(which),
    ).toBe(true);
  expect(ALLOWED.map(([phrase]) => phrase).filter((phrase) => !used.has(phrase))).toEqual([]);
});

test.each(INSTEAD)('%s: nowhere another word', (_, word) => {
  const found = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(new RegExp(word, 'g'))].map(
      ({ index, 0: phrase }) => `${file}: ${text.slice(Math.max(0, index - 40), index + phrase.length + 20)}`,
    ),
  );
  expect(found).toEqual([]);
});

describe('the check', () => {
  test.each([
    'const wish = 1;',
    'lookAtTask(id)',
    'new DirectWire()',
    'NEXT_TURN_MS',
    'the process goes on with the task',
    'it hands the result over',
    'whoever asks',
    'a submit that the service refuses',
    'the refusal of the second submit',
    'a 429 was not taken',
    'the service refused it for now',
    'a payload that is refused by the service',
    'one job of the file',
    'a sentence that goes\n * on in the next line',
  ])('refuses: %s', (text) => {
    expect(INSTEAD.filter(([, word]) => word.test(checkedWords(text, 'x.ts')))).not.toEqual([]);
  });

  test.each([
    'a DNS look-up',
    'it looks like JSON',
    'Promise.allSettled(all)',
    'run the same command again',
    'unsettledSince',
    'const { prompt, ...rest } = body',
    'a refused payload; nothing was submitted',
    'a refused connection is certainly no submit',
  ])('accepts: %s', (text) => {
    expect(INSTEAD.filter(([, word]) => word.test(checkedWords(text, 'x.ts')))).toEqual([]);
  });
});
