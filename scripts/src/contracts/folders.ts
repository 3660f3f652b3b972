import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The skill's folder. This code runs in two places: bundled into scripts/*.mjs, and as source in
 * scripts/src/contracts/ (development and tests); the name of the module's own folder tells which.
 */
export function skillFolder(moduleUrl: string = import.meta.url): string {
  const here = dirname(fileURLToPath(moduleUrl));
  return basename(here) === 'scripts' ? dirname(here) : join(here, '..', '..', '..');
}

/** Where the YAML contracts are: one folder per provider. */
export function contractsFolder(root: string): string {
  return join(root, 'contracts');
}

/** Where the build keeps its compiled copies of them. */
export function compiledFolder(root: string): string {
  return join(root, 'scripts', 'contracts');
}
