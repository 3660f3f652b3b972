import { jsonHash } from '../model/fingerprint.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { TaskRecord } from './task-record.ts';

/** Longer texts are shown cut: what is kept of a task stays small. */
const LONGEST_TEXT = 32_768;

/**
 * What is kept of a request. The service's payloads are flat, so that objects inside them can stand for what was
 * replaced: `{ stored }` for an image, `{ cut, hash }` for a very long text.
 */
export function keepInput(
  model: string,
  payload: JsonObject,
): Pick<TaskRecord, 'model' | 'input' | 'fingerprint'> {
  const input = mapped(payload, (value) => {
    if (typeof value !== 'string') return undefined;
    if (/^data:/i.test(value)) return { stored: storageName(value) };
    return value.length > LONGEST_TEXT ? { cut: value.slice(0, LONGEST_TEXT), hash: jsonHash(value) } : value;
  }) as JsonObject;
  return { model, input, fingerprint: jsonHash([model, input]) };
}

/** The request as the service shows it: as it was sent, with a storage address in place of each base64 image. */
export function showInput(input: JsonObject, origin: string): Json {
  return mapped(input, (value) => {
    if (!isObject(value)) return undefined;
    if (typeof value.stored === 'string') return `${origin}/storage/${value.stored}`;
    return typeof value.cut === 'string' ? `${value.cut}… [cut by the sandbox]` : undefined;
  });
}

/** Returns the value with what `change` puts in place of its parts; undefined leaves a part as it is. */
function mapped(value: Json, change: (value: Json) => Json | undefined): Json {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (!isObject(value)) return value;
  // fromEntries defines plain properties, so that a field named __proto__ stays a field.
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, mapped(item, change)]));
}

function storageName(dataUri: string): string {
  const [, kind = 'bin'] = /^data:image\/(png|jpeg|webp|gif)[;,]/i.exec(dataUri) ?? [];
  return `${jsonHash(dataUri).slice(0, 32)}.${kind.toLowerCase().replace('jpeg', 'jpg')}`;
}
