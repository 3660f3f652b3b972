import { isObject, type JsonObject } from '../../../model/json.ts';
import { ContractError, later, parsed } from '../parsed.ts';
import type { Keyword } from '../schema-node.ts';
import { z } from '../zod.ts';

const REASONS = later(() => z.custom<JsonObject>(isObject, ' must map fields to what is said about them'));
const REASON = later(() => z.string(' must be a sentence'));

/** `x-rejected: {a: "what is said about it"}` */
export const rejected: Keyword = {
  name: 'x-rejected',
  types: ['object'],
  read(value, { properties, where }) {
    const reasons = new Map<string, string>();
    for (const [name, reason] of Object.entries(parsed(REASONS(), value, where))) {
      if (Object.hasOwn(properties, name))
        throw new ContractError(`${where}: ${name} is one of the properties`);
      reasons.set(name, parsed(REASON(), reason, `${where}.${name}`));
    }
    return {
      unknownField(name, model) {
        const reason = reasons.get(name);
        if (reason === undefined) return undefined;
        return { expected: `no ${name} for ${model}: ${reason}`, hint: `leave "${name}" out: ${reason}` };
      },
      sentences: () => (reasons.size === 0 ? [] : [`Not taken: ${[...reasons.keys()].join(', ')}.`]),
    };
  },
};
