import { parsed } from '../parsed.ts';
import { isPresent } from '../presence.ts';
import type { Keyword } from '../schema-node.ts';
import { z } from '../zod.ts';
import { namesOf } from './keyword.ts';

const MOST_NAMES = 8;
const GROUPS = ' must be a list of at least two groups of fields';

/** `x-exclusive: [[a, b], [c]]` */
export const exclusive: Keyword = {
  name: 'x-exclusive',
  types: ['object'],
  read(value, { properties, where }) {
    const groups = parsed(z.array(namesOf(properties), GROUPS).check(z.minLength(2, GROUPS)), value, where);
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
