import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../model/json.ts';
import { fromCompiled } from './compiled.ts';
import { compiledFile, contractsFolder } from './folders.ts';

export const EXTENSION = '.yaml';

/**
 * The text of one YAML file of a provider, and what its compiled copy holds if that was made from this text.
 * @param file the path below contracts/
 * @throws when there is no such file
 */
export function readStored(
  root: string,
  provider: string,
  file: string,
): { text: string; copy: Json | undefined } {
  const text = readFileSync(join(contractsFolder(root), file), 'utf8');
  return { text, copy: fromCompiled(readIfThere(compiledFile(root, provider)), file, text) };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
