import { later, parsed } from '../parsed.ts';
import type { Keyword } from '../schema-node.ts';
import { z } from '../zod.ts';

const NUMBERS = ' must be a list of whole numbers';
const LENGTHS = later(() => z.array(z.int(NUMBERS), NUMBERS).check(z.minLength(1, NUMBERS)));

/** `x-counts: [0, 1, 3]` */
export const counts: Keyword = {
  name: 'x-counts',
  types: ['array'],
  read(value, { node, where }) {
    const lengths = parsed(LENGTHS(), value, where);
    node.counts = lengths;
    return { takesList: ({ length }) => lengths.includes(length) };
  },
};
