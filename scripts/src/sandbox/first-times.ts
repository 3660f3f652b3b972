import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createAtOnce, discard } from '../disk/durable.ts';

/** A file that is such a mark, or is becoming one. */
export const MARK_FILE = /^[0-9a-f]{32}\.once/;

/** Remembers what has happened once: in a folder that any number of processes may share, else in memory. */
export class FirstTimes {
  readonly #folder: string | null;
  readonly #seen = new Set<string>();

  /** @param folder one that exists */
  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /** True the first time, false the second time; then anew, so that the same prompt can be used in another run. */
  isFirst(mark: string): boolean {
    const name = createHash('sha256').update(mark).digest('hex').slice(0, 32);
    if (this.#seen.delete(name)) return false;
    if (this.#folder !== null) {
      const file = join(this.#folder, `${name}.once`);
      try {
        if (createAtOnce(file, '')) return true;
        discard(file);
        return false;
      } catch {
        // A folder that can no longer be written to: this process remembers it.
      }
    }
    this.#seen.add(name);
    return true;
  }
}
