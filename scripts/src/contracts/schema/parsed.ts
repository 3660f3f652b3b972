import type { Json } from '../../model/json.ts';
import { type Zod, z } from './zod.ts';

/** What is wrong with a contract file itself. */
export class ContractError extends Error {}

/** The messages of the schema follow the path of their field, such as ` must be a number`. @throws ContractError */
export function parsed<T extends Zod.ZodMiniType>(
  schema: T,
  value: Json | undefined,
  where = '',
): Zod.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const names = [where, ...issue.path.filter((step) => typeof step === 'string')].filter(Boolean);
  throw new ContractError(`${names.join('.')}${issue.message}`);
}

/** A schema that is made when it is first asked for: making all of them took a tenth of the time of a refused payload. */
export function later<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The schema of a mapping with these fields and no other. @param unknown the message about another one */
export function only<T extends Zod.core.$ZodLooseShape>(
  fields: T,
  unknown = (name: string): string => `: ${name} is not supported`,
  otherwise = ' must be a mapping',
): Zod.ZodMiniObject<T, Zod.core.$strict> {
  return z.strictObject(fields, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknown(issue.keys[0]!) : otherwise),
  });
}

/** The schema of a regular expression, as its text. */
export const REGEX = later(() =>
  z.custom<string>((text) => {
    try {
      return typeof text === 'string' && new RegExp(text, 'u') !== undefined;
    } catch {
      return false;
    }
  }, ' must be a regular expression'),
);
