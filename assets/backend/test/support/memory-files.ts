import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { FileMissing, type FileStore } from '../../src/files/types.ts';

/** A file store whose content a test can see. */
export function memoryFiles(): FileStore & { kept: Map<string, Buffer> } {
  const kept = new Map<string, Buffer>();
  return {
    kept,
    async put(key, source) {
      kept.set(key, typeof source === 'string' ? await readFile(source) : Buffer.from(source));
    },
    async open(key, range) {
      const bytes = kept.get(key);
      if (!bytes) throw new FileMissing(key);
      return Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]);
    },
    async delete(key) {
      kept.delete(key);
    },
    list: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
  };
}
