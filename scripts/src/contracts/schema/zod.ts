import * as mini from 'zod/mini';

export type * as Zod from 'zod/mini';

/**
 * The parts of zod that contracts need. Every module takes them from here, so that the compiled program has one zod: a part
 * of its own that imports the package would bundle it once more.
 */
export const z = {
  _default: mini._default,
  array: mini.array,
  boolean: mini.boolean,
  custom: mini.custom,
  int: mini.int,
  literal: mini.literal,
  maxLength: mini.maxLength,
  maximum: mini.maximum,
  minLength: mini.minLength,
  minimum: mini.minimum,
  null: mini.null,
  nullable: mini.nullable,
  number: mini.number,
  object: mini.object,
  optional: mini.optional,
  positive: mini.positive,
  refine: mini.refine,
  regex: mini.regex,
  strictObject: mini.strictObject,
  string: mini.string,
  tuple: mini.tuple,
  union: mini.union,
};

// zod otherwise builds validators from text at run time, and no dynamic code may run here.
mini.config({ jitless: true });
