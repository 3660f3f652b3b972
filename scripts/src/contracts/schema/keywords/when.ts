import type { Issue } from '../../../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../../../model/json.ts';
import { assign, expected, received } from '../expected.ts';
import { ContractError, later, only, parsed } from '../parsed.ts';
import { carriesSomething, fieldOf, isPresent } from '../presence.ts';
import type { Keyword, ObjectPlace, SchemaNode, Scope } from '../schema-node.ts';
import { fits } from '../to-zod.ts';
import { z } from '../zod.ts';
import { namesOf, notThere } from './keyword.ts';

const RULES = later(() => z.array(z.custom<Json>(), ' must be a list of rules'));
const CONDITIONS = later(() =>
  z.custom<JsonObject>(
    (value) => isObject(value) && Object.keys(value).length > 0,
    ' must map fields to conditions',
  ),
);
const LIMITS = later(() => z._default(z.custom<JsonObject>(isObject, ' must map fields to schemas'), {}));

/** `x-when: [{if, require, refuse, limit}]` */
export const when: Keyword = {
  name: 'x-when',
  types: ['object'],
  read(value, scope) {
    const { where } = scope;
    const rules = parsed(RULES(), value, where).map((rule, i) => readWhen(scope, rule, `${where}[${i}]`));
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

function readWhen({ properties, readSchema }: Scope, value: Json, where: string): WhenRule {
  const names = z._default(namesOf(properties), []);
  const rule = parsed(
    only({ if: CONDITIONS(), require: names, refuse: names, limit: LIMITS() }),
    value,
    where,
  );
  const each = <T>(of: 'if' | 'limit', read: (field: JsonObject, value: Json, where: string) => T) =>
    new Map(
      Object.entries(rule[of]).map(([name, one]) => {
        if (!Object.hasOwn(properties, name)) throw new ContractError(`${where}.${of}${notThere(name)}`);
        return [name, read(properties[name] as JsonObject, one, `${where}.${of}.${name}`)];
      }),
    );
  /** The field's own schema with the keywords of the rule put over it; a rule that names a type stands alone. */
  const narrowed = (field: JsonObject, value: Json, at: string): SchemaNode => {
    if (!isObject(value)) throw new ContractError(`${at} must be given, absent or keywords of a schema`);
    return readSchema(value.type === undefined ? { ...field, ...value } : value, at);
  };
  const condition = (field: JsonObject, value: Json, at: string): Condition => {
    if (value === 'given') return { absent: false, given: true };
    if (value === 'absent') return { absent: true, given: false };
    const values = isObject(value) && Array.isArray(value.enum) ? value.enum : [];
    const named = values.includes(null)
      ? { ...(value as JsonObject), enum: values.filter((one) => one !== null) }
      : value;
    return { absent: values.includes(null), given: narrowed(field, named, at) };
  };
  return { ...rule, if: each('if', condition), limit: each('limit', narrowed) };
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
