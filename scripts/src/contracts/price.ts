import type { Json, JsonObject } from '../types/json.ts';
import { type Contract, rootOf } from './contract.ts';
import type { SchemaNode } from './node.ts';
import { checkPayload } from './validate.ts';

export type { ObservedPrice, PriceRule, Rate } from './price-rule.ts';

/** A change to a payload, and what the changed payload is estimated to cost. */
export interface Variant {
  change: JsonObject;
  credits: number;
}

const MOST_VARIANTS = 3;
// A range of seconds is short; a wider number field would make pairs of changes endless.
const MOST_VALUES = 40;

/**
 * What a valid payload would have cost at the date of the contract's price rule, in credits. Null where that is not
 * known, also where the rule gives a fraction, as how the service rounds is not known. Never 0.
 */
export function estimateCredits(contract: Contract, payload: JsonObject): number | null {
  const { price } = contract;
  if (price === null || price.seconds === null) return null;
  const root = rootOf(contract);
  const rate = price.rates.find(({ when }) =>
    Object.entries(when).every(([name, wanted]) => valueIn(root, payload, name) === wanted),
  );
  const seconds = toSeconds(valueIn(root, payload, price.seconds));
  if (rate === undefined || seconds === null) return null;
  const credits = rate.perSecond * seconds;
  return Number.isSafeInteger(credits) && credits > 0 ? credits : null;
}

function valueIn(root: SchemaNode, payload: JsonObject, name: string): Json | undefined {
  return (Object.hasOwn(payload, name) ? payload[name] : undefined) ?? root.properties?.get(name)?.default;
}

function toSeconds(value: Json | undefined): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,6}(\.\d+)?$/.test(value) ? Number(value) : null;
}

/**
 * Up to three ways to make a valid payload cheaper than `belowCredits` (itself excluded) by changing one or two of
 * the fields its price depends on, cheapest first, then fewest changes. The model stays the same; every variant
 * passes checkPayload. Empty where the payload is not valid or no price is known.
 */
export function cheaperVariants(contract: Contract, payload: JsonObject, belowCredits: number): Variant[] {
  if (estimateCredits(contract, payload) === null || checkPayload(contract, payload).length > 0) return [];
  const singles = priceFields(contract).flatMap((name) => changesOf(contract, payload, name));
  const pairs = singles.flatMap((one, i) =>
    singles.slice(i + 1).flatMap((two) => (one.name === two.name ? [] : [{ ...one.change, ...two.change }])),
  );
  const variants: Variant[] = [];
  for (const change of [...singles.map((single) => single.change), ...pairs]) {
    const credits = estimateCredits(contract, { ...payload, ...change });
    if (credits !== null && credits < belowCredits) variants.push({ change, credits });
  }
  variants.sort(
    (a, b) => a.credits - b.credits || Object.keys(a.change).length - Object.keys(b.change).length,
  );
  // Validating costs a look at the whole payload, which may hold an image, so only what is returned is validated.
  const valid: Variant[] = [];
  for (const variant of variants) {
    if (valid.length === MOST_VARIANTS) break;
    if (checkPayload(contract, { ...payload, ...variant.change }).length === 0) valid.push(variant);
  }
  return valid;
}

function priceFields(contract: Contract): string[] {
  const names = new Set<string>();
  if (contract.price?.seconds) names.add(contract.price.seconds);
  for (const { when } of contract.price?.rates ?? []) for (const name of Object.keys(when)) names.add(name);
  return [...names];
}

function changesOf(
  contract: Contract,
  payload: JsonObject,
  name: string,
): { name: string; change: JsonObject }[] {
  const root = rootOf(contract);
  const current = valueIn(root, payload, name);
  return valuesOf(root.properties?.get(name))
    .filter((value) => value !== null && value !== current)
    .map((value) => ({ name, change: { [name]: value } }));
}

/** The values a field can take, where they can be counted. */
function valuesOf(node: SchemaNode | undefined): readonly Json[] {
  if (node?.enum !== undefined) return node.enum;
  if (node?.minimum === undefined || node.maximum === undefined) return [];
  const first = Math.ceil(node.minimum);
  const length = Math.min(MOST_VALUES, Math.max(0, Math.floor(node.maximum) - first + 1));
  return Array.from({ length }, (_, i) => first + i);
}
