import { describe, expect, it } from 'vitest';
import { listModels, loadContract } from '../../scripts/src/contracts/contract.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import { AIVIDEOMAKER_MODELS, APIDOT_MODELS } from '../support/models.ts';
import { CORPUS, type Example } from './corpus.ts';

const KNOWN = { aivideomaker: AIVIDEOMAKER_MODELS, apidot: APIDOT_MODELS };

const rows = CORPUS.map((example): [string, Example] => [
  `${example.model}: ${example.why ?? JSON.stringify(example.input).slice(0, 80)} (${example.source})`,
  example,
]);

describe('requests that other people show', () => {
  it.each(rows.filter(([, { refusedAt }]) => refusedAt === undefined))('taken: %s', async (_, example) => {
    const contract = await loadContract(example.provider, example.model);
    expect(checkPayload(contract, example.input)).toEqual([]);
  });

  it.each(rows.filter(([, { refusedAt }]) => refusedAt !== undefined))('refused: %s', async (_, example) => {
    const contract = await loadContract(example.provider, example.model);
    const issues = checkPayload(contract, example.input);
    expect(issues.map(({ path }) => path)).toContain(example.refusedAt);
    expect(example.why).toMatch(/\w/);
    for (const { expected, received, hint } of issues)
      for (const words of [expected, received, hint]) expect(words).toMatch(/\w/);
  });

  it('stand for every model, each with a source and a date, and none twice', async () => {
    for (const provider of ['aivideomaker', 'apidot'] as const) {
      const taken = CORPUS.filter((one) => one.provider === provider && one.refusedAt === undefined);
      expect(taken.map(({ model }) => model)).toEqual(expect.arrayContaining([...KNOWN[provider]]));
      for (const { model } of taken) expect(await listModels(provider)).toContain(model);
    }
    for (const { source, date } of CORPUS) {
      expect(source).toMatch(/\w\/\w|document|skill/);
      expect(date).toMatch(/2026/);
    }
    const keys = CORPUS.map(({ model, input }) => JSON.stringify([model, input]));
    expect(new Set(keys).size).toBe(keys.length);
    expect(CORPUS.length).toBeGreaterThan(130);
  });
});
