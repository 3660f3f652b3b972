import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../model/json.ts';
import { fromCompiled } from './compiled.ts';
import { compiledFolder, contractsFolder } from './folders.ts';

export const EXTENSION = '.yaml';

/**
 * One file of contracts/, from its compiled copy if that is of the YAML text as it is now; no other file is read.
 * @param name the path below contracts/, without its ending
 * @throws when there is no such file, or it is no YAML
 */
export async function readDocument(root: string, name: string): Promise<Json> {
  const text = readFileSync(join(contractsFolder(root), `${name}${EXTENSION}`), 'utf8');
  return (
    fromCompiled(readIfThere(join(compiledFolder(root), `${name}.json`)), text) ??
    (await import('./parse-yaml.ts')).parseYaml(text)
  );
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
