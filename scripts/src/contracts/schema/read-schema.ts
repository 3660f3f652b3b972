import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { namesOf } from './keywords/keyword.ts';
import { KEYWORDS } from './keywords/registry.ts';
import { ContractError, later, parsed, REGEX } from './parsed.ts';
import { isOfType, type SchemaNode, TYPES, type TypeName } from './schema-node.ts';
import { type Zod, z } from './zod.ts';

const WHOLE = ' must be a whole number';
const count = later(() => z.int(WHOLE).check(z.minimum(0, WHOLE)));
const number = later(() => z.number(' must be a number'));
const text = later(() => z.optional(z.string(' must be text')));
const LIST = ' must be a list';
const list = later(() => {
  const plain = z.union([z.string(), z.number(), z.boolean(), z.null()], ' takes plain values only');
  return z.array(plain, LIST).check(z.minLength(1, LIST));
});

/** Each keyword of JSON Schema that may be used, with the types it is for (none: any) and what a node keeps of it. */
const STANDARD: Record<string, { types?: readonly TypeName[]; kept?: () => Zod.ZodMiniType }> = {
  $schema: {},
  title: { kept: text },
  description: { kept: text },
  examples: {},
  type: {},
  // Read by readNode after the others, because they need the type or the properties.
  properties: { types: ['object'] },
  required: { types: ['object'] },
  additionalProperties: { types: ['object'] },
  items: { types: ['array'] },
  enum: { kept: list },
  default: { kept: later(() => z.custom<Json>()) },
  pattern: { types: ['string'], kept: REGEX },
  minLength: { types: ['string'], kept: count },
  maxLength: { types: ['string'], kept: count },
  minimum: { types: ['number', 'integer'], kept: number },
  maximum: { types: ['number', 'integer'], kept: number },
  minItems: { types: ['array'], kept: count },
  maxItems: { types: ['array'], kept: count },
};

/**
 * Reads the subset of JSON Schema that contracts are written in (contracts/README.md). `where` names the place in
 * the file. @throws ContractError for whatever is not understood: a rule that is silently skipped lets a payload
 * through that costs money.
 */
export function readNode(schema: Json | undefined, where = ''): SchemaNode {
  if (!isObject(schema)) throw new ContractError(`${where || 'the file'} must be a schema`);
  const at = (keyword: string): string => (where === '' ? keyword : `${where}.${keyword}`);
  if (schema.anyOf !== undefined) return readForms(schema, at);
  const node: SchemaNode = { types: readTypes(schema.type, at('type')) };
  const own = KEYWORDS.filter(({ name }) => schema[name] !== undefined);
  for (const [keyword, value] of Object.entries(schema)) {
    const standard = Object.hasOwn(STANDARD, keyword) ? STANDARD[keyword] : undefined;
    const known = standard ?? own.find(({ name }) => name === keyword);
    if (known === undefined) throw new ContractError(`the keyword ${at(keyword)} is not supported`);
    if (known.types !== undefined && !known.types.some((type) => node.types.includes(type)))
      throw new ContractError(`${at(keyword)} does not fit the type ${node.types.join(' or ')}`);
    if (standard?.kept) Object.assign(node, { [keyword]: parsed(standard.kept(), value, at(keyword)) });
  }
  if (typeof schema.pattern === 'string') node.pattern = new RegExp(schema.pattern, 'u');
  const stranger = node.enum?.find((item) => !node.types.some((type) => isOfType(item, type)));
  if (stranger !== undefined)
    throw new ContractError(
      `${at('enum')}: ${JSON.stringify(stranger)} is not of the type ${node.types.join(' or ')}`,
    );
  if (node.types.includes('array')) node.items = readNode(schema.items, at('items'));
  if (node.types.includes('object')) readObject(node, schema, at);
  // Last, because they speak of the properties.
  const properties = isObject(schema.properties) ? schema.properties : {};
  const scope = { node, properties, readSchema: readNode };
  if (own.length > 0)
    node.own = own.map(({ name, read }) => read(schema[name]!, { ...scope, where: at(name) }));
  return node;
}

/** A value of several forms, of which at most one is an object. */
function readForms(schema: JsonObject, at: (keyword: string) => string): SchemaNode {
  const stranger = Object.keys(schema).find((keyword) => keyword !== 'anyOf' && keyword !== 'description');
  if (stranger !== undefined) throw new ContractError(`${at(stranger)} does not go with anyOf`);
  if (!Array.isArray(schema.anyOf) || schema.anyOf.length < 2)
    throw new ContractError(`${at('anyOf')} must be a list of at least two schemas`);
  const forms = schema.anyOf.map((form, i) => readNode(form, `${at('anyOf')}[${i}]`));
  const objects = forms.filter((form) => form.properties !== undefined);
  if (objects.length > 1) throw new ContractError(`${at('anyOf')} may hold one object only`);
  const description = parsed(text(), schema.description, at('description'));
  const types = [...new Set(forms.flatMap((form) => form.types))];
  return { ...objects[0], description, types, anyOf: forms };
}

function readTypes(value: Json | undefined, where: string): TypeName[] {
  const names = Array.isArray(value) ? value : [value ?? null];
  const types = TYPES.filter((type) => names.includes(type));
  if (types.length === 0 || types.length !== names.length)
    throw new ContractError(`${where} must be one or several of ${TYPES.join(', ')}`);
  return types;
}

function readObject(node: SchemaNode, schema: JsonObject, at: (keyword: string) => string): void {
  if (schema.additionalProperties !== false)
    throw new ContractError(`${at('additionalProperties')} must be false: unknown fields are refused`);
  if (!isObject(schema.properties)) throw new ContractError(`${at('properties')} is missing`);
  const properties = new Map<string, SchemaNode>();
  for (const [name, child] of Object.entries(schema.properties)) {
    if (!/^[A-Za-z][\w-]*$/.test(name))
      throw new ContractError(`${at('properties')}: ${name} is no usable field name`);
    properties.set(name, readNode(child, `${at('properties')}.${name}`));
  }
  node.properties = properties;
  node.required = new Set(parsed(namesOf(schema.properties), schema.required ?? [], at('required')));
}
