import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createAtOnce, discard } from '../disk/durable.ts';

const LASTS_MS = 3_600_000;
const MARK = /^[0-9a-f]{32}\.once/;

/** Remembers what has happened once: in a folder that any number of processes may share, else in memory. */
export class FirstTimes {
  readonly #folder: string | null;
  readonly #seen = new Set<string>();

  /** @param folder one that exists @param now the wall clock in milliseconds */
  constructor(folder: string | null, now: number) {
    this.#folder = folder;
    if (folder !== null) sweep(folder, now);
  }

  /**
   * Returns true the first time and false the second time. Then it starts anew, so that the same prompt can be used in
   * another sandbox run.
   */
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

/** Removes what a run that was given up has left. */
function sweep(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    const file = join(folder, name);
    if (!MARK.test(name)) continue;
    if (now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now) > LASTS_MS) discard(file);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
