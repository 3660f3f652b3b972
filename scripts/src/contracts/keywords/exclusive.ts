import { ContractError } from '../contract-error.ts';
import { isPresent } from '../presence.ts';
import type { Keyword } from '../schema-node.ts';
import { fieldList } from './keyword.ts';

const MOST_NAMES = 8;

const named = (groups: readonly (readonly string[])[]): string[] => groups.map((group) => group.join('/'));

/** `x-exclusive: [[a, b], [c]]` */
export const exclusive: Keyword = {
  name: 'x-exclusive',
  types: ['object'],
  read(node, value, { properties, where }) {
    if (!Array.isArray(value) || value.length < 2)
      throw new ContractError(`${where} must be a list of at least two groups of fields`);
    node.exclusive = value.map((group) => fieldList(properties, group, where));
  },
  issues({ node, object, pathTo }) {
    const groups = node.exclusive ?? [];
    const used = groups
      .map((group) => group.filter((name) => isPresent(object, name)))
      .filter((names) => names.length > 0);
    if (used.length < 2) return [];
    const given = used.map((names) => names.slice(0, MOST_NAMES).join(', '));
    return [
      {
        path: pathTo(used[1]![0]!),
        expected: `${named(groups).join(' or ')}, not both`,
        received: given.join(' with '),
        hint: `leave out ${given.join(', or leave out ')}`,
      },
    ];
  },
  sentences({ exclusive: groups }) {
    return groups === undefined ? [] : [`Not together: ${named(groups).join(' with ')}.`];
  },
};
