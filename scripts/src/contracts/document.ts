import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../model/json.ts';
import { fromCompiled } from './compiled.ts';
import { compiledFolder, contractsFolder } from './folders.ts';

export const EXTENSION = '.yaml';

/**
 * The text of one file of contracts/, and what its compiled copy holds if that was made from this text.
 * @param name the path below contracts/, without its ending
 * @throws when there is no such file
 */
export function readStored(root: string, name: string): { text: string; copy: Json | undefined } {
  const text = readFileSync(join(contractsFolder(root), `${name}${EXTENSION}`), 'utf8');
  return { text, copy: fromCompiled(readIfThere(join(compiledFolder(root), `${name}.json`)), text) };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
