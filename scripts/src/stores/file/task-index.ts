import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diskErrorText, makePrivate, TEMP } from './durable.ts';
import { sha256Text } from './fingerprint.ts';

/**
 * The index from task ids to records: one small file for each task. It only saves time: each entry is checked against the
 * record, and all records are read while the index is incomplete.
 */
export class TaskIndex {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether every record with a task is in the index. */
  get isComplete(): boolean {
    return existsSync(this.#complete);
  }

  /** Returns the name of the record of a task; undefined when the index has none. */
  find(taskId: string): string | undefined {
    try {
      return readFileSync(this.#fileOf(taskId), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Adds the record of a task. After a disk error the index is no longer complete. */
  add(taskId: string, name: string): void {
    if (this.find(taskId) === name) return;
    try {
      makePrivate(this.#folder);
      this.#put(this.#fileOf(taskId), name);
    } catch (error) {
      if (diskErrorText(error) === undefined) throw error;
      this.#remove(this.#complete);
    }
  }

  remove(taskId: string): void {
    this.#remove(this.#fileOf(taskId));
  }

  /** Adds all records with a task. From then on, a task that is not in the index has no record. */
  complete(records: Iterable<{ taskId: string; name: string }>): void {
    try {
      makePrivate(this.#folder);
      for (const { taskId, name } of records) this.add(taskId, name);
      this.#put(this.#complete, '');
    } catch (error) {
      if (diskErrorText(error) === undefined) throw error;
    }
  }

  get #complete(): string {
    return path.join(this.#folder, 'complete');
  }

  /** Not synced: after a power cut an entry may be missing or empty, and then the records are read. */
  #put(file: string, text: string): void {
    const temp = `${file}.${randomBytes(4).toString('hex')}${TEMP}`;
    writeFileSync(temp, text, { flag: 'wx', mode: 0o600 });
    renameSync(temp, file);
  }

  #fileOf(taskId: string): string {
    return path.join(this.#folder, sha256Text(taskId).slice(0, 32));
  }

  #remove(file: string): void {
    try {
      rmSync(file, { force: true });
    } catch {
      // A stale entry does no harm: each use checks it against the record.
    }
  }
}
