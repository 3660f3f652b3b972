import { describe, expect, it } from 'vitest';
import { describeAll, describeOne } from '../../../scripts/src/cli/actions/describe.ts';
import { listModels, loadContract } from '../../../scripts/src/contracts/contract.ts';
import { OUTPUT_KINDS, type OutputKind } from '../../../scripts/src/model/output-kind.ts';
import { profileOf } from '../../../scripts/src/providers/registry.ts';
import { AIVIDEOMAKER_MODELS, APIDOT_MODELS } from '../../support/models.ts';

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
    const expected = APIDOT_MODELS.filter((id) => APIDOT[kind].test(id));
    const models = await modelsOf({ ...apidot, kind });
    expect(expected.length).toBeGreaterThan(1);
    expect(models.map(({ model }) => model).filter((id) => APIDOT_MODELS.includes(id))).toEqual(expected);
    expect(new Set(models.map(({ output }) => output))).toEqual(new Set([kind]));
  });

  it('is told of every model, and the four kinds are all of them', async () => {
    const all = await modelsOf(apidot);
    expect(all.map(({ model }) => model)).toEqual(await listModels('apidot'));
    for (const { model, output } of all)
      if (APIDOT_MODELS.includes(model)) expect(model).toMatch(APIDOT[output]);
    for (const { model, output } of await modelsOf(aivideomaker))
      if (AIVIDEOMAKER_MODELS.includes(model)) expect(output).toBe('video');
  });

  it('where a service makes none of the kind, the answer names the models of the other and the command', async () => {
    expect((await describeAll({ ...aivideomaker, kind: 'audio' })).envelope.data).toMatchObject({
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
  const LINE = /^An estimate by prices of (about )?20\d\d-\d\d-\d\d, no quote: \d+.* credits? \(about US\$/;

  it('listModels has a dated line, called an estimate, for each model with a published price', async () => {
    const { envelope } = await describeAll({ ...apidot, full: true });
    const { models } = envelope.data as unknown as {
      models: { model: string; estimateOfExample: string | null; priceAsOf: string | null }[];
    };
    const priced = models.filter(
      ({ model, priceAsOf }) => priceAsOf !== null && APIDOT_MODELS.includes(model),
    );
    expect(priced).toHaveLength(23);
    for (const { model, estimateOfExample, priceAsOf } of models) {
      if (priceAsOf === null) expect([model, estimateOfExample]).toEqual([model, null]);
      else expect(estimateOfExample).toMatch(LINE);
      if (priceAsOf !== null) expect(estimateOfExample).toContain(priceAsOf);
    }
  });

  it('says of which models no price is known here, and where the user finds it', async () => {
    const says = /^No price of (.*) is known here: see https:\/\/apidot\.ai\/models/;
    const { data } = (await describeAll({ ...apidot, kind: 'model3d' })).envelope;
    const unpriced = (data!.models as { model: string; estimateOfExample: string | null }[])
      .filter(({ estimateOfExample }) => estimateOfExample === null)
      .map(({ model }) => model);
    expect(unpriced).toContain('meshy-6-text-to-3d');
    const [, named] = says.exec((data!.nextSteps as string[]).at(-1)!) ?? [];
    expect(named!.split(', ')).toEqual(unpriced);
    const saidOf = async (model: string) =>
      ((await describeOne(apidot, model)).envelope.data!.nextSteps as string[]).filter((step) =>
        says.test(step),
      );
    expect(await saidOf('meshy-6-text-to-3d')).toHaveLength(1);
    expect(await saidOf('gpt-image-2')).toEqual([]);
  });

  it.each([
    [apidot, 'sora-2-official', '96 credits (about US$0.48)'],
    [aivideomaker, 't2v', '15 credits (about US$0.15)'],
  ])('describeModel has it, and the rule behind it', async (which, model, credits) => {
    const { data } = (await describeOne({ ...which, full: true }, model)).envelope;
    expect(data?.estimateOfExample).toMatch(LINE);
    expect(data?.estimateOfExample).toContain(credits);
    expect(data?.price).toMatchObject({ note: expect.stringMatching(/^An estimate/) });
  });
});

describe('in the size that an agent needs', () => {
  const sizeOf = (outcome: Awaited<ReturnType<typeof describeOne>>) =>
    JSON.stringify(outcome.envelope).length;

  it('describeModel t2v is at most 1,600 characters, with all that a request needs', async () => {
    const outcome = await describeOne(aivideomaker, 't2v');
    expect(sizeOf(outcome)).toBeLessThanOrEqual(1_600);
    const { example } = await loadContract('aivideomaker', 't2v');
    expect(outcome.envelope.data).toEqual({
      provider: 'aivideomaker',
      model: 't2v',
      output: 'video',
      makes: 'Text to video. Observed output is 1248x704.',
      estimateOfExample: 'An estimate by prices of 2026-09-17, no quote: 15 credits (about US$0.15).',
      fields: {
        prompt: 'required: a string that is not blank. What the video shows.',
        aspectRatio: 'required: one of "16:9", "9:16", "1:1" (a string). Shape of the frame.',
        duration: 'required: one of "5", "8" (a string). Length in seconds, written as a string.',
        filterMode: expect.stringMatching(/^optional: one of "strict", "custom" \(a string\)/),
      },
      example,
      nextSteps: [
        expect.stringContaining(`--sandbox --model t2v --payload '${JSON.stringify(example)}'`),
        expect.stringContaining('--action describeModel --model t2v --full'),
      ],
    });
  });

  it.each(['aivideomaker', 'apidot'])(
    'every model of %s: each field, the example, what changes a request; no sources',
    async (provider) => {
      const which = { profile: profileOf(provider)!, isProviderNamed: true };
      for (const model of await listModels(provider)) {
        const contract = await loadContract(provider, model);
        const brief = await describeOne(which, model);
        const full = await describeOne({ ...which, full: true }, model);
        const { data } = brief.envelope;
        expect(Object.keys(data!.fields as object)).toEqual(
          expect.arrayContaining(Object.keys(contract.schema.properties as object)),
        );
        for (const name of contract.schema.required as string[])
          expect((data!.fields as Record<string, string>)[name]).toMatch(/^required: /);
        expect(data).toMatchObject({ model, example: contract.example });
        expect(data!.notes ?? []).toEqual(contract.advice);
        expect(data).not.toHaveProperty('schema');
        expect(data).not.toHaveProperty('sources');
        expect(sizeOf(brief)).toBeLessThan(3_200);
        expect(sizeOf(brief)).toBeLessThan(sizeOf(full));
        expect(full.envelope.data).toMatchObject({
          schema: contract.schema,
          sources: contract.sources,
          notes: contract.notes,
        });
      }
    },
  );

  it.each([
    [
      'seedance-2',
      'Not together: image_urls with reference_image_urls/reference_video_urls/reference_audio_urls.',
    ],
    ['gpt-image-2', /^With size .*: .*resolution/],
    ['minimax-music-2.6', /^.*needs lyrics/],
    ['veo3.1-fast', /generate_type/],
  ])('%s: the rules between fields are sentences', async (model, sentence) => {
    const { rules } = (await describeOne(apidot, model)).envelope.data as { rules: string[] };
    expect(rules).toContainEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
    for (const rule of rules) expect(rule).toMatch(/^[A-Z].*\.$/);
  });

  it('listModels has four facts of each model, and --full has examples and required fields too', async () => {
    for (const which of [{ ...aivideomaker, isProviderNamed: true }, apidot]) {
      const { data } = (await describeAll(which)).envelope;
      const models = data!.models as object[];
      for (const facts of models)
        expect(Object.keys(facts)).toEqual(['model', 'output', 'makes', 'estimateOfExample']);
      expect(JSON.stringify(data).length).toBeLessThan(300 * (models.length + 2));
      const full = (await describeAll({ ...which, full: true })).envelope.data!.models as object[];
      for (const facts of full)
        expect(facts).toMatchObject({ example: expect.any(Object), required: expect.any(Array) });
    }
  });

  it.each([
    ['minimax-music-2.6', /^audio_setting\./],
    ['seedream-4.5', /^size\.(width|height)$/],
  ])('%s: names the fields of the objects in its fields', async (model, name) => {
    const fields = (await describeOne(apidot, model)).envelope.data!.fields as Record<string, string>;
    const inner = Object.keys(fields).filter((field) => name.test(field));
    expect(inner.length).toBeGreaterThan(1);
    for (const field of inner) expect(fields[field]).toMatch(/^(required|optional): /);
  });
});
