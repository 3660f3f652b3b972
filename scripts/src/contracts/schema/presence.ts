import type { Json, JsonObject } from '../../model/json.ts';

/** What an object has under a name; never something that it inherits. */
export function fieldOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Tells whether an object has a field that is not the same as left out. */
export function isPresent(object: JsonObject, name: string): boolean {
  return carriesSomething(fieldOf(object, name));
}

/** Null, blank text and an empty list are the same as leaving the field out. */
export function carriesSomething(value: Json | undefined): boolean {
  if (typeof value === 'string') return /\S/.test(value);
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined;
}
