import { describe, expect, it } from 'vitest';
import { describeAll, describeOne } from '../../scripts/src/cli/describe.ts';
import { listModels } from '../../scripts/src/contracts/contract.ts';
import { OUTPUT_KINDS, type OutputKind } from '../../scripts/src/model/output-kind.ts';
import { profileOf } from '../../scripts/src/providers/registry.ts';

const aivideomaker = { profile: profileOf('aivideomaker')!, isProviderNamed: false };
const apidot = { profile: profileOf('apidot')!, isProviderNamed: true };

// Written out from the sources' families (image, video, music, 3D), not read from the contracts.
const APIDOT: Record<OutputKind, RegExp> = {
  image: /^(flux-|gpt-image-|grok-imagine-image|nano-banana-|seedream-|wan-2\.7-image|z-image)/,
  video: /^(seedance-|veo3\.1-|sora-|happy-horse|wan2\.7-|runway-|omni-|grok-imagine-video|kling-)/,
  audio: /^(generate-music|minimax-music)/,
  model3d: /^(meshy-|tripo3d-)/,
};

interface Model {
  model: string;
  output: OutputKind;
}

async function modelsOf(which: Parameters<typeof describeAll>[0]): Promise<Model[]> {
  const { envelope } = await describeAll(which);
  return (envelope.data as unknown as { models: Model[] }).models;
}

describe('what a model makes', () => {
  it.each(OUTPUT_KINDS)('--kind %s lists the models of apidot that make it, and no other', async (kind) => {
    const expected = (await listModels('apidot')).filter((id) => APIDOT[kind].test(id));
    const models = await modelsOf({ ...apidot, kind });
    expect(expected.length).toBeGreaterThan(1);
    expect(models.map(({ model }) => model)).toEqual(expected);
    expect(new Set(models.map(({ output }) => output))).toEqual(new Set([kind]));
  });

  it('is told of every model, and the four kinds are all of them', async () => {
    const all = await modelsOf(apidot);
    expect(all.map(({ model }) => model)).toEqual(await listModels('apidot'));
    for (const { model, output } of all) expect(model).toMatch(APIDOT[output]);
    for (const { output } of await modelsOf(aivideomaker)) expect(output).toBe('video');
  });

  it('where a service makes none of the kind, the answer names the models of the other and the command', async () => {
    const { envelope } = await describeAll({ ...aivideomaker, kind: 'audio' });
    expect(envelope.data).toMatchObject({
      kind: 'audio',
      models: [],
      otherProviders: { apidot: ['generate-music', 'minimax-music-2.6'] },
      nextSteps: [expect.stringMatching(/--action listModels --provider apidot --kind audio$/)],
    });
  });

  it('describeModel says it too', async () => {
    const { envelope } = await describeOne({ ...aivideomaker }, 'generate-music');
    expect(envelope.data).toMatchObject({ provider: 'apidot', output: 'audio' });
  });
});

describe('what a model costs', () => {
  const LINE = /^An estimate by prices of (about )?2026-\d\d-\d\d, no quote: \d+.* credits? \(about US\$/;

  it('listModels has a dated line, called an estimate, for each model with a published price', async () => {
    const { envelope } = await describeAll(apidot);
    const { models } = envelope.data as unknown as {
      models: { model: string; estimateOfExample: string | null; priceAsOf: string | null }[];
    };
    const priced = models.filter(({ priceAsOf }) => priceAsOf !== null);
    expect(priced).toHaveLength(23);
    for (const { model, estimateOfExample, priceAsOf } of models) {
      if (priceAsOf === null) expect([model, estimateOfExample]).toEqual([model, null]);
      else expect(estimateOfExample).toMatch(LINE);
      if (priceAsOf !== null) expect(estimateOfExample).toContain(priceAsOf);
    }
  });

  it.each([
    [apidot, 'sora-2-official', '96 credits (about US$0.48)'],
    [aivideomaker, 't2v', '15 credits (about US$0.15)'],
  ])('describeModel has it, and the rule behind it', async (which, model, credits) => {
    const { data } = (await describeOne(which, model)).envelope;
    expect(data?.estimateOfExample).toMatch(LINE);
    expect(data?.estimateOfExample).toContain(credits);
    expect(data?.price).toMatchObject({ note: expect.stringMatching(/^An estimate/) });
  });
});
