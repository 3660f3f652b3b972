import { isObject, type Json, type JsonObject } from '../types/json.ts';
import { ContractError } from './contract-error.ts';
import type { SchemaNode } from './node.ts';

/** Credits per second for payloads whose fields (or their defaults) have the values of `when`. */
export interface Rate {
  when: JsonObject;
  perSecond: number;
}

/** One price somebody saw: a quote of the service or an actual charge. */
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
  /** The field that holds the length in seconds. */
  seconds: string | null;
  /** The first that fits counts. Empty where no formula is known. */
  rates: Rate[];
  observed: ObservedPrice[];
}

/** Reads x-price. `root` is the schema whose fields it may name. @throws ContractError */
export function readPrice(value: Json, root: SchemaNode): PriceRule {
  const rule = fields(value, 'x-price', ['asOf', 'note', 'seconds', 'rates', 'observed']);
  const {
    asOf,
    note,
    seconds = null,
    rates = [],
    observed = [],
  } = rule as { [key: string]: Json | undefined };
  if (typeof asOf !== 'string' || typeof note !== 'string')
    throw new ContractError('x-price needs the texts asOf and note');
  if (seconds !== null && (typeof seconds !== 'string' || !root.properties?.has(seconds)))
    throw new ContractError('x-price.seconds must name one of the properties');
  if (!Array.isArray(rates) || !Array.isArray(observed))
    throw new ContractError('x-price.rates and x-price.observed must be lists');
  if (rates.length > 0 && seconds === null) throw new ContractError('x-price.rates needs x-price.seconds');
  return {
    asOf,
    note,
    seconds,
    rates: rates.map((item) => {
      const { when = {}, perSecond } = fields(item, 'x-price.rates', ['when', 'perSecond']);
      if (!isCredits(perSecond)) throw new ContractError('x-price.rates: perSecond must be a number above 0');
      return { when: condition(when, root), perSecond };
    }),
    observed: observed.map((item) => {
      const {
        when = {},
        credits,
        how,
        date,
      } = fields(item, 'x-price.observed', ['when', 'credits', 'how', 'date']);
      if (!isCredits(credits) || (how !== 'quote' && how !== 'charge') || typeof date !== 'string')
        throw new ContractError('x-price.observed needs credits, how (quote or charge) and date');
      return { when: condition(when, root), credits, how, date };
    }),
  };
}

function fields(value: Json, where: string, known: readonly string[]): { [key: string]: Json | undefined } {
  if (!isObject(value)) throw new ContractError(`${where} must hold mappings`);
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new ContractError(`${where}: ${stranger} is not supported`);
  return value;
}

function isCredits(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function condition(value: Json, root: SchemaNode): JsonObject {
  if (!isObject(value)) throw new ContractError('x-price: when must be a mapping');
  for (const [name, wanted] of Object.entries(value)) {
    const node = root.properties?.get(name);
    if (node === undefined) throw new ContractError(`x-price: ${name} is not one of the properties`);
    if (node.enum !== undefined && !node.enum.includes(wanted))
      throw new ContractError(`x-price: ${name} cannot be ${JSON.stringify(wanted)}`);
  }
  return value;
}
