import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The skill's folder. This code runs in two places: bundled into scripts/*.mjs, and as source in scripts/src/types/
 * (development and tests); the name of the module's own folder tells which.
 */
export function skillFolder(moduleUrl: string = import.meta.url): string {
  const here = dirname(fileURLToPath(moduleUrl));
  return basename(here) === 'scripts' ? dirname(here) : join(here, '..', '..', '..');
}
