import type { Issue } from '../../../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../../../model/json.ts';
import { ContractError } from '../contract-error.ts';
import { assign, expected, received } from '../expected.ts';
import { carriesSomething, fieldOf, isPresent } from '../presence.ts';
import type { Keyword, ObjectPlace, SchemaNode, Scope } from '../schema-node.ts';
import { fits } from '../to-zod.ts';
import { fieldList, mapping, property } from './keyword.ts';

/** `x-when: [{if, require, refuse, limit}]` */
export const when: Keyword = {
  name: 'x-when',
  types: ['object'],
  read(value, { properties, where, readSchema }) {
    if (!Array.isArray(value)) throw new ContractError(`${where} must be a list of rules`);
    const rules = value.map((rule, i) => readWhen(properties, rule, `${where}[${i}]`, readSchema));
    return {
      issues: (at) => rules.flatMap((rule) => issuesOf(rule, at)),
      sentences: () => rules.map(sentence),
    };
  },
};

/** What else holds for a payload whose fields meet all conditions. */
interface WhenRule {
  if: ReadonlyMap<string, Condition>;
  require: readonly string[];
  refuse: readonly string[];
  limit: ReadonlyMap<string, SchemaNode>;
}

/** When a field meets the `if` of a rule: left out, or given (`true`: whatever it is; a schema: when it fits). */
interface Condition {
  absent: boolean;
  given: boolean | SchemaNode;
}

function sentence({ if: conditions, require, refuse, limit }: WhenRule): string {
  const met = [...conditions].map(([name, { absent, given }]) => {
    if (given === false) return `without ${name}`;
    if (given === true) return `with ${name}`;
    return `with ${name} ${expected(given)}${absent ? ' or left out' : ''}`;
  });
  const then = [
    ...(require.length > 0 ? [`needs ${require.join(', ')}`] : []),
    ...(refuse.length > 0 ? [`no ${refuse.join(', ')}`] : []),
    ...[...limit].map(([name, narrower]) => `${name}: ${expected(narrower)}`),
  ];
  const circumstance = met.join(' and ');
  return `${circumstance[0]!.toUpperCase()}${circumstance.slice(1)}: ${then.join('; ')}.`;
}

function readWhen(properties: JsonObject, value: Json, where: string, read: Scope['readSchema']): WhenRule {
  const rule = mapping(value, where, ['if', 'require', 'refuse', 'limit']);
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

function readCondition(field: JsonObject, value: Json, where: string, read: Scope['readSchema']): Condition {
  if (value === 'given') return { absent: false, given: true };
  if (value === 'absent') return { absent: true, given: false };
  const values = isObject(value) && Array.isArray(value.enum) ? value.enum : undefined;
  if (!isObject(value) || values === undefined)
    return { absent: false, given: narrowed(field, value, where, read) };
  const named = { ...value, enum: values.filter((item) => item !== null) };
  return { absent: values.includes(null), given: narrowed(field, named, where, read) };
}

/** The field's own schema with the keywords of the rule put over it; a rule that names a type stands alone. */
function narrowed(field: JsonObject, value: Json, where: string, read: Scope['readSchema']): SchemaNode {
  if (!isObject(value)) throw new ContractError(`${where} must be given, absent or keywords of a schema`);
  return read(value.type === undefined ? { ...field, ...value } : value, where);
}

function issuesOf(rule: WhenRule, { node, object, pathTo, hintFor }: ObjectPlace): Issue[] {
  const names = [...rule.if.keys()];
  if (!names.every((name) => isMet(rule.if.get(name)!, fieldOf(object, name)))) return [];
  const because = circumstances(node, object, names);
  const issues: Issue[] = [];
  const add = (name: string, wanted: string, advice: string): void => {
    const came = received(fieldOf(object, name));
    issues.push({ path: pathTo(name), expected: wanted, received: came, hint: advice });
  };
  for (const name of rule.refuse)
    if (isPresent(object, name))
      add(name, `no ${name} ${because}`, `leave "${name}" out; it is not taken ${because}`);
  for (const name of rule.require) {
    if (isPresent(object, name)) continue;
    const field = rule.limit.get(name) ?? node.properties!.get(name)!;
    const advised = hintFor(name, field, undefined, true);
    add(name, `${expected(field)}: needed ${because}`, `${advised}, or ${instead(object, names)}`);
  }
  for (const [name, narrower] of rule.limit) {
    const value = fieldOf(object, name);
    if (value === undefined || !fits(node.properties!.get(name)!, value) || fits(narrower, value)) continue;
    const advised = hintFor(name, narrower, value, node.required!.has(name));
    add(name, `${expected(narrower)}, ${because}`, advised);
  }
  return issues;
}

function isMet({ absent, given }: Condition, value: Json | undefined): boolean {
  if (!carriesSomething(value)) return absent;
  return typeof given === 'boolean' ? given : fits(given, value!);
}

/** The fields that made a rule apply, as they came: `with "size": "2304x2048" and without image_urls`. */
function circumstances(node: SchemaNode, object: JsonObject, names: readonly string[]): string {
  const given = names
    .filter((name) => isPresent(object, name))
    .map((name) => {
      const value = fieldOf(object, name)!;
      const isShort = typeof value !== 'object' && node.properties!.get(name)!.media === undefined;
      return isShort ? assign([name], value) : name;
    });
  const absent = names.filter((name) => !isPresent(object, name));
  return [given.length > 0 && `with ${given.join(', ')}`, absent.length > 0 && `without ${absent.join(', ')}`]
    .filter(Boolean)
    .join(' and ');
}

/** The other way to meet a rule: away from what made it apply. */
function instead(object: JsonObject, names: readonly string[]): string {
  return names.map((name) => `${isPresent(object, name) ? 'change' : 'set'} ${name}`).join(' or ');
}
