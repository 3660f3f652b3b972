import { ContractError } from '../contract-error.ts';
import { fieldOf, isPresent } from '../presence.ts';
import type { Keyword } from '../schema-node.ts';
import { toZod } from '../to-zod.ts';
import { fieldList, only } from './keyword.ts';

/** `x-sumMax: {fields: [a, b], max: 15}` */
export const sumMax: Keyword = {
  name: 'x-sumMax',
  types: ['object'],
  read(node, value, { properties, where }) {
    const { fields, max } = only(value, where, ['fields', 'max']);
    if (typeof max !== 'number') throw new ContractError(`${where}.max must be a number`);
    node.sumMax = { fields: fieldList(properties, fields, `${where}.fields`), max };
  },
  issues({ node, object, pathTo }) {
    if (node.sumMax === undefined) return [];
    const { fields, max } = node.sumMax;
    // What a field itself refuses has its issue already.
    const given = fields.filter(
      (name) =>
        isPresent(object, name) &&
        toZod(node.properties!.get(name)!).safeParse(fieldOf(object, name)).success,
    );
    const counts = given.map((name) => {
      const value = fieldOf(object, name);
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
  sentences({ sumMax: rule }) {
    return rule === undefined ? [] : [`${rule.fields.join(' and ')}: at most ${rule.max} together.`];
  },
};
