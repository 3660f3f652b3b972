import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { BY_FLAGS } from '../../scripts/src/cli/render/payload-ways.ts';
import { type Contract, loadContract } from '../../scripts/src/contracts/contract.ts';
import { estimateCredits } from '../../scripts/src/contracts/price/estimate.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import type { Issue } from '../../scripts/src/model/issue.ts';
import type { Json, JsonObject } from '../../scripts/src/model/json.ts';

export const PROVIDER = 'aivideomaker';

export const MODELS = readdirSync(new URL('../../contracts/aivideomaker/', import.meta.url))
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();

export const contractOf = (model: string): Promise<Contract> => loadContract(PROVIDER, model);

/** What holds for every contract, whatever it is of. */
export function expectSound(contract: Contract): void {
  const { example, sources, notes, schema, price } = contract;
  expect(checkPayload(contract, example)).toEqual([]);
  expect(sources.length).toBeGreaterThan(0);
  for (const { what, date } of sources) {
    expect(what).toMatch(/\w/);
    expect(date).toMatch(/20\d\d/);
  }
  for (const note of notes) expect(note).toMatch(/\.$/);
  for (const property of Object.values(schema.properties as Record<string, JsonObject>))
    expect(property.description).toMatch(/\w/);
  if (price === null) return;
  expect(price.asOf).toMatch(/^(about )?20\d\d-\d\d-\d\d$/);
  expect(price.note).toMatch(/estimate/i);
  for (const { when, credits } of price.observed) {
    const payload = { ...example, ...when };
    expect(checkPayload(contract, payload)).toEqual([]);
    expect([credits, null]).toContain(estimateCredits(contract, payload));
  }
}

/** The issues, in the words of the command line, of a model's example with these fields changed; undefined takes a field out. */
export async function issuesOf(
  model: string,
  change: Record<string, Json | undefined> = {},
): Promise<Issue[]> {
  const contract = await contractOf(model);
  return checkPayload(contract, changed(contract.example, change), BY_FLAGS);
}

export function changed(payload: JsonObject, change: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries({ ...payload, ...change });
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex');
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb', 'hex');
const GIF = Buffer.from('GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;', 'latin1');
const WEBP = Buffer.from('RIFF\u001a\u0000\u0000\u0000WEBPVP8L\u000d\u0000\u0000\u0000', 'latin1');
const AVIF = Buffer.from('\u0000\u0000\u0000\u001cftypavif\u0000\u0000\u0000\u0000avifmif1', 'latin1');
const BMP = Buffer.from(
  'BM\u0046\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0036\u0000\u0000\u0000\u0028\u0000\u0000\u0000',
  'latin1',
);

/** The beginnings of pictures, by their type: enough for a check that reads first bytes only. */
export const PICTURES = { png: PNG, jpeg: JPEG, gif: GIF, webp: WEBP, avif: AVIF, bmp: BMP };

export const dataUri = (type: string, bytes: Buffer): string =>
  `data:${type};base64,${bytes.toString('base64')}`;
