import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileMissing, type FileStore } from './types.ts';

const KEY = /^[a-z]+(\/[A-Za-z0-9-]+)+$/;

/** Keeps files below a folder: for one machine, or for several that share it. */
export function openFolder(folder: string): FileStore {
  function pathOf(key: string): string {
    if (!KEY.test(key)) throw new Error('a storage key holds letters, digits and hyphens between slashes');
    return join(folder, ...key.split('/'));
  }

  return {
    async put(key, source, { bytes }) {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Written beside its place and synced before it gets its name: a reader never sees a part of it.
      const part = `${path}.${randomUUID()}.part`;
      try {
        await copyInto(part, source, bytes);
        await rename(part, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
    async open(key, range) {
      const path = pathOf(key);
      const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? new FileMissing(key, { cause: error }) : error;
      });
      return file.createReadStream(range ?? {}) as Readable;
    },
    async delete(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      // The folder of a generation goes with its last file.
      await rm(dirname(path), { recursive: false }).catch(() => {});
    },
    async list(prefix, before) {
      const root = join(folder, ...prefix.split('/').filter(Boolean));
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      const keys: string[] = [];
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const changed = await stat(path).catch(() => null);
        if (changed && changed.mtime < before) keys.push(relative(folder, path).split(sep).join('/'));
      }
      return keys;
    },
  };
}

/**
 * Writes a file, syncs it, and checks its length.
 * @param source the path of a file, or the bytes
 */
async function copyInto(path: string, source: string | Uint8Array, bytes: number): Promise<void> {
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

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  // Some file systems cannot sync a folder; the file itself is synced.
  await handle?.sync().catch(() => {});
  await handle?.close();
}
