import { isObject } from '../../../model/json.ts';
import { ContractError } from '../contract-error.ts';
import type { Keyword } from '../schema-node.ts';

/** `x-rejected: {a: "what is said about it"}` */
export const rejected: Keyword = {
  name: 'x-rejected',
  types: ['object'],
  read(value, { properties, where }) {
    if (!isObject(value)) throw new ContractError(`${where} must map fields to what is said about them`);
    const reasons = new Map(Object.entries(value));
    for (const [name, reason] of reasons) {
      if (Object.hasOwn(properties, name))
        throw new ContractError(`${where}: ${name} is one of the properties`);
      if (typeof reason !== 'string') throw new ContractError(`${where}.${name} must be a sentence`);
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
