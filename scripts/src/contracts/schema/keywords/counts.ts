import { ContractError } from '../contract-error.ts';
import { either } from '../expected.ts';
import type { Keyword } from '../schema-node.ts';

/** `x-counts: [0, 1, 3]` */
export const counts: Keyword = {
  name: 'x-counts',
  types: ['array'],
  read(value, { node, where }) {
    if (!Array.isArray(value) || value.length === 0 || !value.every((length) => Number.isInteger(length)))
      throw new ContractError(`${where} must be a list of whole numbers`);
    const lengths = value as number[];
    node.counts = lengths;
    return {
      problem(list) {
        if (!Array.isArray(list) || lengths.includes(list.length)) return null;
        const items = `${either(lengths)} items`;
        return { expected: `an array of ${items}`, hint: `give ${items}, not ${list.length}` };
      },
    };
  },
};
