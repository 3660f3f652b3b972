import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileContracts } from '../../scripts/src/contracts/compile.ts';
import { listModels, loadContract } from '../../scripts/src/contracts/contract.ts';
import { describeFields, describeRules } from '../../scripts/src/contracts/describe-fields.ts';
import { estimate } from '../../scripts/src/contracts/price/estimate.ts';
import { compiledFolder, contractsFolder } from '../../scripts/src/contracts/stored.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import { ROOT } from '../support/command.ts';
import { AIVIDEOMAKER_MODELS, APIDOT_MODELS } from '../support/models.ts';
import { expectSound } from './helpers.ts';

// Of no model that exists: with keywords that its provider's other contracts do not have, a later date and no price.
const MODEL = 'heron-1.0';
const YAML = `$schema: https://json-schema.org/draft/2020-12/schema
title: heron-1.0
description: Video from a text or from pictures.
x-output: video
type: object
additionalProperties: false
required: [duration]
properties:
  prompt: { description: What it shows., type: string, pattern: '\\S' }
  pictures: { description: Frames., type: array, items: { type: string, x-media: image-url, x-files: [png] }, x-counts: [1, 3] }
  duration: { description: Length in seconds., type: integer, minimum: 2, maximum: 9 }
  extra: { description: More pictures., type: integer, minimum: 0, maximum: 5 }
x-atLeastOne: [prompt, pictures]
x-sumMax: { fields: [pictures, extra], max: 4 }
x-rejected: { ratio: the shape follows the pictures }
x-when: [{ if: { pictures: given }, refuse: [prompt] }]
examples: [{ prompt: a lighthouse, duration: 4 }]
x-advice: [Pictures stay reachable until they are fetched.]
x-sources: [{ what: a document of tomorrow, date: 2031-02-03 }]
`;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'amw-add-'));
  cpSync(contractsFolder(ROOT), contractsFolder(root), { recursive: true });
  for (const provider of ['aivideomaker', 'apidot'])
    writeFileSync(join(contractsFolder(root), provider, `${MODEL}.yaml`), YAML);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it.each([
  ['aivideomaker', AIVIDEOMAKER_MODELS],
  ['apidot', APIDOT_MODELS],
])(
  'one YAML file adds a model to %s: all that is asked of every contract holds, before the build and after',
  async (provider, known) => {
    for (const isBuilt of [false, true]) {
      if (isBuilt) compileContracts(contractsFolder(root), compiledFolder(root));
      const models = await listModels(provider, root);
      expect(models).toEqual(expect.arrayContaining([...known, MODEL]));
      for (const model of models) expectSound(await loadContract(provider, model, root));
    }
  },
);

it('its rules are applied and told', async () => {
  const contract = await loadContract('apidot', MODEL, root);
  const refusedAt = (payload: Parameters<typeof checkPayload>[1]) =>
    checkPayload(contract, payload).map(({ path, hint }) => `${path}: ${hint}`);
  const png = 'https://example.com/a.png';
  expect(refusedAt({ pictures: [png, png, png], duration: 4, extra: 1 })).toEqual([]);
  expect(refusedAt({ duration: 4 })).toEqual([
    expect.stringMatching(/^prompt: ask the user for the words, and add them as "prompt"/),
  ]);
  expect(refusedAt({ pictures: [png, png], duration: 4 })).toEqual(['pictures: give 1 or 3 items, not 2']);
  expect(refusedAt({ pictures: ['https://example.com/a.gif'], duration: 4 })[0]).toContain('ends with .gif');
  expect(refusedAt({ pictures: [png, png, png], duration: 4, extra: 2 })[0]).toContain('take 1 away');
  expect(refusedAt({ pictures: [png], prompt: 'x', duration: 4 })[0]).toContain('leave "prompt" out');
  expect(refusedAt({ prompt: 'x', duration: 4, ratio: '1:1' })[0]).toContain(
    'the shape follows the pictures',
  );
  expect(estimate(contract, contract.example)).toBeNull();
  expect(Object.keys(describeFields(contract))).toEqual(['prompt', 'pictures', 'duration', 'extra']);
  expect(describeRules(contract)).toEqual([
    'At least one of prompt, pictures.',
    'pictures and extra: at most 4 together.',
    'With pictures: no prompt.',
    'Not taken: ratio.',
  ]);
});
