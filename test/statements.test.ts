// Statements that were once not so, had lost their date or what is unknown of them, or were weaker than the requirement they stand for.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadContract } from '../scripts/src/contracts/contract.ts';
import { ROOT } from './support/command.ts';
import { APIDOT_MODELS } from './support/models.ts';

const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const below = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|yaml)$/.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
const files = ['SKILL.md', 'README.md', ...below('references'), ...below('contracts')];
/** Evened out, so that no line break or emphasis hides a phrase. */
const flat = (file: string): string => text(file).replace(/[\s*]+/g, ' ');

describe('what no source says is said nowhere', () => {
  test.each<[string, RegExp]>([
    ['callbacks are unsigned', /(callbacks|both|notices) are unsigned|: unsigned|sandbox's, unsigned/i],
    ['the executor calls one service only', /calls this API and no other/i],
    ['quote is not one of the limited queries', /quote is free and not part of it/i],
    ['the service extends the prompt', /extended by the service/i],
    ['one span of time for all models', /2\.6 to 13 minutes/],
    ['prices hold since a month', /since (March|April|September) 2026/],
    ['image types are a closed list', /\(png, jpeg, webp(,| or) gif\)|jpeg, webp, gif likewise/i],
    ['a signature comes later', /documents a signature later/i],
  ])('%s', (_, phrase) => {
    for (const file of files) expect(flat(file), file).not.toMatch(phrase);
  });
});

describe('what a source says keeps its date, and what it leaves open', () => {
  test.each<[string, string, RegExp]>([
    [
      'no signature was mentioned',
      'SKILL.md',
      /No source that was read mentions a signature.*docs\/webhooks/,
    ],
    ['no signature was mentioned', 'references/webhooks.md', /No source that was read mentions a signature/],
    ['re-delivery by hand', 'references/webhooks.md', /Sent again by hand \| [^|]*April 2026/],
    ['the browser agent', 'references/aivideomaker-api.md', /lists a browser's `User-Agent` .* as required/],
    ['the types of images', 'references/aivideomaker-api.md', /no source lists the types that are taken/],
    [
      'image/jpg',
      'references/aivideomaker-api.md',
      /served as `image\/jpg` was refused once .* September 2026/,
    ],
    ['quotes and the limit', 'references/aivideomaker-api.md', /whether a quote counts as a query/],
    [
      'quotes and the limit',
      'references/sandbox.md',
      /a quote and a refused query do not count as one of the 60/,
    ],
    ['how long clips took', 'SKILL.md', /5 seconds of `t2v` took 2\.6 to 6\.5 minutes, of `i2v_v3` about 13/],
    ['promptExtend', 'SKILL.md', /`promptExtend` \(documented by its name alone\)/],
    ['the value of a credit', 'references/apidot-api.md', /one credit was US\$0\.005 there \(April 2026\)/],
  ])('%s: %s', (_, file, phrase) => {
    expect(flat(file)).toMatch(phrase);
  });

  test('each line of what the sandbox does as documented names its source', () => {
    const section = /## As documented\n([\s\S]*?)\n## /.exec(text('references/sandbox.md'))![1]!;
    const lines = section.split(/\n- /).slice(1);
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines)
      expect(line).toMatch(
        /\((?:[^()]*; )?(OpenAPI|8-model document|published skill|runs?( and quotes)?, 1[0-7])/,
      );
  });

  test('prices of AIVideoMaker are told with the day they were seen, those of APIDot as estimates of a day', async () => {
    for (const model of ['t2v', 'i2v', 't2v_v3', 'i2v_v3']) {
      const { notes } = await loadContract('aivideomaker', model);
      expect(notes.join(' ')).toMatch(/duration x \d+ in March 2026 and duration x \d when .* 2026-09-10\./);
    }
    const contracts = await Promise.all(APIDOT_MODELS.map((model) => loadContract('apidot', model)));
    const priced = contracts.filter(({ price }) => price !== null);
    const site = priced.filter(({ price }) => price!.note.includes("website's source"));
    expect(flat('references/apidot-api.md')).toContain(
      `The contracts hold it for ${priced.length} of the ${contracts.length} ids: ${priced.length - site.length} by the READMEs`,
    );
    for (const { model } of site) expect(flat('references/apidot-api.md')).toContain(`\`${model}\``);
  });
});

describe('what is left of the risk of a second charge is said in full', () => {
  test.each(['README.md', 'references/journal.md'])('%s', (file) => {
    const risk =
      /(?:What is left of the risk|The risk that is left).*?(?=`--new`|All of it)/.exec(flat(file))?.[0] ??
      '';
    for (const part of [
      /more than 60 seconds late/,
      /does not honour the repeated/,
      /documented for (?:AIVideoMaker's|its model) `minimax` alone/,
      /September 2026/,
      /[Hh]ow late the list can be is not known/,
      /wall clock that is set forward between two runs shortens the 60 seconds/,
    ])
      expect(risk).toMatch(part);
    expect(flat(file)).toMatch(/APIDot\W+documents (neither a list nor a replay|no list)/);
  });
});

describe('requirements in full', () => {
  test.each<[string, string, RegExp]>([
    ['A2', 'SKILL.md', /No live call unless the user asks for it explicitly and provides a safe server-side/],
    [
      'A3',
      'SKILL.md',
      /point to the docs or the matching example repository when a copyable request is wanted/,
    ],
    ['A3', 'SKILL.md', /APIDot \(only when the user asks .*begin with its current docs/],
    ['B2', 'SKILL.md', /`AIVIDEO_TIMEOUT_MS` \([^)]*default 30000\)/],
    ['B2', 'SKILL.md', /`AIVIDEO_MAX_RETRIES` \([^)]*idempotent reads, default 3\)/],
    ['B4', 'SKILL.md', /the `data:` form, which is recommended over a URL in OpenClaw environments/],
    ['B4', 'references/aivideomaker-api.md', /recommended in OpenClaw environments/],
    ['B10', 'SKILL.md', /never hard-coded in source code, configuration files or skill archives/],
    ['B10', 'SKILL.md', /Monitor usage/],
    ['B10', 'references/security.md', /Never hard-coded \| not in source code, configuration files or skill/],
    ['B10', 'references/security.md', /Monitor usage \|/],
  ])('%s in %s', (_, file, phrase) => {
    expect(flat(file)).toMatch(phrase);
  });
});
