import { isObject, type Json, type JsonObject } from '../types/json.ts';
import type { MediaKind } from './media.ts';

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;

export type TypeName = (typeof TYPES)[number];

/** One place of a contract's schema, read and checked. Lengths are in Unicode code points, as JSON Schema has them. */
export interface SchemaNode {
  types: readonly TypeName[];
  enum?: readonly Json[];
  default?: Json;
  pattern?: RegExp;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: SchemaNode;
  minItems?: number;
  maxItems?: number;
  properties?: ReadonlyMap<string, SchemaNode>;
  required?: ReadonlySet<string>;
  /** x-media */
  media?: MediaKind;
  /** x-exclusive: groups of fields that exclude each other. */
  exclusive?: readonly (readonly string[])[];
  /** x-atLeastOne: fields of which one must carry something. */
  atLeastOne?: readonly string[];
}

/** What is wrong with a contract file itself. */
export class ContractError extends Error {}

type Reader = (node: SchemaNode, value: Json, where: string) => void;

/** Each keyword with the types it is for (none: any) and how it is read. What is not here is refused, not ignored. */
const KEYWORDS: Record<string, { types?: readonly TypeName[]; read?: Reader }> = {
  $schema: {},
  title: {},
  description: {},
  examples: {},
  type: {},
  // Read by readNode after the others, because they need the type or the properties.
  properties: { types: ['object'] },
  required: { types: ['object'] },
  additionalProperties: { types: ['object'] },
  'x-exclusive': { types: ['object'] },
  'x-atLeastOne': { types: ['object'] },
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
  default: {
    read(node, value) {
      node.default = value;
    },
  },
  pattern: {
    types: ['string'],
    read(node, value, where) {
      try {
        if (typeof value === 'string') node.pattern = new RegExp(value, 'u');
      } catch {}
      if (node.pattern === undefined) throw new ContractError(`${where} must be a regular expression`);
    },
  },
  minLength: { types: ['string'], read: count('minLength') },
  maxLength: { types: ['string'], read: count('maxLength') },
  minimum: { types: ['number', 'integer'], read: number('minimum') },
  maximum: { types: ['number', 'integer'], read: number('maximum') },
  items: {
    types: ['array'],
    read(node, value, where) {
      node.items = readNode(value, where);
    },
  },
  minItems: { types: ['array'], read: count('minItems') },
  maxItems: { types: ['array'], read: count('maxItems') },
  'x-media': {
    types: ['string'],
    read(node, value, where) {
      if (value !== 'image' && value !== 'video' && value !== 'audio')
        throw new ContractError(`${where} must be image, video or audio`);
      node.media = value;
    },
  },
};

function number(key: 'minimum' | 'maximum'): Reader {
  return (node, value, where) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new ContractError(`${where} must be a number`);
    node[key] = value;
  };
}

function count(key: 'minLength' | 'maxLength' | 'minItems' | 'maxItems'): Reader {
  return (node, value, where) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      throw new ContractError(`${where} must be a whole number`);
    node[key] = value;
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
  const node: SchemaNode = { types: readTypes(schema.type, at('type')) };
  for (const [keyword, value] of Object.entries(schema)) {
    const known = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (known === undefined) throw new ContractError(`the keyword ${at(keyword)} is not supported`);
    if (known.types !== undefined && !known.types.some((type) => node.types.includes(type)))
      throw new ContractError(`${at(keyword)} does not fit the type ${node.types.join(' or ')}`);
    known.read?.(node, value, at(keyword));
  }
  if (node.types.includes('array') && node.items === undefined)
    throw new ContractError(`${at('items')} is missing`);
  if (node.types.includes('object')) readObject(node, schema, at);
  return node;
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
  const fields = (value: Json | undefined, where: string): string[] => {
    if (!Array.isArray(value)) throw new ContractError(`${where} must be a list of fields`);
    return value.map((name) => {
      if (typeof name === 'string' && properties.has(name)) return name;
      throw new ContractError(`${where}: ${JSON.stringify(name)} is not one of the properties`);
    });
  };
  node.properties = properties;
  node.required = new Set(fields(schema.required ?? [], at('required')));
  if (schema['x-atLeastOne'] !== undefined)
    node.atLeastOne = fields(schema['x-atLeastOne'], at('x-atLeastOne'));
  if (schema['x-exclusive'] !== undefined) {
    const groups = schema['x-exclusive'];
    if (!Array.isArray(groups) || groups.length < 2)
      throw new ContractError(`${at('x-exclusive')} must be a list of at least two groups of fields`);
    node.exclusive = groups.map((group) => fields(group, at('x-exclusive')));
  }
}

/** True if the value is of the JSON Schema type. */
export function isOfType(value: unknown, type: TypeName): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

/** The place of the schema that a path of field names and list positions leads to; undefined where there is none. */
export function nodeAt(node: SchemaNode, path: readonly (string | number)[]): SchemaNode | undefined {
  let here: SchemaNode | undefined = node;
  for (const step of path) here = typeof step === 'number' ? here?.items : here?.properties?.get(step);
  return here;
}
