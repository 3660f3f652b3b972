import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The embedded database is in use by another process. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
}

// A mark with this process's number is its own only if it made it: in a container every start has the same number.
const held = new Set<string>();

/**
 * Keeps a second process out of a folder: two of them would destroy an embedded database. The mark of a process that has
 * died is taken over.
 * @returns what lets go of it
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const mark = join(folder, 'process');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const file = await open(mark, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (file) {
      await file.writeFile(String(process.pid));
      await file.close();
      held.add(mark);
      return async () => {
        held.delete(mark);
        await rm(mark, { force: true });
      };
    }
    const owner = Number(await readFile(mark, 'utf8').catch(() => ''));
    if (held.has(mark) || (owner > 0 && owner !== process.pid && isAlive(owner)))
      throw new DatabaseInUse(
        `process ${owner} uses the embedded database in ${folder}: stop it first, or set DATABASE_URL. If process ${owner} is another program, delete ${mark}`,
      );
    await rm(mark, { force: true });
  }
  throw new DatabaseInUse(`another process has just opened the embedded database in ${folder}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
