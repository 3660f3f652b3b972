import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../model/json.ts';

export const EXTENSION = '.yaml';

export function contractsFolder(root: string): string {
  return join(root, 'contracts');
}

/** The file, below contracts/, that lists a provider's ids that have no contract. */
export function unsupportedFile(provider: string): string {
  return `${provider}.unsupported${EXTENSION}`;
}

/** Where the build keeps its compiled copies: `<provider>.jsonl`, one line for each YAML file. */
export function compiledFolder(root: string): string {
  return join(root, 'scripts', 'lib', 'contracts');
}

/** The line of a YAML file with what was read from its text. */
export function compiledLine(file: string, text: string, contract: unknown): string {
  return `${beginning(file, text)}"contract":${JSON.stringify(contract)}}\n`;
}

/** A line is found by the file and the text that it was made from; no other line is parsed. */
function beginning(file: string, text: string): string {
  return `{"file":${JSON.stringify(file)},"source":"${text.length}-${hashOf(text)}",`;
}

/** FNV-1a, 32 bits, over UTF-16 units. It only has to notice edits, so a real digest is not worth its loading time. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/**
 * The text of one YAML file of a provider, and what its compiled copy holds if that was made from this text.
 * @param file the path below contracts/
 * @throws when there is no such file
 */
export function readStored(root: string, provider: string, file: string) {
  const text = readFileSync(join(contractsFolder(root), file), 'utf8');
  return { text, copy: copyOf(text, file, join(compiledFolder(root), `${provider}.jsonl`)) };
}

function copyOf(text: string, file: string, copies: string): Json | undefined {
  try {
    const lines = readFileSync(copies, 'utf8').split('\n');
    const line = lines.find((one) => one.startsWith(beginning(file, text)));
    return line && (JSON.parse(line) as { contract: Json }).contract;
  } catch {
    return undefined;
  }
}
