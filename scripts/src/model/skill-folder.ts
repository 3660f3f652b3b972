import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The skill's folder. This code runs in two places: compiled in scripts/lib/, and as source in scripts/src/model/
 * (development and tests); the name of the module's own folder tells which.
 */
export function skillFolder(moduleUrl: string = import.meta.url): string {
  const here = dirname(fileURLToPath(moduleUrl));
  return basename(here) === 'lib' ? join(here, '..', '..') : join(here, '..', '..', '..');
}
