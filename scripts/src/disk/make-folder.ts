import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Returns the first folder that it had to create for a path, or undefined. Node's recursive `mkdir` never ends where the
 * system reports ENOENT for a folder that exists, as in /proc.
 * @param mode the mode of each new folder
 * @throws the disk's error
 */
export function makeFolder(folder: string, mode = 0o777): string | undefined {
  try {
    return makeOne(folder, mode);
  } catch (error) {
    const above = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    const first = makeFolder(above, mode);
    const made = makeOne(folder, mode);
    return first ?? made;
  }
}

function makeOne(folder: string, mode: number): string | undefined {
  // Checked first: most folders exist, and an error takes longer than the check.
  if (isFolder(folder)) return undefined;
  try {
    mkdirSync(folder, { mode });
    return folder;
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && isFolder(folder)) return undefined;
    throw error;
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
