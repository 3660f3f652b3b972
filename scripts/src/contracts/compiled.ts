import { isObject, type Json } from '../model/json.ts';

/** A file as the build stores it: what was read from the YAML, and which text that was. */
export interface CompiledContract {
  source: { length: number; hash: string };
  contract: Json;
}

/** Tells one text from another. It only has to notice edits, so a real digest is not worth its loading time. */
export function textFingerprint(text: string): CompiledContract['source'] {
  // FNV-1a, 32 bits, over UTF-16 units.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return { length: text.length, hash: (hash >>> 0).toString(16).padStart(8, '0') };
}

/** What a compiled copy holds, if it was made from exactly this text; else undefined. */
export function fromCompiled(copy: string | undefined, text: string): Json | undefined {
  if (copy === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(copy);
    if (!isObject(parsed) || !isObject(parsed.source)) return undefined;
    const { length, hash } = textFingerprint(text);
    return parsed.source.length === length && parsed.source.hash === hash ? parsed.contract : undefined;
  } catch {
    return undefined;
  }
}
