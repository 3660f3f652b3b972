import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { ContractError } from './contract-error.ts';
import { only } from './keywords/keyword.ts';
import type { SchemaNode } from './schema-node.ts';

/**
 * What a request costs whose fields are as `when` says: credits for the request, or for each second of it.
 * A condition is a value, a list of values (null: left out), `given`, `absent`, or `{pattern}`.
 */
export interface Rate {
  when: JsonObject;
  /** Credits per second. Absent: `credits` counts. */
  perSecond?: number;
  /** Credits for the request; two numbers where the sources leave it open between them. */
  credits?: number | [least: number, most: number];
  /** The seconds that may be charged, where no field says how many. */
  seconds?: [least: number, most: number];
  /** The field whose number the credits are multiplied by; left out it counts as 1. */
  times?: string;
  /** The same, where the sources do not say whether they are multiplied. */
  perhapsTimes?: string;
}

/** One observed price: a quote of the service or an actual charge. */
export interface ObservedPrice {
  when: JsonObject;
  credits: number;
  how: 'quote' | 'charge';
  date: string;
}

/** How a model was priced at a date. An estimate: the service's own quote decides. */
export interface PriceRule {
  asOf: string;
  note: string;
  /** What a credit was worth in US$ at that date; null where it is not known. */
  usdPerCredit: number | null;
  /** The field that holds the length in seconds. */
  seconds: string | null;
  /** The first that fits counts. Empty where no formula is known. */
  rates: Rate[];
  observed: ObservedPrice[];
}

/** Reads x-price. `root` is the schema whose fields it may name. @throws ContractError */
export function readPrice(value: Json, root: SchemaNode): PriceRule {
  const known = ['asOf', 'note', 'usdPerCredit', 'seconds', 'rates', 'observed'];
  const { asOf, note, usdPerCredit, seconds, rates = [], observed = [] } = only(value, 'x-price', known);
  if (typeof asOf !== 'string' || typeof note !== 'string')
    throw new ContractError('x-price needs the texts asOf and note');
  if (usdPerCredit !== undefined && !isAmount(usdPerCredit))
    throw new ContractError('x-price.usdPerCredit must be a number above 0');
  if (!Array.isArray(rates) || !Array.isArray(observed))
    throw new ContractError('x-price.rates and x-price.observed must be lists');
  const field = seconds === undefined ? null : fieldName(seconds, 'x-price.seconds', root);
  return {
    asOf,
    note,
    usdPerCredit: usdPerCredit ?? null,
    seconds: field,
    rates: rates.map((item) => readRate(item, field, root)),
    observed: observed.map((item) => {
      const found = only(item, 'x-price.observed', ['when', 'credits', 'how', 'date']);
      const { when = {}, credits, how, date } = found;
      if (!isAmount(credits) || (how !== 'quote' && how !== 'charge') || typeof date !== 'string')
        throw new ContractError('x-price.observed needs credits, how (quote or charge) and date');
      return { when: conditions(when, root), credits, how, date };
    }),
  };
}

function readRate(item: Json, secondsField: string | null, root: SchemaNode): Rate {
  const known = ['when', 'perSecond', 'credits', 'seconds', 'times', 'perhapsTimes'];
  const { when = {}, perSecond, credits, seconds, times, perhapsTimes } = only(item, 'x-price.rates', known);
  const rate: Rate = { when: conditions(when, root) };
  if ((perSecond === undefined) === (credits === undefined))
    throw new ContractError('x-price.rates: each needs either perSecond or credits');
  if (perSecond !== undefined) {
    if (!isAmount(perSecond)) throw new ContractError('x-price.rates: perSecond must be a number above 0');
    if (secondsField === null && seconds === undefined)
      throw new ContractError('x-price.rates: perSecond needs x-price.seconds, or seconds of its own');
    rate.perSecond = perSecond;
  }
  if (credits !== undefined) {
    if (!isAmount(credits) && !isRange(credits))
      throw new ContractError('x-price.rates: credits must be a number above 0, or the least and the most');
    rate.credits = credits;
  }
  if (seconds !== undefined) {
    if (perSecond === undefined || !isRange(seconds))
      throw new ContractError('x-price.rates: seconds, the least and the most, goes with perSecond');
    rate.seconds = seconds;
  }
  if (times !== undefined) rate.times = fieldName(times, 'x-price.rates.times', root);
  if (perhapsTimes !== undefined)
    rate.perhapsTimes = fieldName(perhapsTimes, 'x-price.rates.perhapsTimes', root);
  return rate;
}

function fieldName(value: Json, where: string, root: SchemaNode): string {
  if (typeof value === 'string' && root.properties?.has(value)) return value;
  throw new ContractError(`${where} must name one of the properties`);
}

function isAmount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isRange(value: Json): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isAmount) && value[0]! < value[1]!;
}

function conditions(value: Json, root: SchemaNode): JsonObject {
  if (!isObject(value)) throw new ContractError('x-price: when must be a mapping');
  for (const [name, condition] of Object.entries(value)) {
    const node = root.properties?.get(name);
    if (node === undefined) throw new ContractError(`x-price: ${name} is not one of the properties`);
    if (condition === 'given' || condition === 'absent') continue;
    if (isObject(condition)) {
      checkPattern(name, condition);
      continue;
    }
    for (const wanted of Array.isArray(condition) ? condition : [condition])
      if (wanted !== null && !canBe(node, wanted))
        throw new ContractError(`x-price: ${name} cannot be ${JSON.stringify(wanted)}`);
  }
  return value;
}

function checkPattern(name: string, condition: JsonObject): void {
  try {
    if (typeof condition.pattern === 'string' && Object.keys(condition).length === 1) {
      new RegExp(condition.pattern, 'u');
      return;
    }
  } catch {}
  throw new ContractError(`x-price: ${name} must be a value, a list of values, given, absent or {pattern}`);
}

function canBe(node: SchemaNode, value: Json): boolean {
  if (node.anyOf !== undefined) return node.anyOf.some((form) => canBe(form, value));
  return node.enum === undefined || node.enum.includes(value);
}
