import { existsSync } from 'node:fs';
import type { RecordedFile } from '../model/request-record.ts';

/** Returns the path of the first of some saved files that is still there. */
export function stillThere(files: readonly RecordedFile[]): string | undefined {
  return files.find(({ path }) => existsSync(path))?.path;
}
