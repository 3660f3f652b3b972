import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those above it, where they are missing, and returns the first one that was made. Node's own way to
 * do that never ends where the system says of a folder that exists that nothing can be made in it because it is not
 * there, as in /proc.
 * @param mode of each folder that is made
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
  // Asked first: most folders are there, and an error takes longer than the question.
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
