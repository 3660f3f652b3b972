import { ContractError } from '../contract-error.ts';
import type { Keyword } from '../schema-node.ts';

/** `x-counts: [0, 1, 3]` */
export const counts: Keyword = {
  name: 'x-counts',
  types: ['array'],
  read(node, value, { where }) {
    if (!Array.isArray(value) || value.length === 0 || !value.every((length) => Number.isInteger(length)))
      throw new ContractError(`${where} must be a list of whole numbers`);
    node.counts = value as number[];
  },
  problem(node, value) {
    if (node.counts === undefined || !Array.isArray(value) || node.counts.includes(value.length)) return null;
    const lengths = countsText(node.counts);
    return { expected: `an array of ${lengths} items`, hint: `give ${lengths} items, not ${value.length}` };
  },
};

/** `0, 1 or 3` */
export function countsText(lengths: readonly number[]): string {
  return [lengths.slice(0, -1).join(', '), String(lengths.at(-1))].filter(Boolean).join(' or ');
}
