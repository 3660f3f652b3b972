import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../model/json.ts';

/** Longer texts are shown cut: what is kept of a task stays small. */
const LONGEST_TEXT = 32_768;

/** Hashing in slices keeps a large image from being copied once more as a whole. */
const SLICE = 1 << 20;

const EXTENSIONS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
};

export interface KeptInput {
  /** The request without what is too large or too private to be kept. */
  input: JsonObject;
  /** The same for the same request, whatever the order of its fields. */
  fingerprint: string;
}

/**
 * What is kept of a request. The service's payloads are flat, so that objects inside them can stand for what was
 * replaced: `{ stored }` for an image, `{ cut, hash }` for a very long text.
 */
export function keepInput(model: string, payload: JsonObject): KeptInput {
  const input = mapStrings(payload, (text) => {
    if (/^data:/i.test(text)) return { stored: storageName(text) };
    if (text.length > LONGEST_TEXT) return { cut: text.slice(0, LONGEST_TEXT), hash: hashOf(text) };
    return text;
  }) as JsonObject;
  return { input, fingerprint: hashOf(`${model}\n${canonical(input)}`) };
}

/** The request as the service shows it: as it was sent, with a storage address in place of each base64 image. */
export function showInput(input: JsonObject, origin: string): Json {
  return show(input, origin);
}

function show(value: Json, origin: string): Json {
  if (Array.isArray(value)) return value.map((item) => show(item, origin));
  if (!isObject(value)) return value;
  if (typeof value.stored === 'string') return `${origin}/storage/${value.stored}`;
  if (typeof value.cut === 'string') return `${value.cut}… [cut by the sandbox]`;
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, show(item, origin)]));
}

function mapStrings(value: Json, change: (text: string) => Json): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (!isObject(value)) return value;
  // fromEntries defines plain properties, so that a field named __proto__ stays a field.
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, mapStrings(item, change)]));
}

function storageName(dataUri: string): string {
  const type = dataUri
    .slice(5, 5 + 100)
    .split(/[;,]/, 1)[0]!
    .toLowerCase();
  return `${hashOf(dataUri).slice(0, 32)}.${EXTENSIONS[type] ?? 'bin'}`;
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonical(value[field]!)}`).join()}}`;
}

function hashOf(text: string): string {
  const hash = createHash('sha256');
  for (let from = 0; from < text.length; from += SLICE) hash.update(text.slice(from, from + SLICE));
  return hash.digest('hex');
}
