import { isObject } from '../../model/json.ts';
import { ContractError } from '../contract-error.ts';
import type { Keyword } from '../schema-node.ts';

/** `x-rejected: {a: "what is said about it"}` */
export const rejected: Keyword = {
  name: 'x-rejected',
  types: ['object'],
  read(node, value, { properties, where }) {
    if (!isObject(value)) throw new ContractError(`${where} must map fields to what is said about them`);
    const said = new Map<string, string>();
    for (const [name, reason] of Object.entries(value)) {
      if (Object.hasOwn(properties, name))
        throw new ContractError(`${where}: ${name} is one of the properties`);
      if (typeof reason !== 'string') throw new ContractError(`${where}.${name} must be a sentence`);
      said.set(name, reason);
    }
    node.rejected = said;
  },
  unknownField(node, name, model) {
    const reason = node.rejected?.get(name);
    if (reason === undefined) return undefined;
    return { expected: `no ${name} for ${model}: ${reason}`, hint: `leave "${name}" out: ${reason}` };
  },
  sentences({ rejected: said }) {
    return said === undefined || said.size === 0 ? [] : [`Not taken: ${[...said.keys()].join(', ')}.`];
  },
};
