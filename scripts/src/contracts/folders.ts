import { join } from 'node:path';

export function contractsFolder(root: string): string {
  return join(root, 'contracts');
}

/** Where the build keeps its compiled copies of them. */
export function compiledFolder(root: string): string {
  return join(root, 'scripts', 'lib', 'contracts');
}

/** The compiled copies of one provider, one line each. */
export function compiledFile(root: string, provider: string): string {
  return join(compiledFolder(root), `${provider}.jsonl`);
}
