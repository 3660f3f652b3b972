import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { ContractError, only, parsed, REGEX } from '../schema/parsed.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { type Zod, z } from '../schema/zod.ts';

const CREDITS = ' must be a number above 0, or the least and the most';
const amount = (message: string) => z.number(message).check(z.positive(message));
const range = z
  .tuple([amount(CREDITS), amount(CREDITS)])
  .check(z.refine(([least, most]) => least < most, CREDITS));
const WHEN = z._default(z.custom<JsonObject>(isObject, ' must be a mapping'), {});
const SECONDS = ', the least and the most, goes with perSecond';

/**
 * What a request costs whose fields are as `when` says: credits for the request, or for each second of it.
 * A condition is a value, a list of values (null: left out), `given`, `absent`, or `{pattern}`.
 */
const RATE = only({
  when: WHEN,
  /** Credits per second. Absent: `credits` counts. */
  perSecond: z.optional(amount(' must be a number above 0')),
  /** Credits for the request; two numbers where the sources leave it open between them. */
  credits: z.optional(z.union([amount(CREDITS), range], CREDITS)),
  /** The seconds that may be charged, where no field says how many. */
  seconds: z.optional(z.union([range], SECONDS)),
  /** The field whose number the credits are multiplied by; left out it counts as 1. */
  times: z.optional(z.string(' must name one of the properties')),
  /** The same, where the sources do not say whether they are multiplied. */
  perhapsTimes: z.optional(z.string(' must name one of the properties')),
}).check(
  z.refine((rate) => (rate.perSecond === undefined) !== (rate.credits === undefined), {
    error: ': each needs either perSecond or credits',
  }),
  z.refine((rate) => rate.seconds === undefined || rate.perSecond !== undefined, {
    path: ['seconds'],
    error: SECONDS,
  }),
);

/** One observed price: a quote of the service or an actual charge. */
const OBSERVED = only({
  when: WHEN,
  credits: amount(' must be a number above 0'),
  how: z.literal(['quote', 'charge'], ' must be quote or charge'),
  date: z.string(' must be a text'),
});

/** How a model was priced at a date. An estimate: the service's own quote decides. */
const PRICE = only({
  asOf: z.string(' must be a text'),
  note: z.string(' must be a text'),
  /** What a credit was worth in US$ at that date; null where it is not known. */
  usdPerCredit: z._default(z.nullable(amount(' must be a number above 0')), null),
  /** The field that holds the length in seconds. */
  seconds: z._default(z.nullable(z.string(' must name one of the properties')), null),
  /** The first that fits counts. Empty where no formula is known. */
  rates: z._default(z.array(RATE, ' must be a list'), []),
  observed: z._default(z.array(OBSERVED, ' must be a list'), []),
});

export type Rate = Zod.output<typeof RATE>;
export type PriceRule = Zod.output<typeof PRICE>;

/** Reads x-price. `root` is the schema whose fields it may name. @throws ContractError */
export function readPrice(value: Json, root: SchemaNode): PriceRule {
  const rule = parsed(PRICE, value, 'x-price');
  checkField(rule.seconds, 'x-price.seconds', root);
  for (const { when, perSecond, seconds, times, perhapsTimes } of rule.rates) {
    checkConditions(when, root);
    if (perSecond !== undefined && rule.seconds === null && seconds === undefined)
      throw new ContractError('x-price.rates: perSecond needs x-price.seconds, or seconds of its own');
    checkField(times, 'x-price.rates.times', root);
    checkField(perhapsTimes, 'x-price.rates.perhapsTimes', root);
  }
  for (const { when } of rule.observed) checkConditions(when, root);
  return rule;
}

function checkField(name: string | null | undefined, where: string, root: SchemaNode): void {
  if (typeof name === 'string' && !root.properties?.has(name))
    throw new ContractError(`${where} must name one of the properties`);
}

function checkConditions(when: JsonObject, root: SchemaNode): void {
  for (const [name, condition] of Object.entries(when)) {
    const node = root.properties?.get(name);
    if (node === undefined) throw new ContractError(`x-price: ${name} is not one of the properties`);
    if (condition === 'given' || condition === 'absent') continue;
    if (isObject(condition)) {
      if (!PATTERN.safeParse(condition).success)
        throw new ContractError(
          `x-price: ${name} must be a value, a list of values, given, absent or {pattern}`,
        );
      continue;
    }
    for (const wanted of [condition].flat())
      if (wanted !== null && !canBe(node, wanted))
        throw new ContractError(`x-price: ${name} cannot be ${JSON.stringify(wanted)}`);
  }
}

const PATTERN = only({ pattern: REGEX() });

function canBe(node: SchemaNode, value: Json): boolean {
  if (node.anyOf !== undefined) return node.anyOf.some((form) => canBe(form, value));
  return node.enum === undefined || node.enum.includes(value);
}
