import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import {
  diskError,
  diskErrorText,
  makePrivate,
  onDisk,
  overwrite,
  replaceAtOnce,
} from '../../disk/durable.ts';
import { waitForLock } from '../../disk/lock.ts';
import { takenOver } from '../../model/claim-rules.ts';
import {
  allowedChange,
  type Credits,
  hasTaken,
  isPending,
  type RecordChange,
  type RecordFields,
  type RequestRecord,
} from '../../model/request-record.ts';
import type { TaskState } from '../../model/task.ts';
import type { StoredRequest } from '../../ports/record-store.ts';
import { changeRecord, decodeRecord, encodeRecord, type RawRecord, understood } from './record.ts';
import { type RecordFiles, unwritable } from './record-files.ts';

// An update waits this long for another update. Then it is written without the lock: at worst a date is lost.
const UPDATE_PATIENCE_MS = 2_000;

export class Entry implements StoredRequest {
  readonly #files: RecordFiles;
  readonly name: string;
  readonly file: string;
  #raw: RawRecord;
  record: RequestRecord;
  /** The text of the file when this process last wrote it. */
  #written: string | undefined;
  #unsaved: RecordFields = {};
  #isNew: boolean;
  #isGone = false;

  /** @param isNew it is not on the disk yet */
  constructor(files: RecordFiles, name: string, raw: RawRecord, isNew = false) {
    this.#isNew = isNew;
    this.#files = files;
    this.name = name;
    this.file = files.fileOf(name);
    this.#raw = raw;
    // A new one is checked when it is written.
    this.record = isNew ? (raw as unknown as RequestRecord) : understood(raw);
  }

  get isPending(): boolean {
    return isPending(this.record);
  }

  /** Writes a change, the first one of a new record. @throws Failure when it cannot be written */
  async store(change: RecordChange = {}): Promise<void> {
    if (!this.#isNew) return this.require(change);
    this.#apply(changesOf(change, this.record));
    try {
      await this.#write();
    } catch (error) {
      throw unwritable(error, this.#files.folder);
    }
    this.#isNew = false;
  }

  async update(change: RecordChange, { isOurs = false } = {}): Promise<boolean> {
    const { clock, warn } = this.#files;
    try {
      // The lock on the request keeps others from a record that is ours.
      const patience = UPDATE_PATIENCE_MS * (0.5 + clock.random());
      const lock = isOurs
        ? null
        : await waitForLock(this.#files.lockOf(this.name), clock, clock.monotonic() + patience);
      try {
        this.#merge(change, isOurs);
        await this.#write(isOurs);
        this.#unsaved = {};
        return true;
      } finally {
        if (lock && !('heldBy' in lock)) lock.release();
      }
    } catch (error) {
      if (diskError(error) === 'ENOENT' && !isOurs) {
        this.#warnGone();
        return false;
      }
      const reason = diskErrorText(error);
      if (reason === undefined) throw error;
      if (isOurs && this.#overwrite(change)) return true;
      const changes = changesOf(change, this.record);
      this.#unsaved = { ...this.#unsaved, ...changes };
      this.#apply(changes);
      warn(`The record of this request could not be written (${reason}): ${this.file}`);
      return false;
    }
  }

  async require(change: RecordChange): Promise<void> {
    if (!existsSync(this.file)) throw takenOver();
    if (!(await this.update(change, { isOurs: true })))
      throw unwritable(new Error('the change was not written'), this.#files.folder);
    if (!hasTaken(this.record, change)) throw takenOver();
  }

  /** Writes over the record's own bytes, the last resort on a full disk. After a crash in between the record is set aside. */
  #overwrite(change: RecordChange): boolean {
    try {
      this.#merge(change);
      const text = this.#text();
      // The date of the folder tells the index of every change.
      touchFolder(this.file);
      overwrite(this.file, text);
      touchFolder(this.file);
      this.#written = text;
      return true;
    } catch {
      return false;
    }
  }

  close(status: TaskState, credits: Credits, delivered: string | null): void {
    try {
      // A damaged record stays as it is: the next command reports it.
      if (!this.#onDisk()) return;
      this.#merge({ status, credits, delivered });
      replaceAtOnce(this.file, this.#text());
    } catch (error) {
      if (diskErrorText(error) === undefined) throw error;
      if (diskError(error) === 'ENOENT') this.#warnGone();
      else this.#files.warn(`The record could not be closed: ${this.file}`);
    }
  }

  /** Warns once: without its record the same command submits the request again. */
  #warnGone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#files.warn(
      `The record of this request was removed while it ran: run again, its command submits once more, with a new charge. ${this.file}`,
    );
  }

  #merge(change: RecordChange, mayBeMissing = false): void {
    const there = this.#onDisk(mayBeMissing);
    if (there && there !== this.#raw) this.#take(there);
    this.#apply(this.#unsaved);
    this.#apply(changesOf(change, this.record));
  }

  #apply(fields: RecordFields): void {
    if (!this.#isNew && Object.keys(fields).length === 0) return;
    this.#take(changeRecord(this.#raw, allowedChange(this.record, fields)));
  }

  #take(raw: RawRecord): void {
    this.#raw = raw;
    this.record = understood(raw);
  }

  #onDisk(mayBeMissing = false): RawRecord | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if (mayBeMissing && diskError(error) === 'ENOENT') return undefined;
      throw error;
    }
    return text === this.#written ? this.#raw : decodeRecord(this.name, text);
  }

  async #write(isOurs = false): Promise<void> {
    const text = this.#text();
    try {
      await this.#files.write(this.file, text);
    } catch (error) {
      if (!isOurs || diskError(error) !== 'ENOENT') throw error;
      makePrivate(this.#files.folder);
      await this.#files.write(this.file, text);
    }
    this.#written = text;
  }

  #text(): string {
    return encodeRecord(this.name, this.#raw);
  }

  async refresh(): Promise<void> {
    const raw = this.#files.read(this.name);
    if (raw) this.#take(raw);
  }

  async drop(): Promise<void> {
    onDisk(
      () => rmSync(this.file, { force: true }),
      (reason) =>
        this.#files.warn(`The record of this request could not be removed (${reason}): ${this.file}`),
    );
  }
}

/** A record without what the journal itself knows. */
export type Draft = Omit<RequestRecord, Known> & Partial<Pick<RequestRecord, Known>>;
type Known = 'created' | 'sentAt' | 'unsettledSince' | 'submitTimeout' | 'duration' | 'promptExcerpt';

function changesOf(change: RecordChange, now: RequestRecord): RecordFields {
  return typeof change === 'function' ? change(now) : change;
}

function touchFolder(file: string): void {
  const now = new Date();
  utimesSync(path.dirname(file), now, now);
}
