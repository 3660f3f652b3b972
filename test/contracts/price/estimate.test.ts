import { describe, expect, it } from 'vitest';
import { loadContract } from '../../../scripts/src/contracts/contract.ts';
import {
  cheaperVariants,
  estimate,
  estimateCredits,
  priceLine,
} from '../../../scripts/src/contracts/price/estimate.ts';
import { checkPayload } from '../../../scripts/src/contracts/validate.ts';
import type { Json } from '../../../scripts/src/model/json.ts';
import { APIDOT_MODELS } from '../../support/models.ts';
import { changed, contractOf, dataUri, MODELS, PICTURES } from '../helpers.ts';

describe('the estimate', () => {
  it.each<[string, Record<string, Json | undefined>, number | null]>([
    ['t2v', { duration: '5' }, 15],
    ['t2v', { duration: '8' }, 24],
    ['i2v', { duration: '5' }, 15],
    ['t2v_v3', { duration: '5' }, 20],
    ['t2v_v3', { duration: '20' }, 80],
    ['i2v_v3', { duration: '10' }, 40],
    ['minimax', { duration: 5, resolution: '720p', tier: 'turbo' }, 15],
    ['minimax', { duration: 5, resolution: '720p', tier: 'base' }, 20],
    ['minimax', { duration: 5, resolution: '1080p', tier: 'turbo' }, 20],
    ['minimax', { duration: 5, resolution: '1080p', tier: 'base' }, 25],
    ['minimax', { duration: undefined, resolution: undefined, tier: undefined }, 15],
    ['minimax', { duration: 20, resolution: '1080p', tier: undefined }, 80],
    ['wan27', { duration: '5', resolution: '720P' }, 50],
    ['wan27', { duration: '5', resolution: '1080P' }, 75],
    ['happyhorse', { duration: 5, resolution: '720P' }, 125],
    ['happyhorse', { duration: 5, resolution: '1080P' }, 250],
    ['happyhorse', { duration: 3, resolution: '720P' }, 75],
    // How the service rounds is not known.
    ['happyhorse', { duration: 3.5, resolution: '720P' }, null],
    // The formula is not published; the price is of another time.
    ['seedance20', { duration: 5, resolution: 480 }, null],
    ['lv', {}, null],
  ])('%s %j: %s', async (model, change, credits) => {
    const contract = await contractOf(model);
    expect(estimateCredits(contract, changed(contract.example, change))).toBe(credits);
  });

  it.each<Record<string, Json>>([
    { duration: 'x' },
    { duration: null },
    { duration: {} },
    { duration: '-5' },
    {},
  ])('null, never 0, for what is no valid payload: %j', async (payload) => {
    expect(estimateCredits(await contractOf('t2v'), payload)).toBeNull();
  });
});

describe('cheaper variants', () => {
  it('nearest first: one field before two, then the price closest below; at most three, each by other fields', async () => {
    const contract = await contractOf('minimax');
    const payload = { content: 'x', duration: 20, resolution: '1080p', tier: 'base' };
    const variants = cheaperVariants(contract, payload, 100);
    expect(variants).toEqual([
      { change: { duration: 19 }, credits: 95 },
      { change: { resolution: '720p' }, credits: 80 },
      { change: { tier: 'turbo' }, credits: 80 },
    ]);
    // Where one field alone is not enough, two are.
    expect(cheaperVariants(contract, payload, 25)).toEqual([
      { change: { duration: 6, resolution: '720p' }, credits: 24 },
      { change: { duration: 6, tier: 'turbo' }, credits: 24 },
    ]);
  });

  it.each<[string, Record<string, Json>, number, unknown[]]>([
    ['t2v', { duration: '8' }, 24, [{ change: { duration: '5' }, credits: 15 }]],
    ['t2v', { duration: '8' }, 15, []],
    ['t2v', { duration: '8' }, 16, [{ change: { duration: '5' }, credits: 15 }]],
    ['t2v', { duration: '5' }, 15, []],
    ['wan27', { duration: '15', resolution: '1080P' }, 80, [{ change: { duration: '5' }, credits: 75 }]],
    ['seedance20', { duration: 15 }, 1000, []],
    ['lv', {}, 1000, []],
  ])('%s %j below %s credits', async (model, change, below, variants) => {
    const contract = await contractOf(model);
    expect(cheaperVariants(contract, { ...contract.example, ...change }, below)).toEqual(variants);
  });

  it('none for a payload that is refused anyway', async () => {
    const contract = await contractOf('t2v');
    expect(cheaperVariants(contract, { ...contract.example, duration: '8', seed: 1 }, 24)).toEqual([]);
    expect(cheaperVariants(contract, { ...contract.example, duration: '7' }, 24)).toEqual([]);
  });

  it.each(MODELS)('%s: each passes and is cheaper', async (model) => {
    const contract = await contractOf(model);
    const now = estimateCredits(contract, contract.example);
    for (const { change, credits } of cheaperVariants(contract, contract.example, now ?? 1000)) {
      expect(checkPayload(contract, { ...contract.example, ...change })).toEqual([]);
      expect(credits).toBeLessThan(now!);
    }
  });

  it('a large picture is not read once per variant', async () => {
    const contract = await contractOf('minimax');
    const imageUrl = dataUri('image/png', Buffer.concat([PICTURES.png, Buffer.alloc(9_000_000)]));
    let reads = 0;
    const payload = { content: 'x', duration: 20, resolution: '1080p', tier: 'base' };
    Object.defineProperty(payload, 'imageUrl', {
      enumerable: true,
      get() {
        reads++;
        return imageUrl;
      },
    });
    expect(cheaperVariants(contract, payload, 100)).toHaveLength(3);
    expect(reads).toBeLessThan(200);
  });
});

// The published prices of APIDot (its own READMEs, and the website's source for the last four), by literals. A pair is
// what the sources leave open.
const URL = 'https://example.com/a.mp4';
const gpt: [Record<string, Json | undefined>, number | [number, number] | null][] = [
  [{ quality: 'low', size: '3:2', resolution: '1K' }, 1],
  [{ quality: 'low', size: '3:2', resolution: '2K' }, 2],
  [{ quality: 'low', size: '16:9', resolution: '4K' }, 4],
  [{ quality: 'medium', size: '3:2', resolution: '1K' }, 3],
  [{ quality: 'medium', size: '3:2', resolution: '2K' }, 6],
  [{ quality: 'medium', size: '9:16', resolution: '4K' }, 12],
  [{ quality: 'high', size: '3:2', resolution: '1K' }, 12],
  [{ quality: 'high', size: '3:2', resolution: '2K' }, 24],
  [{ quality: 'high', size: '21:9', resolution: '4K' }, 48],
  [{ quality: 'high', size: '3840x2160', resolution: '4K' }, 48],
  [{ quality: 'high', size: '2160x3840', resolution: '4K' }, 48],
  // Not billed as 4K; as what, is not said.
  [{ quality: 'high', size: '2304x2048', resolution: '4K' }, [12, 24]],
  [{ quality: 'high', size: '3:2', resolution: '4K' }, [12, 24]],
  // auto and no size count as 1K.
  [{ quality: 'high', size: 'auto', resolution: '4K' }, 12],
  [{ quality: 'medium', size: undefined, resolution: undefined }, 3],
  // What the service assumes is not stated.
  [{ quality: undefined, size: '3:2', resolution: '1K' }, [1, 12]],
  [{ quality: 'low', size: '3:2', resolution: undefined }, [1, 2]],
  [{ quality: 'low', size: '16:9', resolution: undefined }, [1, 4]],
  [{ quality: undefined, size: undefined, resolution: undefined }, [1, 12]],
];
const banana: typeof gpt = [
  [{ resolution: '0.5K' }, 7],
  [{ resolution: '1K' }, 10],
  [{ resolution: '2K' }, 15],
  [{ resolution: '4K' }, 20],
  [{ resolution: undefined }, [7, 20]],
];
const wan: typeof gpt = [
  [{ duration: 5, resolution: '720p' }, 60],
  [{ duration: 10, resolution: '1080p' }, 180],
  [{ duration: 5, resolution: undefined }, [60, 90]],
];
const PUBLISHED: Record<string, typeof gpt> = {
  'gpt-image-2': gpt,
  'gpt-image-2-edit': gpt,
  'nano-banana-2': banana,
  'nano-banana-2-edit': banana,
  'seedream-4.5': [
    [{ n: 1 }, 5],
    [{ n: 15 }, 75],
    [{ n: undefined, size: '4K' }, 5],
  ],
  'seedream-4.5-edit': [[{ n: 2 }, 10]],
  'seedream-5.0-lite': [
    [{ n: 1 }, 5],
    [{ n: 4 }, [5, 20]],
  ],
  'seedream-5.0-lite-edit': [[{ n: 3 }, [5, 15]]],
  'seedance-2': [
    [{ duration: 5, resolution: '480p' }, 100],
    [{ duration: 5, resolution: '720p' }, 200],
    [{ duration: 4, resolution: '1080p' }, 360],
    [{ duration: 5, resolution: '480p', reference_video_urls: [URL] }, 50],
    [{ duration: 5, resolution: '720p', reference_video_urls: [URL] }, 100],
    [{ duration: 5, resolution: '1080p', reference_video_urls: [URL] }, 225],
    [{ duration: 5, resolution: '720p', reference_video_urls: [] }, 200],
  ],
  'seedance-2-fast': [
    [{ duration: 5, resolution: '480p' }, 70],
    [{ duration: 5, resolution: '720p' }, 140],
    [{ duration: 5, resolution: '480p', reference_video_urls: [URL] }, 40],
    [{ duration: 5, resolution: '720p', reference_video_urls: [URL] }, 80],
  ],
  'sora-2-official': [
    ...[4, 8, 12, 16, 20].map((duration): (typeof gpt)[0] => [{ duration }, duration * 12]),
    [{ duration: undefined }, [48, 240]],
  ],
  'sora-2-pro-official': [
    [{ duration: 8, resolution: '720p' }, 384],
    [{ duration: 4, resolution: '1024p' }, 320],
    [{ duration: 4, resolution: '1080p' }, 448],
    [{ duration: undefined, resolution: '720p' }, [192, 960]],
  ],
  'happy-horse': [
    [{ duration: 5, resolution: '720p' }, 80],
    [{ duration: 5, resolution: '1080p' }, 160],
    [{ duration: undefined, aspect_ratio: undefined, video_url: URL, resolution: '720p' }, [96, 480]],
    [{ duration: undefined, aspect_ratio: undefined, video_url: URL, resolution: '1080p' }, [192, 960]],
    [{ duration: 3, resolution: undefined }, [48, 96]],
  ],
  'kling-3.0-motion-control': [
    [{ resolution: '720p', character_orientation: 'image' }, [27, 90]],
    [{ resolution: undefined, character_orientation: 'image' }, [27, 90]],
    [{ resolution: '1080p', character_orientation: 'video' }, [45, 450]],
  ],
  'runway-gen-4.5': [
    [{ duration: 5 }, 75],
    [{ duration: 10 }, 150],
    [{ duration: undefined }, [75, 150]],
  ],
  'wan2.7-text-to-video': wan,
  'wan2.7-image-to-video': wan,
  'wan2.7-reference-to-video': wan,
  // The source's own length, which nobody here knows.
  'wan2.7-edit-video': [...wan, [{ duration: 0 }, null], [{ duration: undefined }, null]],
  'veo3.1-lite': [
    [{ resolution: '720p' }, 10],
    [{ resolution: '1080p' }, 10],
    [{ resolution: '4k' }, 30],
    [{ resolution: undefined }, [10, 30]],
  ],
  'veo3.1-fast': [
    [{ resolution: '1080p' }, 20],
    [{ resolution: '4k' }, 60],
  ],
  'veo3.1-quality': [
    [{ resolution: '720p' }, 120],
    [{ resolution: '4k' }, 400],
  ],
  'minimax-music-2.6': [[{}, 20]],
};

describe('the published prices of APIDot', () => {
  it('are of 23 models: 19 by its own repositories, 4 by what its website sold', async () => {
    const contracts = await Promise.all(APIDOT_MODELS.map((model) => loadContract('apidot', model)));
    const priced = contracts.filter(({ price }) => price !== null);
    expect(priced.map(({ model }) => model)).toEqual(Object.keys(PUBLISHED).sort());
    const isOfSite = (note: string): boolean => note.includes('showed for sale');
    expect(priced.filter(({ price }) => isOfSite(price!.note)).map(({ model }) => model)).toEqual([
      'minimax-music-2.6',
      'veo3.1-fast',
      'veo3.1-lite',
      'veo3.1-quality',
    ]);
  });

  it.each(
    Object.entries(PUBLISHED).flatMap(([model, rows]) =>
      rows.map(([change, credits]) => [model, change, credits] as const),
    ),
  )('%s %j: %s', async (model, change, credits) => {
    const contract = await loadContract('apidot', model);
    const payload = changed(contract.example, change);
    expect(checkPayload(contract, payload)).toEqual([]);
    const [least, most] = Array.isArray(credits) ? credits : [credits, credits];
    expect(estimate(contract, payload)).toEqual(credits === null ? null : { least, most });
    expect(estimateCredits(contract, payload)).toBe(Array.isArray(credits) ? null : credits);
  });

  it.each(Object.keys(PUBLISHED))('%s: its line has the credits, the date and the word', async (model) => {
    const contract = await loadContract('apidot', model);
    expect(priceLine(contract, contract.example)).toMatch(
      /^An estimate by prices of (about )?2026-0\d-\d\d, no quote: \d+( to \d+)? credits \(about US\$\d+\.\d{2,4}( to US\$\d+\.\d{2,4})?\)\.$/,
    );
  });

  it('a length that the service finds out is told by the second', async () => {
    const contract = await loadContract('apidot', 'wan2.7-edit-video');
    expect(priceLine(contract, { ...contract.example, duration: 0 })).toBe(
      'An estimate by prices of 2026-07-06, no quote: 12 to 18 credits (about US$0.06 to US$0.09) a second; how many seconds count is not known from this request.',
    );
    expect(priceLine(await contractOf('t2v'), (await contractOf('t2v')).example)).toBe(
      'An estimate by prices of 2026-09-17, no quote: 15 credits (about US$0.15).',
    );
    expect(priceLine(await contractOf('seedance20'), {})).toBeNull();
    expect(priceLine(await loadContract('apidot', 'z-image'), {})).toBeNull();
  });

  it('a cheaper form is told once, not with needless changes beside it', async () => {
    const contract = await loadContract('apidot', 'gpt-image-2');
    expect(cheaperVariants(contract, { prompt: 'x' }, 6)).toEqual([
      { change: { quality: 'medium' }, credits: 3 },
    ]);
  });
});
