import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diskErrorText, makePrivate, TEMP } from './durable.ts';
import { sha256Text } from './fingerprint.ts';

/**
 * Which record a task belongs to, so that nobody has to read them all: one small file for each task. It only saves time:
 * what it says is checked with the record, and where it is not complete the records are read.
 */
export class TaskIndex {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every record that has a task is in it. */
  get isComplete(): boolean {
    return existsSync(this.#complete);
  }

  /** The name of the record of a task; undefined when none is known. */
  find(taskId: string): string | undefined {
    try {
      return readFileSync(this.#fileOf(taskId), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Notes the record of a task. Where the disk refuses that, the index stops being complete. */
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

  /** Notes all of them; from then on a task that is not in it has no record. */
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
      // It is checked with the record whenever it is used.
    }
  }
}
