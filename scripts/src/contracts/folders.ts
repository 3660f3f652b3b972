import { join } from 'node:path';

export function contractsFolder(root: string): string {
  return join(root, 'contracts');
}

/** Where the build keeps its compiled copies of them. */
export function compiledFolder(root: string): string {
  return join(root, 'scripts', 'lib', 'contracts');
}
