import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Returns the folders on the way to a path that other users may not enter, the path included. */
export async function closedFolders(path: string): Promise<string[]> {
  const closed: string[] = [];
  let folder = await realpath(path);
  for (;;) {
    const found = await stat(folder);
    if (found.isDirectory() && (found.mode & 0o001) === 0) closed.unshift(folder);
    const parent = dirname(folder);
    if (parent === folder) return closed;
    folder = parent;
  }
}

/** @throws with what to do, where PostgreSQL, as another user than root, could not reach the path */
export async function checkReachable(path: string): Promise<void> {
  const closed = await closedFolders(path);
  if (closed.length > 0)
    throw new Error(
      `The test database runs as the user postgres where this is root, and that user may not enter ${closed.join(', ')}. ` +
        `Either: chmod o+x ${closed.join(' ')}. Or run the tests as another user, or in a folder that others may enter. Or name a server in DATABASE_URL.`,
    );
}
