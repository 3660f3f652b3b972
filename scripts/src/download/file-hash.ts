import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { diskErrorText } from '../disk/durable.ts';

const BLOCK_BYTES = 64 * 1024;
// Kept from one file to the next: the blocks of a thousand files would pile up until a garbage collection.
let spare: Buffer | null = null;

/** Adds what a file holds to a hash. */
export async function addFile(hash: Hash, handle: FileHandle): Promise<void> {
  const block = spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  spare = null;
  try {
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(block, 0, BLOCK_BYTES, at);
      if (bytesRead === 0) return;
      hash.update(block.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    spare = block;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file);
  try {
    await addFile(hash, handle);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/** Returns whether a plain file with this content exists. It is read only when its length fits. */
export async function fileIsWhole(
  file: string,
  { bytes, sha256 }: { bytes: number; sha256: string },
): Promise<boolean> {
  try {
    const stat = await lstat(file);
    return stat.isFile() && stat.size === bytes && (await sha256Of(file)) === sha256;
  } catch (error) {
    // What cannot be read is not there as it was.
    if (diskErrorText(error) === undefined) throw error;
    return false;
  }
}
