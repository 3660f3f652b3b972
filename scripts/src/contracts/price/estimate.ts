import type { Cheaper, DatedEstimate } from '../../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Contract, rootOf } from '../contract.ts';
import type { PriceRule, Rate } from '../read/price-rule.ts';
import { carriesSomething, fieldOf } from '../schema/presence.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { checkPayload } from '../validate.ts';

/** Credits that a payload may have cost, from the least to the most. The same number where its fields decide it. */
interface Estimate {
  least: number;
  most: number;
}

type Variant = Cheaper['variants'][number];

const MOST_VARIANTS = 3;
// A range of seconds is short; a wider number field would make pairs of changes endless.
const MOST_VALUES = 40;

/**
 * What a valid payload would have cost at the date of the contract's price rule. A field that was left out and has no
 * documented default may stand for any of its values. Null where nothing is known, also where the rule gives a
 * fraction, as how the service rounds is not known. Never 0.
 */
export function estimate(contract: Contract, payload: JsonObject): Estimate | null {
  const { price } = contract;
  if (price === null) return null;
  const root = rootOf(contract);
  const explained = explainedAbsences(price);
  const costs: Estimate[] = [];
  for (const rate of price.rates) {
    const fit = fits(root, rate, payload, explained);
    if (fit === 'no') continue;
    const cost = costOf(root, price, rate, payload);
    if (cost === null) return null;
    costs.push(cost);
    if (fit === 'yes') break;
  }
  const range = rangeOf(costs.flatMap(({ least, most }) => [least, most]));
  const isKnown = (credits: number) => Number.isSafeInteger(credits) && credits > 0;
  return isKnown(range.least) && isKnown(range.most) ? range : null;
}

/** The same, with the date and the note of the price rule. */
export function datedEstimate(contract: Contract, payload: JsonObject): DatedEstimate | null {
  const range = estimate(contract, payload);
  const { asOf = '', note = '' } = contract.price ?? {};
  return range && { ...range, asOf, note };
}

/** The estimate as one number; null where it is not known, or not to one number. */
export function estimateCredits(contract: Contract, payload: JsonObject): number | null {
  const range = estimate(contract, payload);
  return range !== null && range.least === range.most ? range.most : null;
}

/** `7 to 20 credits (about US$0.035 to US$0.10)`, with the value that a credit had at the date of the rule. */
function creditsText({ least, most }: Estimate, usdPerCredit: number | null): string {
  const range = (low: string, high: string): string => (low === high ? low : `${low} to ${high}`);
  const credits = `${range(String(least), String(most))} credit${most === 1 ? '' : 's'}`;
  if (usdPerCredit === null) return credits;
  // Cents as people write them; what is less than a cent is kept.
  const dollars = (amount: number) => `US$${(amount * usdPerCredit).toFixed(4).replace(/0{1,2}$/, '')}`;
  return `${credits} (about ${range(dollars(least), dollars(most))})`;
}

/** The sentence that tells the user what a payload may cost; null where no price is known. */
export function priceLine(contract: Contract, payload: JsonObject): string | null {
  const { price } = contract;
  if (price === null || price.rates.length === 0) return null;
  const range = estimate(contract, payload);
  const said = `An estimate by prices of ${price.asOf}, no quote:`;
  if (range !== null) return `${said} ${creditsText(range, price.usdPerCredit)}.`;
  const bySecond = price.rates.flatMap(({ perSecond }) => perSecond ?? []);
  if (bySecond.length === 0) return null;
  return `${said} ${creditsText(rangeOf(bySecond), price.usdPerCredit)} a second; how many seconds count is not known from this request.`;
}

type Fit = 'yes' | 'no' | 'perhaps';

/** `perhaps`: it depends on what the service assumes for a field that was left out. */
function fits(root: SchemaNode, { when }: Rate, payload: JsonObject, explained: ReadonlySet<string>): Fit {
  const all = Object.entries(when).map(([name, condition]) =>
    meets(valueIn(root, payload, name), condition, explained.has(name) ? 'no' : 'perhaps'),
  );
  return all.find((fit) => fit === 'no') ?? all.find((fit) => fit === 'perhaps') ?? 'yes';
}

/** The fields of which a rate says what leaving them out costs. */
function explainedAbsences({ rates }: PriceRule): ReadonlySet<string> {
  const explains = (condition: Json): boolean =>
    condition === 'absent' || (Array.isArray(condition) && condition.includes(null));
  const pairs = rates.flatMap(({ when }) => Object.entries(when));
  return new Set(pairs.filter(([, condition]) => explains(condition)).map(([name]) => name));
}

/** @param unsaid what leaving the field out means for a condition on its value */
function meets(value: Json | undefined, condition: Json, unsaid: Fit): Fit {
  const isLeftOut = !carriesSomething(value);
  const as = (is: boolean): Fit => (is ? 'yes' : 'no');
  if (condition === 'given') return as(!isLeftOut);
  if (condition === 'absent') return as(isLeftOut);
  if (Array.isArray(condition)) {
    if (isLeftOut) return condition.includes(null) ? 'yes' : unsaid;
    return as(condition.includes(value!));
  }
  if (isLeftOut) return unsaid;
  if (isObject(condition))
    return as(typeof value === 'string' && new RegExp(String(condition.pattern), 'u').test(value));
  return as(value === condition);
}

function costOf(root: SchemaNode, price: PriceRule, rate: Rate, payload: JsonObject): Estimate | null {
  const { credits, perSecond, times, perhapsTimes } = rate;
  const unit = perSecond === undefined ? rangeOf([credits!].flat()) : secondsOf(root, price, rate, payload);
  const counted = times ?? perhapsTimes;
  const count = counted === undefined ? 1 : valueIn(root, payload, counted);
  if (unit === null) return null;
  const once = perSecond ?? 1;
  const often = once * (typeof count === 'number' ? count : 1);
  return { least: unit.least * (times === undefined ? once : often), most: unit.most * often };
}

const rangeOf = (numbers: readonly number[]): Estimate => ({
  least: Math.min(...numbers),
  most: Math.max(...numbers),
});

/** Null where the seconds are not known; 0 stands for a length that the service finds out. */
function secondsOf(root: SchemaNode, price: PriceRule, rate: Rate, payload: JsonObject): Estimate | null {
  if (rate.seconds !== undefined) return rangeOf(rate.seconds);
  const value = valueIn(root, payload, price.seconds!);
  const isGiven = value !== undefined && value !== null;
  const possible = isGiven ? [value] : valuesOf(root.properties?.get(price.seconds!));
  const seconds = possible.map(toSeconds);
  return seconds.length > 0 && seconds.every(Boolean) ? rangeOf(seconds as number[]) : null;
}

function valueIn(root: SchemaNode, payload: JsonObject, name: string): Json | undefined {
  return fieldOf(payload, name) ?? root.properties!.get(name)?.default;
}

function toSeconds(value: Json | undefined): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,6}(\.\d+)?$/.test(value) ? Number(value) : null;
}

/**
 * Up to three ways to make a valid payload cheaper than `belowCredits` (itself excluded) by changing one or two of
 * the fields its price depends on, the nearest first: the fewest changes, then the highest price. Each changes other
 * fields than those before it. The model stays the same; every variant passes checkPayload. Empty where the payload is
 * not valid or no price is known.
 */
export function cheaperVariants(contract: Contract, payload: JsonObject, belowCredits: number): Variant[] {
  const now = estimate(contract, payload);
  if (now === null || checkPayload(contract, payload).length > 0) return [];
  const singles = priceFields(contract).flatMap((name) => changesOf(contract, payload, name));
  const pairs = singles.flatMap((one, i) => singles.slice(i + 1).map((two) => ({ ...one, ...two })));
  const variants: Variant[] = [];
  // Of two values of one field the second is a change of its own.
  for (const change of [...singles, ...pairs.filter((pair) => Object.keys(pair).length === 2)]) {
    const credits = estimate(contract, { ...payload, ...change })?.most;
    if (credits !== undefined && credits < belowCredits) variants.push({ change, credits });
  }
  variants.sort(
    (a, b) => Object.keys(a.change).length - Object.keys(b.change).length || b.credits - a.credits,
  );
  // Validating reads the whole payload, which may hold an image, so only what is returned is validated.
  const valid: Variant[] = [];
  for (const variant of variants) {
    if (valid.length === MOST_VARIANTS) break;
    // A change is needless where one of the same fields, or of a part of them, is nearer.
    const isNearer = ({ change }: Variant) =>
      Object.keys(change).every((name) => Object.hasOwn(variant.change, name));
    if (valid.some(isNearer)) continue;
    if (checkPayload(contract, { ...payload, ...variant.change }).length === 0) valid.push(variant);
  }
  return valid;
}

function priceFields(contract: Contract): string[] {
  const { seconds, rates } = contract.price!;
  const names = rates.flatMap(({ when, times, perhapsTimes }) => [...Object.keys(when), times, perhapsTimes]);
  return [...new Set([seconds, ...names])].filter((name) => typeof name === 'string');
}

function changesOf(contract: Contract, payload: JsonObject, name: string): JsonObject[] {
  const root = rootOf(contract);
  const current = valueIn(root, payload, name);
  return valuesOf(root.properties?.get(name))
    .filter((value) => value !== null && value !== current)
    .map((value) => ({ [name]: value }));
}

function valuesOf(node: SchemaNode | undefined): readonly Json[] {
  if (node?.enum !== undefined) return node.enum;
  if (node?.minimum === undefined || node.maximum === undefined) return [];
  const first = Math.ceil(node.minimum);
  const length = Math.min(MOST_VALUES, Math.max(0, Math.floor(node.maximum) - first + 1));
  return Array.from({ length }, (_, i) => first + i);
}
