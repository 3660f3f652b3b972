import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { ContractError } from './contract-error.ts';
import type { SchemaNode } from './node.ts';

/** When a field meets the `if` of a rule: left out, or given (`true`: whatever it is; a schema: when it fits). */
export interface Condition {
  absent: boolean;
  given: boolean | SchemaNode;
}

/** One rule of x-when: what else holds for a payload whose fields meet all conditions. */
export interface When {
  if: ReadonlyMap<string, Condition>;
  require: readonly string[];
  refuse: readonly string[];
  limit: ReadonlyMap<string, SchemaNode>;
}

/** The rules between the fields of one object. */
export interface Rules {
  /** x-exclusive: groups of fields that exclude each other. */
  exclusive?: readonly (readonly string[])[];
  /** x-atLeastOne: fields of which one must carry something. */
  atLeastOne?: readonly string[];
  /** x-sumMax: fields whose numbers and list lengths add up to `max` at most. */
  sumMax?: { fields: readonly string[]; max: number };
  /** x-rejected: what the service says about fields that it does not take. */
  rejected?: ReadonlyMap<string, string>;
  /** x-when */
  when?: readonly When[];
}

/** The keywords of this module; each is for objects. */
export const RULES = ['x-exclusive', 'x-atLeastOne', 'x-sumMax', 'x-rejected', 'x-when'] as const;

type Read = (schema: Json, where: string) => SchemaNode;

/**
 * Reads the rules of an object's schema. `read` reads a schema inside of a rule.
 * @throws ContractError
 */
export function readRules(schema: JsonObject, at: (keyword: string) => string, read: Read): Rules {
  const properties = schema.properties as JsonObject;
  const rules: Rules = {};
  const {
    'x-atLeastOne': atLeastOne,
    'x-exclusive': groups,
    'x-sumMax': sum,
    'x-rejected': rejected,
    'x-when': when,
  } = schema as { [key: string]: Json | undefined };
  if (atLeastOne !== undefined) rules.atLeastOne = fieldList(properties, atLeastOne, at('x-atLeastOne'));
  if (groups !== undefined) {
    if (!Array.isArray(groups) || groups.length < 2)
      throw new ContractError(`${at('x-exclusive')} must be a list of at least two groups of fields`);
    rules.exclusive = groups.map((group) => fieldList(properties, group, at('x-exclusive')));
  }
  if (sum !== undefined) {
    const { fields, max } = only(sum, at('x-sumMax'), ['fields', 'max']);
    if (typeof max !== 'number') throw new ContractError(`${at('x-sumMax')}.max must be a number`);
    rules.sumMax = { fields: fieldList(properties, fields, `${at('x-sumMax')}.fields`), max };
  }
  if (rejected !== undefined) rules.rejected = readRejected(properties, rejected, at('x-rejected'));
  if (when !== undefined) {
    if (!Array.isArray(when)) throw new ContractError(`${at('x-when')} must be a list of rules`);
    rules.when = when.map((rule, i) => readWhen(properties, rule, `${at('x-when')}[${i}]`, read));
  }
  return rules;
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

function property(properties: JsonObject, name: string, where: string): JsonObject {
  const found = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (isObject(found)) return found;
  throw new ContractError(`${where}: ${JSON.stringify(name)} is not one of the properties`);
}

function only(
  value: Json,
  where: string,
  known: readonly string[],
): { readonly [key: string]: Json | undefined } {
  if (!isObject(value)) throw new ContractError(`${where} must be a mapping`);
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new ContractError(`${where}: ${stranger} is not supported`);
  return value;
}

function readRejected(properties: JsonObject, value: Json, where: string): Map<string, string> {
  if (!isObject(value)) throw new ContractError(`${where} must map fields to what is said about them`);
  const rejected = new Map<string, string>();
  for (const [name, reason] of Object.entries(value)) {
    if (Object.hasOwn(properties, name))
      throw new ContractError(`${where}: ${name} is one of the properties`);
    if (typeof reason !== 'string') throw new ContractError(`${where}.${name} must be a sentence`);
    rejected.set(name, reason);
  }
  return rejected;
}

function readWhen(properties: JsonObject, value: Json, where: string, read: Read): When {
  const rule = only(value, where, ['if', 'require', 'refuse', 'limit']);
  const { if: conditions, require = [], refuse = [], limit = {} } = rule;
  if (!isObject(conditions) || Object.keys(conditions).length === 0)
    throw new ContractError(`${where}.if must map fields to conditions`);
  if (!isObject(limit)) throw new ContractError(`${where}.limit must map fields to schemas`);
  const place = (name: string, of: string): string => `${where}.${of}.${name}`;
  return {
    if: new Map(
      Object.entries(conditions).map(([name, condition]) => [
        name,
        readCondition(property(properties, name, `${where}.if`), condition, place(name, 'if'), read),
      ]),
    ),
    require: fieldList(properties, require, `${where}.require`),
    refuse: fieldList(properties, refuse, `${where}.refuse`),
    limit: new Map(
      Object.entries(limit).map(([name, narrower]) => [
        name,
        narrowed(property(properties, name, `${where}.limit`), narrower, place(name, 'limit'), read),
      ]),
    ),
  };
}

function readCondition(field: JsonObject, value: Json, where: string, read: Read): Condition {
  if (value === 'given') return { absent: false, given: true };
  if (value === 'absent') return { absent: true, given: false };
  const values = isObject(value) && Array.isArray(value.enum) ? value.enum : undefined;
  if (!isObject(value) || values === undefined)
    return { absent: false, given: narrowed(field, value, where, read) };
  const named = { ...value, enum: values.filter((item) => item !== null) };
  return { absent: values.includes(null), given: narrowed(field, named, where, read) };
}

/** The field's own schema with the keywords of the rule put over it; a rule that names a type stands alone. */
function narrowed(field: JsonObject, value: Json, where: string, read: Read): SchemaNode {
  if (!isObject(value)) throw new ContractError(`${where} must be given, absent or keywords of a schema`);
  return read(value.type === undefined ? { ...field, ...value } : value, where);
}
