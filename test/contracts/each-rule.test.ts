// Takes one rule at a time out of a contract and searches for a payload that only this rule refuses. A rule without one
// says nothing; a rule that is not read, or not applied, has none either.
import { describe, expect, it } from 'vitest';
import { type Contract, loadContract } from '../../scripts/src/contracts/contract.ts';
import { toContract } from '../../scripts/src/contracts/read/read-contract.ts';
import { checkPayload } from '../../scripts/src/contracts/validate.ts';
import { isObject, type Json, type JsonObject } from '../../scripts/src/model/json.ts';
import { AIVIDEOMAKER_MODELS, APIDOT_MODELS } from '../support/models.ts';
import { CORPUS } from './corpus.ts';
import { changed } from './helpers.ts';

type Path = (string | number)[];

/** A rule: where it is in the schema, and the fields of the payload that it speaks of. */
interface Rule {
  path: Path;
  fields: string[];
  /** What stands in its place when it is gone; absent: nothing. */
  instead?: Json;
}

const LIMITS = [
  ...['enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'],
  ...['x-media', 'x-files', 'x-counts'],
];

function at(root: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((here, step) => (here as Record<string, Json>)?.[step], root);
}

/** The rules of an object's schema; `field` is the top-level field of the payload that it belongs to. */
function rulesOf(schema: JsonObject, path: Path, field?: string): Rule[] {
  const rules: Rule[] = [];
  const names = (keyword: string): string[] => (schema[keyword] ?? []) as string[];
  const add = (end: Path, fields: string[], instead?: Json): void => {
    rules.push({ path: [...path, ...end], fields, ...(instead !== undefined && { instead }) });
  };
  const without = (list: string[], name: string): string[] => list.filter((one) => one !== name);
  for (const name of names('required')) add(['required'], [field ?? name], without(names('required'), name));
  for (const [name, child] of Object.entries(schema.properties as Record<string, JsonObject>))
    rules.push(...limitsOf(child, [...path, 'properties', name], field ?? name));
  const groups = (schema['x-exclusive'] ?? []) as string[][];
  if (groups.length > 0) add(['x-exclusive'], groups.flat());
  for (const [i, group] of groups.entries())
    for (const name of group.length > 1 ? group : [])
      add(
        ['x-exclusive', i],
        [name, ...groups.filter((_, other) => other !== i).flat()],
        without(group, name),
      );
  if (schema['x-atLeastOne'] !== undefined) add(['x-atLeastOne'], names('x-atLeastOne'));
  if (isObject(schema['x-sumMax'])) add(['x-sumMax'], schema['x-sumMax'].fields as string[]);
  for (const [i, when] of ((schema['x-when'] ?? []) as Record<string, Json>[]).entries()) {
    const conditions = Object.keys(when.if as JsonObject);
    for (const keyword of ['require', 'refuse']) {
      const list = (when[keyword] ?? []) as string[];
      for (const name of list) add(['x-when', i, keyword], [name, ...conditions], without(list, name));
    }
    for (const name of Object.keys((when.limit ?? {}) as JsonObject))
      add(['x-when', i, 'limit', name], [name, ...conditions]);
  }
  return rules;
}

function limitsOf(schema: JsonObject, path: Path, field: string): Rule[] {
  const forms = (schema.anyOf ?? []) as JsonObject[];
  if (forms.length > 0) return forms.flatMap((form, i) => limitsOf(form, [...path, 'anyOf', i], field));
  const rules: Rule[] = LIMITS.filter((keyword) => schema[keyword] !== undefined).map((keyword) => ({
    path: [...path, keyword],
    fields: [field],
  }));
  if (isObject(schema.items)) rules.push(...limitsOf(schema.items, [...path, 'items'], field));
  if (schema.properties !== undefined) rules.push(...rulesOf(schema, path, field));
  return rules;
}

function withoutRule(contract: Contract, { path, instead }: Rule): Contract {
  const schema = structuredClone(contract.schema) as Record<string, Json>;
  const parent = at(schema, path.slice(0, -1)) as Record<string, Json>;
  const keyword = path.at(-1)!;
  if (instead === undefined) delete parent[keyword];
  else parent[keyword] = instead;
  // Endings belong to a medium, and an object's group needs two groups.
  if (keyword === 'x-media') delete parent['x-files'];
  const { sources, output, example } = contract;
  const document = { ...schema, 'x-sources': sources, 'x-output': output, examples: [example] };
  return { ...contract, ...toContract(document) };
}

const URL = 'https://example.com/a';

/** Values for a field: those it takes, and those one step beyond each of its limits. */
function valuesFor(schema: JsonObject): Json[] {
  const forms = (schema.anyOf ?? []) as JsonObject[];
  if (forms.length > 0) return forms.flatMap(valuesFor);
  const values: Json[] = [];
  if (Array.isArray(schema.enum)) values.push(...schema.enum, 'sideways', 97);
  const number = (keyword: string, step: number): void => {
    const limit = schema[keyword];
    if (typeof limit === 'number') values.push(limit, limit + step);
  };
  number('minimum', -1);
  number('maximum', 1);
  if (schema.type === 'integer') values.push(1, 2, 15);
  if (schema.type === 'number') values.push(5);
  if (schema.type === 'boolean') values.push(true, false);
  if (schema['x-media'] !== undefined) values.push(...addresses(schema), `${URL}.mp3`, 'no address');
  else if (typeof schema.pattern === 'string' && /\d/.test(schema.pattern)) values.push('2304x2048', '9x');
  else if ([schema.type].flat().includes('string')) values.push('lamp', ' ');
  for (const [keyword, step] of [
    ['minLength', -1],
    ['maxLength', 1],
  ] as const) {
    const limit = schema[keyword];
    if (typeof limit === 'number') values.push('a'.repeat(limit), 'a'.repeat(limit + step));
  }
  if (isObject(schema.items)) values.push(...listsFor(schema, schema.items));
  if (isObject(schema.properties)) values.push(...objectsFor(schema));
  return values;
}

const addresses = (schema: JsonObject): string[] => {
  const [ending] = (schema['x-files'] ?? ['png']) as string[];
  return [`${URL}.${ending}`];
};

function listsFor(schema: JsonObject, items: JsonObject): Json[] {
  const [good = 'lamp', ...bad] = items['x-media'] === undefined ? ['lamp', ' '] : [...valuesFor(items)];
  const most = Number(schema.maxItems ?? Math.max(2, ...((schema['x-counts'] ?? []) as number[])));
  const lists: Json[] = Array.from({ length: most + 2 }, (_, length) => Array(length).fill(good) as Json[]);
  const others = Array(Math.max(0, Number(schema.minItems ?? 1) - 1)).fill(good) as Json[];
  for (const one of bad) lists.push([one, ...others]);
  return lists;
}

function objectsFor(schema: JsonObject): Json[] {
  const properties = schema.properties as Record<string, JsonObject>;
  const whole = Object.fromEntries(
    Object.entries(properties).map(([name, child]) => [name, valuesFor(child)[0]!] as const),
  );
  return Object.entries(properties).flatMap(([name, child]) => [
    ...valuesFor(child).map((value) => ({ ...whole, [name]: value })),
    changed(whole, { [name]: undefined }),
  ]);
}

interface Variant {
  field: string;
  payload: JsonObject;
}

/** The rules that refuse nothing, at one of their fields, which no other rule refuses, one or two changes away from an example. */
function idleRules(contract: Contract): Rule[] {
  const properties = contract.schema.properties as Record<string, JsonObject>;
  const values = new Map(
    Object.entries(properties).map(([name, schema]) => [name, [undefined, ...valuesFor(schema)]]),
  );
  const step = (from: JsonObject, fields: Iterable<string>): Variant[] =>
    [...fields].flatMap((field) =>
      values.get(field)!.map((value) => ({ field, payload: changed(from, { [field]: value }) })),
    );
  const issuesOf = (payload: JsonObject): number => checkPayload(contract, payload).length;
  const idleIn = (rules: Rule[], variants: Variant[]): Rule[] => {
    const wrong = variants.flatMap(({ field, payload }) => {
      const [issue, ...others] = checkPayload(contract, payload);
      return issue && others.length === 0 ? [{ field, payload, at: issue.path.split(/[.[]/)[0]! }] : [];
    });
    return rules.filter((rule) => {
      const looser = withoutRule(contract, rule);
      return !wrong.some(
        ({ field, payload, at }) =>
          rule.fields.includes(field) &&
          rule.fields.includes(at) &&
          checkPayload(looser, payload).length === 0,
      );
    });
  };
  const shown = CORPUS.filter(({ model, refusedAt }) => model === contract.model && refusedAt === undefined);
  const starts = [contract.example, ...shown.map(({ input }) => input)];
  const near = starts.map((start) => step(start, values.keys()));
  const idle = idleIn(rulesOf(contract.schema, []), near.flat());
  if (idle.length === 0) return [];
  // A second change, for what is left: beside each field of each example the first few that pass.
  const valid = near.flatMap((variants) => {
    const counts = new Map<string, number>();
    return variants.filter(({ field, payload }) => {
      const count = counts.get(field) ?? 0;
      if (count >= 3 || issuesOf(payload) > 0) return false;
      counts.set(field, count + 1);
      return true;
    });
  });
  const fields = new Set(idle.flatMap((rule) => rule.fields));
  return idleIn(
    idle,
    valid.flatMap(({ payload }) => step(payload, fields)),
  );
}

// A model without a payload in the corpus has nothing that its rules could be shown by.
const all = await Promise.all([
  ...AIVIDEOMAKER_MODELS.map((model) => loadContract('aivideomaker', model)),
  ...APIDOT_MODELS.map((model) => loadContract('apidot', model)),
]);
const each = all.map((contract) => [`${contract.provider} ${contract.model}`, contract] as const);

describe('each rule of a contract has a wrong variant that only this rule refuses', () => {
  it.each(each)('%s', (_, contract) => {
    expect(rulesOf(contract.schema, []).length).toBeGreaterThan(1);
    expect(idleRules(contract).map(({ path }) => path.join('.'))).toEqual([]);
  });
});
