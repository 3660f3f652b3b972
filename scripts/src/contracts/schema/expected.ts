import type { Json } from '../../model/json.ts';
import { plain } from '../../model/text.ts';
import { expectedMedia } from './keywords/media.ts';
import type { SchemaNode, TypeName } from './schema-node.ts';

export type Path = readonly (string | number)[];

/** Characters of a name or a value that are shown. */
export const SHOWN = 60;

export const A_TYPE: Record<TypeName, string> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

/** A field path as people write it: `prompt[2]`, `input.duration`. */
export function pathText(path: Path): string {
  const text = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${plain(step, SHOWN)}`))
    .join('');
  return text.replace(/^\./, '');
}

/** The type and a short form of a value that was refused; credentials in a URL are left out. */
export function received(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string' && value !== '' && plain(value, SHOWN) === '') return 'string of blanks';
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (typeof value === 'object') return 'object';
  return `${typeof value} ${literal(value)}`;
}

export function literal(value: Json): string {
  if (typeof value === 'string')
    return JSON.stringify(plain(value.slice(0, 4096).replace(USER, '$1...@'), SHOWN));
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

// Of an address: it may be a password.
const USER = /^([a-z][a-z0-9+.-]*:\/*)[^/?#]*@/i;

/** Returns what a field takes, as the words after "expected" in a refusal. */
export function expected(node: SchemaNode): string {
  if (node.anyOf !== undefined) return node.anyOf.map(expected).join(' or ');
  if (node.enum !== undefined) {
    const values = node.enum.filter((value) => value !== null);
    const kinds = node.types.filter((type) => type !== 'null').map((type) => A_TYPE[type]);
    const choice = values.length === 1 ? literal(values[0]!) : `one of ${values.map(literal).join(', ')}`;
    return `${choice} (${kinds.join(' or ')})${node.enum.includes(null) ? ' or null' : ''}`;
  }
  return node.types.map((type) => expectedOf(node, type)).join(' or ');
}

/** The same without null, which is never what a missing or wrong value should become. */
export function wanted(node: SchemaNode): string {
  return expected({ ...node, types: node.types.filter((type) => type !== 'null') });
}

function expectedOf(node: SchemaNode, type: TypeName): string {
  if (type === 'array' && node.media !== undefined && node.items?.media === node.media)
    return `an array of${itemCount(node)} such items`;
  if (type === 'string') {
    if (node.media !== undefined) return expectedMedia(node.media, node.files);
    // One character at least is what not being blank means.
    const least = node.pattern?.source === NOT_BLANK && node.minLength === 1 ? undefined : node.minLength;
    const size = range(least, node.maxLength);
    return `a string${size && ` of ${size} characters`}${patternText(node)}`;
  }
  if (type === 'number' || type === 'integer') {
    const { minimum, maximum } = node;
    if (minimum !== undefined && maximum !== undefined)
      return `${A_TYPE[type]} from ${minimum} to ${maximum}`;
    return `${A_TYPE[type]}${range(minimum, maximum) && ` of ${range(minimum, maximum)}`}`;
  }
  if (type === 'array') {
    const count = itemCount(node);
    return `an array${count && ` of${count} items`}, each ${expected(node.items!)}`;
  }
  return type === 'boolean' ? 'true or false' : A_TYPE[type];
}

const NOT_BLANK = '\\S';

function patternText({ pattern, title }: SchemaNode): string {
  if (pattern === undefined) return '';
  if (pattern.source === NOT_BLANK) return ' that is not blank';
  return title === undefined ? ` that matches ${pattern.source}` : ` of the form ${title}`;
}

export function itemCount({ minItems, maxItems, counts }: SchemaNode): string {
  const count = counts === undefined ? range(minItems, maxItems) : either(counts);
  return count && ` ${count}`;
}

function range(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (most !== undefined) return `at most ${most}`;
  return least === undefined ? '' : `at least ${least}`;
}

/** `0, 1 or 3` */
export function either(values: readonly (string | number)[]): string {
  return [values.slice(0, -1).join(', '), String(values.at(-1))].filter(Boolean).join(' or ');
}

/** `"duration": "5"` for a field, `prompt[2]: "5"` for an item of a list. */
export function assign(path: Path, value: Json): string {
  return `${fieldName(path)}: ${Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : literal(value)}`;
}

/** `"duration"` for a field, `prompt[2]` for an item of a list. */
export function fieldName(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'string' ? `"${last}"` : pathText(path);
}
