import { later, only, parsed } from '../parsed.ts';
import { isPresent } from '../presence.ts';
import type { Keyword } from '../schema-node.ts';
import { fits } from '../to-zod.ts';
import { z } from '../zod.ts';
import { namesOf } from './keyword.ts';

const MAX = later(() => z.number(' must be a number'));

/** `x-sumMax: {fields: [a, b], max: 15}` */
export const sumMax: Keyword = {
  name: 'x-sumMax',
  types: ['object'],
  read(value, { properties, where }) {
    const { fields, max } = parsed(only({ fields: namesOf(properties), max: MAX() }), value, where);
    return {
      issues({ node, object, pathTo }) {
        // What a field itself refuses has its issue already.
        const given = fields.filter(
          (name) => isPresent(object, name) && fits(node.properties!.get(name)!, object[name]!),
        );
        const counts = given.map((name) => {
          const value = object[name];
          return Array.isArray(value) ? value.length : typeof value === 'number' ? value : 0;
        });
        const total = counts.reduce((sum, count) => sum + count, 0);
        if (total <= max) return [];
        return [
          {
            path: pathTo(given.at(-1)!),
            expected: `${fields.join(' and ')} of at most ${max} together`,
            received: `${counts.join(' + ')}${counts.length > 1 ? ` = ${total}` : ''}`,
            hint: `take ${total - max} away from ${given.join(' or ')}; lists count by their length`,
          },
        ];
      },
      sentences: () => [`${fields.join(' and ')}: at most ${max} together.`],
    };
  },
};
