import { ContractError } from '../contract-error.ts';
import { isPresent } from '../presence.ts';
import type { Keyword } from '../schema-node.ts';
import { fieldList } from './keyword.ts';

const MOST_NAMES = 8;

/** `x-exclusive: [[a, b], [c]]` */
export const exclusive: Keyword = {
  name: 'x-exclusive',
  types: ['object'],
  read(value, { properties, where }) {
    if (!Array.isArray(value) || value.length < 2)
      throw new ContractError(`${where} must be a list of at least two groups of fields`);
    const groups = value.map((group) => fieldList(properties, group, where));
    const named = groups.map((group) => group.join('/'));
    return {
      issues({ object, pathTo }) {
        const used = groups
          .map((group) => group.filter((name) => isPresent(object, name)))
          .filter((names) => names.length > 0);
        if (used.length < 2) return [];
        const given = used.map((names) => names.slice(0, MOST_NAMES).join(', '));
        const expected = `${named.join(' or ')}, not both`;
        const hint = `leave out ${given.join(', or leave out ')}`;
        return [{ path: pathTo(used[1]![0]!), expected, received: given.join(' with '), hint }];
      },
      sentences: () => [`Not together: ${named.join(' with ')}.`],
    };
  },
};
