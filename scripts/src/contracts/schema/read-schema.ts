import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { ContractError } from './contract-error.ts';
import { fieldList } from './keywords/keyword.ts';
import { KEYWORDS } from './keywords/registry.ts';
import { isOfType, type SchemaNode, TYPES, type TypeName } from './schema-node.ts';

type Reader = (node: SchemaNode, value: Json, where: string, keyword: string) => void;

const number = bound('a number', Number.isFinite);
const count = bound('a whole number', (value) => Number.isInteger(value) && value >= 0);

/** Each keyword of JSON Schema that may be used, with the types it is for (none: any) and how it is read. */
const STANDARD: Record<string, { types?: readonly TypeName[]; read?: Reader }> = {
  $schema: {},
  title: {
    read(node, value, where) {
      if (typeof value !== 'string') throw new ContractError(`${where} must be text`);
      node.title = value;
    },
  },
  description: {},
  examples: {},
  type: {},
  // Read by readNode after the others, because they need the type or the properties.
  properties: { types: ['object'] },
  required: { types: ['object'] },
  additionalProperties: { types: ['object'] },
  enum: {
    read(node, value, where) {
      if (!Array.isArray(value) || value.length === 0) throw new ContractError(`${where} must be a list`);
      for (const item of value) {
        if (typeof item === 'object' && item !== null)
          throw new ContractError(`${where} takes plain values only`);
        if (!node.types.some((type) => isOfType(item, type)))
          throw new ContractError(
            `${where}: ${JSON.stringify(item)} is not of the type ${node.types.join(' or ')}`,
          );
      }
      node.enum = value;
    },
  },
  default: {},
  pattern: {
    types: ['string'],
    read(node, value, where) {
      try {
        if (typeof value === 'string') node.pattern = new RegExp(value, 'u');
      } catch {}
      if (node.pattern === undefined) throw new ContractError(`${where} must be a regular expression`);
    },
  },
  minLength: { types: ['string'], read: count },
  maxLength: { types: ['string'], read: count },
  minimum: { types: ['number', 'integer'], read: number },
  maximum: { types: ['number', 'integer'], read: number },
  items: { types: ['array'] },
  minItems: { types: ['array'], read: count },
  maxItems: { types: ['array'], read: count },
};

type Bound = 'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'minItems' | 'maxItems';

function bound(what: string, is: (value: number) => boolean): Reader {
  return (node, value, where, keyword) => {
    if (typeof value !== 'number' || !is(value)) throw new ContractError(`${where} must be ${what}`);
    node[keyword as Bound] = value;
  };
}

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
    standard?.read?.(node, value, at(keyword), keyword);
  }
  if (schema.default !== undefined) node.default = schema.default;
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
  return { ...objects[0], types: [...new Set(forms.flatMap((form) => form.types))], anyOf: forms };
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
  node.required = new Set(fieldList(schema.properties, schema.required ?? [], at('required')));
}
