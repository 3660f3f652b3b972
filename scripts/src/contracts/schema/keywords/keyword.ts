import { isObject, type JsonObject } from '../../../model/json.ts';
import { z } from '../zod.ts';

const FIELDS = ' must be a list of fields';

/** The schema of one of the properties; undefined for what is none of them. */
export function property(properties: JsonObject, name: string): JsonObject | undefined {
  const found = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(found) ? found : undefined;
}

/** The message about a name that is none of the properties. */
export const notThere = (name: string): string => `: ${JSON.stringify(name)} is not one of the properties`;

/** What stands for a list of names of the properties. */
export function namesOf(properties: JsonObject) {
  const isThere = (name: string) => property(properties, name) !== undefined;
  const name = z.string(FIELDS).check(z.refine(isThere, { error: ({ input }) => notThere(String(input)) }));
  return z.array(name, FIELDS);
}
