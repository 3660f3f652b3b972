import type { Issue } from '../../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { ContractError } from '../contract-error.ts';
import type { SchemaNode } from '../node.ts';
import type { TypeName } from '../types.ts';
import type { Ways } from '../ways.ts';

/** A keyword of our own in a contract, in one place: how it is read, what it refuses, and in which words. */
export interface Keyword {
  name: `x-${string}`;
  /** The types of value that it may stand at. */
  types: readonly TypeName[];
  /** Puts what the keyword says into the node. @throws ContractError */
  read(node: SchemaNode, value: Json, scope: Scope): void;
  /** What is wrong with a value of one of the types; null where nothing is, or where the node lacks the keyword. */
  problem?(node: SchemaNode, value: Json, asked: Asked): Problem | null;
  /** What is wrong between the fields of an object. */
  issues?(at: ObjectPlace): Issue[];
  /** The words for a field that the schema does not have; undefined where the keyword says nothing of it. */
  unknownField?(node: SchemaNode, name: string, model: string): Problem | undefined;
  /** What it demands between the fields of an object, as sentences for `describeModel`. */
  sentences?(node: SchemaNode): string[];
}

/** Where a keyword was found. */
export interface Scope {
  where: string;
  /** The properties of the schema that the keyword stands in; empty where it has none. */
  properties: JsonObject;
  /** Reads a schema inside of the keyword. */
  readSchema: (schema: Json, where: string) => SchemaNode;
}

/** Why a value is refused: what would be right, and what to write or run instead. */
export interface Problem {
  expected: string;
  hint: string;
}

/** What the words of a problem depend on beside the value. */
export interface Asked {
  /** How the caller gives a value of this field. */
  ways?: Ways;
  /** Who is meant by what a hint says about uploads. */
  service?: string;
}

/** An object of a payload, with the schema of its place. */
export interface ObjectPlace {
  node: SchemaNode;
  object: JsonObject;
  /** The path of one of its fields, as people write it. */
  pathTo(name: string): string;
  /** What to write into one of its fields, which has the value that is given. */
  hintFor(name: string, node: SchemaNode, value: Json | undefined, required: boolean): string;
}

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
export function only(
  value: Json,
  where: string,
  known: readonly string[],
): { readonly [key: string]: Json | undefined } {
  if (!isObject(value)) throw new ContractError(`${where} must be a mapping`);
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new ContractError(`${where}: ${stranger} is not supported`);
  return value;
}
