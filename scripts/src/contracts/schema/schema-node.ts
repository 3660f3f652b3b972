import type { Issue, Problem } from '../../model/issue.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Ways } from './ways.ts';

export const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;

export type TypeName = (typeof TYPES)[number];

export function isOfType(value: unknown, type: TypeName): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

/** With -url: a public URL and nothing else, whatever the service takes for the plain kind. */
export const MEDIA_KINDS = ['image', 'video', 'audio', 'image-url', 'video-url', 'audio-url'] as const;

export type MediaKind = (typeof MEDIA_KINDS)[number];

/** One place of a contract's schema, read and checked. Lengths are in Unicode code points, as JSON Schema has them. */
export interface SchemaNode {
  types: readonly TypeName[];
  /** The forms of which a value must have one. The object form's fields are those of this node as well. */
  anyOf?: readonly SchemaNode[];
  /** What a text with a pattern is called. */
  title?: string;
  description?: string | undefined;
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
  /** What the keywords of our own say that it has, in the order in which they are checked. */
  own?: readonly Rule[];
  /** What the text is the address of, or holds. */
  media?: MediaKind;
  /** What the path of a media URL may end with. */
  files?: readonly string[];
  /** The lengths that a list may have. */
  counts?: readonly number[];
}

/** A keyword of our own in a contract, in one place: how it is read, what it refuses, and in which words. */
export interface Keyword {
  name: `x-${string}`;
  /** The types of value that it may stand at. */
  types: readonly TypeName[];
  /** @throws ContractError */
  read(value: Json, scope: Scope): Rule;
}

/** What a keyword says at one place of a schema. */
export interface Rule {
  /**
   * What to write instead of a text; null for one that is taken.
   * @param ways how the caller gives a value of this field
   * @param service who is meant by what a hint says about uploads
   */
  textHint?(text: string, ways?: Ways, service?: string): string | null;
  /** Tells whether a list is taken. */
  takesList?(list: readonly unknown[]): boolean;
  /** What is wrong between the fields of an object. */
  issues?(at: ObjectPlace): Issue[];
  /** The words for a field that the schema does not have; undefined where the keyword says nothing of it. */
  unknownField?(name: string, model: string): Problem | undefined;
  /** What it demands between the fields of an object, as sentences for `describeModel`. */
  sentences?(): string[];
}

/** Where a keyword was found. */
export interface Scope {
  where: string;
  /** The place itself, for what the words about it need. */
  node: SchemaNode;
  /** The properties of the schema that the keyword stands in; empty where it has none. */
  properties: JsonObject;
  /** Reads a schema inside of the keyword. */
  readSchema: (schema: Json, where: string) => SchemaNode;
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

/** The place of the schema that a path of field names and list positions leads to; undefined where there is none. */
export function nodeAt(node: SchemaNode, path: readonly (string | number)[]): SchemaNode | undefined {
  let here: SchemaNode | undefined = node;
  for (const step of path) here = typeof step === 'number' ? here?.items : here?.properties?.get(step);
  return here;
}
