import { isPresent } from '../presence.ts';
import type { Keyword } from '../schema-node.ts';
import { fieldList } from './keyword.ts';

/** `x-atLeastOne: [a, b]` */
export const atLeastOne: Keyword = {
  name: 'x-atLeastOne',
  types: ['object'],
  read(node, value, { properties, where }) {
    node.atLeastOne = fieldList(properties, value, where);
  },
  issues({ node, object, pathTo, hintFor }) {
    const names = node.atLeastOne;
    if (names === undefined || names.some((name) => isPresent(object, name))) return [];
    const first = names[0]!;
    return [
      {
        path: pathTo(first),
        expected: `at least one of ${names.join(', ')}`,
        received: 'none of them',
        hint: hintFor(first, node.properties!.get(first)!, undefined, true),
      },
    ];
  },
  sentences({ atLeastOne: names }) {
    return names === undefined ? [] : [`At least one of ${names.join(', ')}.`];
  },
};
