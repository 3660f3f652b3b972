import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';

const MEMORY = '/dev/shm';
const LEAST_BYTES = 4e9;

/**
 * Lets the tests keep their files in memory, where the system has a folder for that and no other one is asked for: every
 * record is synced to the disk several times, and a disk takes longer for that than all that the tests compute.
 */
export default function inMemory(): (() => void) | undefined {
  if (process.env.TMPDIR !== undefined || !hasMemory()) return undefined;
  const folder = mkdtempSync(`${MEMORY}/amw-tests-`);
  // As a folder for temporary files is: some tests run programs as another user.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function hasMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > LEAST_BYTES;
  } catch {
    return false;
  }
}
