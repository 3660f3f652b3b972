import { join } from 'node:path';

/** Where the YAML contracts are: one folder per provider. */
export function contractsFolder(root: string): string {
  return join(root, 'contracts');
}

/** Where the build keeps its compiled copies of them. */
export function compiledFolder(root: string): string {
  return join(root, 'scripts', 'lib', 'contracts');
}
