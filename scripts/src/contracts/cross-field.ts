import type { Issue } from '../model/failure.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Contract } from './contract.ts';
import { assign, expected, hint, type Path, pathText, received } from './explain.ts';
import type { SchemaNode } from './node.ts';
import { placeOf } from './places.ts';
import type { Condition, When } from './rules.ts';
import { toZod } from './to-zod.ts';

const MOST_NAMES = 8;

/** What the rules between fields say about an object and about the objects in it. */
export function crossFieldIssues(
  contract: Contract,
  node: SchemaNode,
  object: JsonObject,
  path: Path,
): Issue[] {
  const issues = [
    ...atLeastOne(contract, node, object, path),
    ...exclusive(node, object, path),
    ...sumMax(node, object, path),
    ...(node.when ?? []).flatMap((rule) => whenIssues(contract, node, rule, object, path)),
  ];
  for (const [name, child] of node.properties ?? []) {
    const value = fieldOf(object, name);
    if (child.properties !== undefined && isObject(value))
      issues.push(...crossFieldIssues(contract, child, value, [...path, name]));
  }
  return issues;
}

function fieldOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isPresent(object: JsonObject, name: string): boolean {
  const value = fieldOf(object, name);
  return value !== undefined && carriesSomething(value);
}

/** Null, blank text and an empty list are the same as leaving the field out. */
export function carriesSomething(value: Json): boolean {
  if (typeof value === 'string') return /\S/.test(value);
  return Array.isArray(value) ? value.length > 0 : value !== null;
}

function atLeastOne(contract: Contract, node: SchemaNode, object: JsonObject, path: Path): Issue[] {
  const names = node.atLeastOne;
  if (names === undefined || names.some((name) => isPresent(object, name))) return [];
  const place = [...path, names[0]!];
  return [
    {
      path: pathText(place),
      expected: `at least one of ${names.join(', ')}`,
      received: 'none of them',
      hint: hint(placeOf(contract, node.properties!.get(names[0]!)!, place, undefined, true)),
    },
  ];
}

function exclusive(node: SchemaNode, object: JsonObject, path: Path): Issue[] {
  const groups = node.exclusive ?? [];
  const used = groups
    .map((group) => group.filter((name) => isPresent(object, name)))
    .filter((names) => names.length > 0);
  if (used.length < 2) return [];
  const given = (names: readonly string[]): string => names.slice(0, MOST_NAMES).join(', ');
  return [
    {
      path: pathText([...path, used[1]![0]!]),
      expected: groups
        .map((group) => group.join('/'))
        .join(' or ')
        .concat(', not both'),
      received: used.map(given).join(' with '),
      hint: `leave out ${used.map(given).join(', or leave out ')}`,
    },
  ];
}

function sumMax(node: SchemaNode, object: JsonObject, path: Path): Issue[] {
  if (node.sumMax === undefined) return [];
  const { fields, max } = node.sumMax;
  // What a field itself refuses has its issue already.
  const given = fields.filter(
    (name) => isPresent(object, name) && fits(node.properties!.get(name)!, fieldOf(object, name)!),
  );
  const counts = given.map((name) => {
    const value = fieldOf(object, name);
    return Array.isArray(value) ? value.length : typeof value === 'number' ? value : 0;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= max) return [];
  return [
    {
      path: pathText([...path, given.at(-1)!]),
      expected: `${fields.join(' and ')} of at most ${max} together`,
      received: `${counts.join(' + ')}${counts.length > 1 ? ` = ${total}` : ''}`,
      hint: `take ${total - max} away from ${given.join(' or ')}; lists count by their length`,
    },
  ];
}

function whenIssues(
  contract: Contract,
  node: SchemaNode,
  rule: When,
  object: JsonObject,
  path: Path,
): Issue[] {
  const names = [...rule.if.keys()];
  if (!names.every((name) => isMet(rule.if.get(name)!, fieldOf(object, name)))) return [];
  const because = circumstances(node, object, names);
  const issues: Issue[] = [];
  const add = (name: string, wanted: string, advice: string): void => {
    const value = fieldOf(object, name);
    issues.push({
      path: pathText([...path, name]),
      expected: wanted,
      received: received(value),
      hint: advice,
    });
  };
  for (const name of rule.refuse)
    if (isPresent(object, name))
      add(name, `no ${name} ${because}`, `leave "${name}" out; it is not taken ${because}`);
  for (const name of rule.require) {
    if (isPresent(object, name)) continue;
    const field = rule.limit.get(name) ?? node.properties!.get(name)!;
    const place = placeOf(contract, field, [...path, name], undefined, true);
    add(name, `${expected(field)}: needed ${because}`, `${hint(place)}, or ${instead(object, names)}`);
  }
  for (const [name, narrower] of rule.limit) {
    const value = fieldOf(object, name);
    if (value === undefined || !fits(node.properties!.get(name)!, value) || fits(narrower, value)) continue;
    const place = placeOf(contract, narrower, [...path, name], value, node.required!.has(name));
    add(name, `${expected(narrower)}, ${because}`, hint(place));
  }
  return issues;
}

function isMet({ absent, given }: Condition, value: Json | undefined): boolean {
  if (value === undefined || !carriesSomething(value)) return absent;
  return typeof given === 'boolean' ? given : fits(given, value);
}

function fits(node: SchemaNode, value: Json): boolean {
  return toZod(node).safeParse(value).success;
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
