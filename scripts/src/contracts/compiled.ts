import { isObject, type Json } from '../model/json.ts';

/** One line of a compiled file: what was read from a YAML file, and which text that was. */
export interface CompiledContract {
  /** The YAML file, below contracts/. First, because a line is found by it. */
  file: string;
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

/** A line of a compiled file, with its end. */
export function lineOf(copy: CompiledContract): string {
  const { file, source, contract } = copy;
  return `${JSON.stringify({ file, source, contract })}\n`;
}

/**
 * What a compiled file holds of a YAML file, if it was made from exactly this text; else undefined. No other line is
 * parsed.
 * @param copies the compiled file of the provider; undefined where there is none
 * @param file the path of the YAML file below contracts/
 */
export function fromCompiled(copies: string | undefined, file: string, text: string): Json | undefined {
  if (copies === undefined) return undefined;
  const beginning = `{"file":${JSON.stringify(file)},`;
  const isFirst = copies.startsWith(beginning);
  const before = isFirst ? -1 : copies.indexOf(`\n${beginning}`);
  if (before === -1 && !isFirst) return undefined;
  const end = copies.indexOf('\n', before + 1);
  try {
    const parsed: unknown = JSON.parse(copies.slice(before + 1, end === -1 ? undefined : end));
    if (!isObject(parsed) || !isObject(parsed.source)) return undefined;
    const { length, hash } = textFingerprint(text);
    return parsed.source.length === length && parsed.source.hash === hash ? parsed.contract : undefined;
  } catch {
    return undefined;
  }
}
