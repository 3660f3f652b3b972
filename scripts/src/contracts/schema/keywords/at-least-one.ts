import { parsed } from '../parsed.ts';
import { isPresent } from '../presence.ts';
import type { Keyword } from '../schema-node.ts';
import { namesOf } from './keyword.ts';

/** `x-atLeastOne: [a, b]` */
export const atLeastOne: Keyword = {
  name: 'x-atLeastOne',
  types: ['object'],
  read(value, { properties, where }) {
    const names = parsed(namesOf(properties), value, where);
    const [first] = names as [string];
    const expected = `at least one of ${names.join(', ')}`;
    return {
      issues({ node, object, pathTo, hintFor }) {
        if (names.some((name) => isPresent(object, name))) return [];
        const hint = hintFor(first, node.properties!.get(first)!, undefined, true);
        return [{ path: pathTo(first), expected, received: 'none of them', hint }];
      },
      sentences: () => [`At least one of ${names.join(', ')}.`],
    };
  },
};
