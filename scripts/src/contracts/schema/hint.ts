import type { Json, JsonObject } from '../../model/json.ts';
import { nearest, squeeze } from '../../model/nearest.ts';
import { plain } from '../../model/text.ts';
import {
  A_TYPE,
  assign,
  either,
  fieldName,
  itemCount,
  literal,
  type Path,
  pathText,
  SHOWN,
  wanted,
} from './expected.ts';
import { isOfType, type SchemaNode, type TypeName } from './schema-node.ts';
import { codePoints, fits } from './to-zod.ts';
import { BESIDE, type Ways } from './ways.ts';

const MOST_MODELS = 6;
const NEVER_ROUNDED = 'nothing is rounded, as that changes the price';

/** A place of a payload that was refused, as a hint needs it. */
interface RefusedPlace {
  node: SchemaNode;
  path: Path;
  value: Json | undefined;
  required: boolean;
  /** It is the prompt: its words are the user's alone. */
  isPrompt: boolean;
  /** What the contract's example has at this place. */
  example: Json | undefined;
  /** How the caller gives a value of this field. */
  ways: Ways;
  provider: string;
}

/** What to write instead of a refused value: the literal that passes, where there is one. */
export function hint(place: RefusedPlace): string {
  const { node, path, value, required, isPrompt } = place;
  if (isPrompt && (value === undefined || (value === null && required)))
    return `ask the user for the words, and add them as ${fieldName(path)}, ${wanted(node)}`;
  if (value === undefined) return `add ${sample(place)}`;
  if (value === null) return required ? `write ${sample(place)}, not null` : `leave ${pathText(path)} out`;
  const meant = sameMeaning(node, value).find((candidate) => fits(node, candidate));
  if (meant !== undefined) return `write ${assign(path, meant)}${kind(meant, value)}, not ${literal(value)}`;
  if (node.enum !== undefined) return enumHint(place, node.enum);
  if (typeof value === 'string' && node.types.includes('string')) return textHint(place, value);
  if (Array.isArray(value) && node.types.includes('array'))
    return `give${itemCount(node)} items, not ${value.length}`;
  if (isNumeric(value) && node.types.some((type) => type === 'number' || type === 'integer'))
    return `write ${sample(place)}, not ${literal(value)}; ${NEVER_ROUNDED}`;
  return `write ${sample(place)}, not ${literal(value)}`;
}

function kind(meant: Json, value: Json): string {
  const types: TypeName[] = ['string', 'number', 'boolean', 'array', 'object'];
  const type = types.find((candidate) => isOfType(meant, candidate));
  return type === undefined || isOfType(value, type) ? '' : ` (${A_TYPE[type]})`;
}

/**
 * What passes at this place: the literals where they can be listed, else what is wanted with an instance. Media have
 * no instance: an agent that copies it would pay for the picture of an example.
 */
function sample({ node, path, example, ways }: RefusedPlace): string {
  if (node.enum !== undefined)
    return `${fieldName(path)}: ${either(node.enum.filter((value) => value !== null).map(literal))}`;
  if ((node.media ?? node.items?.media) !== undefined)
    return `${fieldName(path)} as ${wanted(node)}${ways.imageFile === null ? '' : `, or ${ways.imageFile}`}`;
  return `${fieldName(path)} as ${wanted(node)}, such as ${assign(path, example ?? node.default ?? generic(node))}`;
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

function enumHint(place: RefusedPlace, values: readonly Json[]): string {
  const { path, value, node } = place;
  const choices = values.filter((choice) => choice !== null);
  const words = choices.filter((choice) => typeof choice === 'string');
  // A near number is another choice, not a typo: 6 is not a mistyped 5.
  const near = typeof value === 'string' && /\p{L}{3}/u.test(value) ? nearest(value, words) : undefined;
  if (near !== undefined) return `write ${assign(path, near)}, not ${literal(value!)}`;
  const types = node.types.filter((type) => type !== 'null');
  const isOfOther = types.length === 1 && !isOfType(value, types[0]!);
  const rounding = choices.every(isNumeric) && isNumeric(value) ? `; ${NEVER_ROUNDED}` : '';
  return `write ${fieldName(path)}: ${either(choices.map(literal))}${isOfOther ? ` (${A_TYPE[types[0]!]})` : ''}, not ${literal(value!)}${rounding}`;
}

function isNumeric(value: Json | undefined): boolean {
  if (typeof value !== 'string') return typeof value === 'number';
  return /^-?\d+(\.\d+)?$/.test(meaning(value));
}

function textHint(place: RefusedPlace, value: string): string {
  const { node, path, ways, provider, isPrompt } = place;
  for (const rule of node.own ?? []) {
    const told = rule.textHint?.(value, ways, provider);
    if (told) return told;
  }
  if (value.trim() === '')
    return isPrompt
      ? `ask the user for the words, and write them into ${pathText(path)}`
      : `write text into ${pathText(path)}`;
  const length = codePoints(value);
  if (node.maxLength !== undefined && length > node.maxLength)
    return `shorten ${pathText(path)} to ${node.maxLength} characters; it has ${length}`;
  return `write ${sample(place)}`;
}

/** Returns values of the right type or spelling that mean the same as what came: "5" for 5, "720p" for 720 or "720P". */
export function sameMeaning(node: SchemaNode, value: Json): Json[] {
  if (node.anyOf !== undefined) return node.anyOf.flatMap((form) => sameMeaning(form, value));
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

/** What to do about a field that the contract does not have. `given` is the object it was found in. */
export function unknownFieldHint(key: string, node: SchemaNode, given: JsonObject, ways: Ways): string {
  const names = [...(node.properties?.keys() ?? [])];
  const shown = JSON.stringify(plain(key, SHOWN));
  const part = BESIDE.find((known) => known.toLowerCase() === squeeze(key));
  if (part !== undefined) return `leave ${shown} out; ${ways.beside(part)}`;
  const meant = lookAlike(key, names) ?? nearest(key, names);
  const takes = `this one takes ${names.join(', ')}`;
  if (meant === undefined) return `${wayOfField(key, shown, ways)}; ${takes}`;
  if (Object.hasOwn(given, meant)) return `leave ${shown} out; "${meant}" is there already`;
  return `write "${meant}" instead of ${shown}; ${takes}`;
}

/** The user asked for it: another model that has the field comes before a request without it. */
function wayOfField(key: string, shown: string, { elsewhere }: Ways): string {
  const drop = `only if the user agrees, leave ${shown} out`;
  if (elsewhere === undefined) return `take a model that has it, or, ${drop}`;
  const models = elsewhere.get(key);
  if (models?.length)
    return `take a model that has it, at its own price: ${models.slice(0, MOST_MODELS).join(', ')}; ${drop}`;
  return `no model of this kind has it${models === undefined ? '' : ' with this value'}: ${drop}`;
}

/** Returns the one of some field names under which another model has a field; undefined where none is. */
export function lookAlike(key: string, names: readonly string[]): string | undefined {
  const word = squeeze(key);
  const group = SIMILAR_WORDS.find((words) => words.includes(word));
  return names.find((name) => group?.includes(name.toLowerCase()));
}
