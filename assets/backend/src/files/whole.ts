import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Writes a file, syncs it, and checks its length.
 * @param source the path of a file, or the bytes
 */
export async function copyInto(path: string, source: string | Uint8Array, bytes: number): Promise<void> {
  if (typeof source === 'string')
    await pipeline(createReadStream(source), createWriteStream(path, { mode: 0o600 }));
  else await writeFile(path, source, { mode: 0o600 });
  const { size } = await stat(path);
  if (size !== bytes) throw new Error(`${size} bytes were written of ${bytes}`);
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
