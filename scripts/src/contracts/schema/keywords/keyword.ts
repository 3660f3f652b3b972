import { isObject, type Json, type JsonObject } from '../../../model/json.ts';
import { ContractError } from '../contract-error.ts';

/** A list of names of the properties. @throws ContractError */
export function fieldList(properties: JsonObject, value: Json | undefined, where: string): string[] {
  if (!Array.isArray(value)) throw new ContractError(`${where} must be a list of fields`);
  return value.map((name) => {
    if (typeof name !== 'string') throw new ContractError(`${where} must be a list of fields`);
    property(properties, name, where);
    return name;
  });
}

/** The schema of one of the properties. @throws ContractError */
export function property(properties: JsonObject, name: string, where: string): JsonObject {
  const found = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (isObject(found)) return found;
  throw new ContractError(`${where}: ${JSON.stringify(name)} is not one of the properties`);
}

/** A mapping with these keys and no other. @throws ContractError */
export function mapping(
  value: Json,
  where: string,
  known: readonly string[],
): { readonly [key: string]: Json | undefined } {
  if (!isObject(value)) throw new ContractError(`${where} must be a mapping`);
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new ContractError(`${where}: ${stranger} is not supported`);
  return value;
}
