import type { Json, JsonObject } from '../model/json.ts';
import { plain } from '../model/text.ts';
import { countsText } from './keywords/counts.ts';
import { expectedMedia } from './keywords/media.ts';
import { nearest } from './nearest.ts';
import type { SchemaNode } from './schema-node.ts';
import { codePoints, toZod } from './to-zod.ts';
import { isOfType, type TypeName } from './types.ts';
import type { Beside, Ways } from './ways.ts';

export type Path = readonly (string | number)[];

const SHOWN = 60;

const A_TYPE: Record<TypeName, string> = {
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

function literal(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(plain(withoutUser(value.slice(0, 4096)), SHOWN));
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function withoutUser(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/*)[^/?#]*@/i, '$1...@');
}

/** What a place of the schema takes, in words. */
export function expected(node: SchemaNode): string {
  if (node.anyOf !== undefined) return node.anyOf.map(expected).join(' or ');
  if (node.enum !== undefined) {
    const values = node.enum.filter((value) => value !== null);
    const kinds = node.types.filter((type) => type !== 'null').map((type) => A_TYPE[type]);
    const choice = values.length === 1 ? list(values) : `one of ${values.map(literal).join(', ')}`;
    return `${choice} (${kinds.join(' or ')})${node.enum.includes(null) ? ' or null' : ''}`;
  }
  return node.types.map((type) => expectedOf(node, type)).join(' or ');
}

/** The same without null, which is never what a missing or wrong value should become. */
function wanted(node: SchemaNode): string {
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

function itemCount({ minItems, maxItems, counts }: SchemaNode): string {
  const count = counts === undefined ? range(minItems, maxItems) : countsText(counts);
  return count && ` ${count}`;
}

function range(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (most !== undefined) return `at most ${most}`;
  return least === undefined ? '' : `at least ${least}`;
}

function list(values: readonly Json[]): string {
  const words = values.map(literal);
  return [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ');
}

const NEVER_ROUNDED = 'nothing is rounded, as that changes the price';

/** A place of a payload that was refused, as a hint needs it. */
export interface Place {
  node: SchemaNode;
  path: Path;
  value: Json | undefined;
  required: boolean;
  /** What the contract's example has at this place. */
  example: Json | undefined;
  /** How the caller gives a value of this field. */
  ways: Ways;
  provider: string;
}

/** What to write instead of a refused value: the literal that passes, where there is one. */
export function hint(place: Place): string {
  const { node, path, value, required } = place;
  if (value === undefined) return `add ${sample(place)}`;
  if (value === null) return required ? `write ${sample(place)}, not null` : `leave ${pathText(path)} out`;
  const meant = sameMeaning(node, value);
  if (meant !== undefined) return `write ${assign(path, meant)}${kind(meant, value)}, not ${literal(value)}`;
  if (node.enum !== undefined) return enumHint(place, node.enum);
  if (typeof value === 'string' && node.types.includes('string')) return textHint(place, value);
  if (Array.isArray(value) && node.types.includes('array'))
    return `give${itemCount(node)} items, not ${value.length}`;
  if (isNumeric(value) && node.types.some((type) => type === 'number' || type === 'integer'))
    return `write ${sample(place)}, not ${literal(value)}; ${NEVER_ROUNDED}`;
  return `write ${sample(place)}, not ${literal(value)}`;
}

/** `"duration": "5"` for a field, `prompt[2]: "5"` for an item of a list. */
export function assign(path: Path, value: Json): string {
  return `${name(path)}: ${Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : literal(value)}`;
}

function name(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'string' ? `"${last}"` : pathText(path);
}

function kind(meant: Json, value: Json): string {
  const types: TypeName[] = ['string', 'number', 'boolean', 'array', 'object'];
  const type = types.find((candidate) => isOfType(meant, candidate));
  return type === undefined || isOfType(value, type) ? '' : ` (${A_TYPE[type]})`;
}

function requiredKind({ node }: Place): string {
  const types = node.types.filter((type) => type !== 'null');
  return types.length === 1 ? ` (${A_TYPE[types[0]!]})` : '';
}

/**
 * What passes at this place: the literals where they can be listed, else what is wanted with an instance. Media have
 * no instance: an agent that copies it would pay for the picture of an example.
 */
function sample({ node, path, example, ways }: Place): string {
  if (node.enum !== undefined) return `${name(path)}: ${list(node.enum.filter((value) => value !== null))}`;
  if ((node.media ?? node.items?.media) !== undefined)
    return `${name(path)} as ${wanted(node)}${ways.imageFile === null ? '' : `, or ${ways.imageFile}`}`;
  return `${name(path)} as ${wanted(node)}, such as ${assign(path, example ?? node.default ?? generic(node))}`;
}

function generic(node: SchemaNode): Json {
  if (node.anyOf !== undefined) return generic(node.anyOf[0]!);
  if (node.enum !== undefined) return node.enum[0]!;
  const type = node.types.find((candidate) => candidate !== 'null');
  if (type === 'boolean') return true;
  if (type === 'number' || type === 'integer') return node.minimum ?? node.maximum ?? 1;
  if (type === 'array') return [generic(node.items!)];
  return type === 'object' ? {} : '...';
}

function enumHint(place: Place, values: readonly Json[]): string {
  const { path, value, node } = place;
  const choices = values.filter((choice) => choice !== null);
  const words = choices.filter((choice) => typeof choice === 'string');
  // A near number is another choice, not a typo: 6 is not a mistyped 5.
  const near = typeof value === 'string' && /\p{L}{3}/u.test(value) ? nearest(value, words) : undefined;
  if (near !== undefined) return `write ${assign(path, near)}, not ${literal(value!)}`;
  const fits = node.types.some((type) => isOfType(value, type));
  const rounding = choices.every(isNumeric) && isNumeric(value) ? `; ${NEVER_ROUNDED}` : '';
  return `write ${name(path)}: ${list(choices)}${fits ? '' : requiredKind(place)}, not ${literal(value!)}${rounding}`;
}

function isNumeric(value: Json | undefined): boolean {
  if (typeof value !== 'string') return typeof value === 'number';
  return /^-?\d+(\.\d+)?$/.test(meaning(value));
}

function textHint(place: Place, value: string): string {
  const { node, path, ways, provider } = place;
  for (const keyword of node.own ?? []) {
    const problem = keyword.problem?.(node, value, { ways, service: provider });
    if (problem) return problem.hint;
  }
  if (value.trim() === '') return `write text into ${pathText(path)}`;
  const length = codePoints(value);
  if (node.maxLength !== undefined && length > node.maxLength)
    return `shorten ${pathText(path)} to ${node.maxLength} characters; it has ${length}`;
  return `write ${sample(place)}`;
}

/** The value of the right type and spelling that means the same as what came: "5" for 5, "720p" for 720 or "720P". */
function sameMeaning(node: SchemaNode, value: Json): Json | undefined {
  for (const candidate of candidates(node, value))
    if (toZod(node).safeParse(candidate).success) return candidate;
  return undefined;
}

function candidates(node: SchemaNode, value: Json): Json[] {
  if (node.anyOf !== undefined) return node.anyOf.flatMap((form) => candidates(form, value));
  if (node.enum !== undefined && typeof value !== 'object')
    return node.enum.filter((choice) => choice !== null && meaning(choice) === meaning(value));
  const found: Json[] = [];
  if (node.types.includes('string') && (typeof value === 'number' || typeof value === 'boolean'))
    found.push(String(value));
  if (typeof value === 'string' && value.length < SHOWN) {
    const text = meaning(value);
    if (/^-?\d+(\.\d+)?$/.test(text)) found.push(Number(text));
    if (text === 'true' || text === 'false') found.push(text === 'true');
  }
  if (node.types.includes('array') && !Array.isArray(value)) found.push([value]);
  if (!node.types.includes('array') && Array.isArray(value) && value.length === 1) found.push(value[0]!);
  return found;
}

/** Returns a value without its spelling: case, spaces, similar digits, units, the sign of a ratio. */
function meaning(value: Json): string {
  return String(value)
    .slice(0, SHOWN)
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^(\d+(?:\.\d+)?)\s*(?:p|s|sec|seconds?)$/, '$1')
    .replace(/^(\d+)\s*[:x×/\u2236]\s*(\d+)$/, '$1:$2')
    .replace(/^(\d+)\.0+$/, '$1');
}

// The same choice under the names that other models, clients and habits give it.
const SIMILAR_WORDS: readonly (readonly string[])[] = [
  ['aspectratio', 'ratio'],
  ['prompt', 'content'],
  ['image', 'imageurl'],
];

const BESIDE: readonly Beside[] = ['model', 'callbackUrl', 'webhookUrl', 'idempotencyKey'];

/** What to do about a field that the contract does not have. `given` is the object it was found in. */
export function unknownFieldHint(key: string, node: SchemaNode, given: JsonObject, ways: Ways): string {
  const names = [...(node.properties?.keys() ?? [])];
  const shown = JSON.stringify(plain(key, SHOWN));
  const part = BESIDE.find((known) => known.toLowerCase() === squeezed(key));
  if (part !== undefined) return `leave ${shown} out; ${ways.beside(part)}`;
  const meant = lookAlike(key, names) ?? nearest(key, names);
  const takes = `it takes ${names.join(', ')}`;
  if (meant === undefined) return `leave ${shown} out; ${takes}`;
  if (Object.hasOwn(given, meant)) return `leave ${shown} out; "${meant}" is there already`;
  return `write "${meant}" instead of ${shown}; ${takes}`;
}

function lookAlike(key: string, names: readonly string[]): string | undefined {
  const word = squeezed(key);
  const group = SIMILAR_WORDS.find((words) => words.includes(word));
  return names.find((name) => group?.includes(name.toLowerCase()));
}

function squeezed(key: string): string {
  return key
    .slice(0, SHOWN)
    .toLowerCase()
    .replace(/[-_\s]/g, '');
}
