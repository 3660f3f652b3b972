import { describe, expect, it } from 'vitest';
import { cheaperVariants, estimateCredits } from '../../scripts/src/contracts/price.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import type { Json } from '../../scripts/src/types/json.ts';
import { changed, contractOf, dataUri, MODELS, PICTURES } from './helpers.ts';

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

  it.each(MODELS)('%s: agrees with every observed price, where it makes one', async (model) => {
    const contract = await contractOf(model);
    for (const { when, credits } of contract.price?.observed ?? []) {
      expect(checkPayload(contract, { ...contract.example, ...when })).toEqual([]);
      expect([credits, null]).toContain(estimateCredits(contract, { ...contract.example, ...when }));
    }
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

  it.each(MODELS)('%s: the price is dated and calls itself an estimate', async (model) => {
    const { price, notes } = await contractOf(model);
    if (price === null) return expect(notes.join(' ')).toMatch(/March 2026/);
    expect(price.asOf).toMatch(/^2026-09-\d\d$/);
    expect(price.note).toMatch(/estimate/i);
  });
});

describe('cheaper variants', () => {
  it('cheapest first, at most three, one or two fields', async () => {
    const contract = await contractOf('minimax');
    const payload = { content: 'x', duration: 20, resolution: '1080p', tier: 'base' };
    const variants = cheaperVariants(contract, payload, 100);
    expect(variants).toEqual([
      { change: { duration: 5, resolution: '720p' }, credits: 20 },
      { change: { duration: 5, tier: 'turbo' }, credits: 20 },
      { change: { duration: 6, resolution: '720p' }, credits: 24 },
    ]);
  });

  it.each<[string, Record<string, Json>, number, unknown[]]>([
    ['t2v', { duration: '8' }, 24, [{ change: { duration: '5' }, credits: 15 }]],
    ['t2v', { duration: '8' }, 15, []],
    ['t2v', { duration: '8' }, 16, [{ change: { duration: '5' }, credits: 15 }]],
    ['t2v', { duration: '5' }, 15, []],
    [
      'wan27',
      { duration: '15', resolution: '1080P' },
      80,
      [
        { change: { duration: '5', resolution: '720P' }, credits: 50 },
        { change: { duration: '5' }, credits: 75 },
      ],
    ],
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

  it('a large picture is not looked at once per variant', async () => {
    const contract = await contractOf('minimax');
    const imageUrl = dataUri('image/png', Buffer.concat([PICTURES.png, Buffer.alloc(9_000_000)]));
    let looks = 0;
    const payload = { content: 'x', duration: 20 };
    Object.defineProperty(payload, 'imageUrl', {
      enumerable: true,
      get() {
        looks++;
        return imageUrl;
      },
    });
    expect(cheaperVariants(contract, payload, 60)).toHaveLength(3);
    expect(looks).toBeLessThan(200);
  });
});
