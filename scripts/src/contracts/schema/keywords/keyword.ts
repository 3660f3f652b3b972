import type { JsonObject } from '../../../model/json.ts';
import { z } from '../zod.ts';

const FIELDS = ' must be a list of fields';

/** The message about a name that is none of the properties. */
export const notThere = (name: string): string => `: ${JSON.stringify(name)} is not one of the properties`;

/** What stands for a list of names of the properties. */
export function namesOf(properties: JsonObject) {
  const isThere = (name: string) => Object.hasOwn(properties, name);
  const name = z.string(FIELDS).check(z.refine(isThere, { error: ({ input }) => notThere(String(input)) }));
  return z.array(name, FIELDS);
}
