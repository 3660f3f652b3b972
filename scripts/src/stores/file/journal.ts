import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../http/clock.ts';
import { Failure } from '../../model/failure.ts';
import type { TaskState } from '../../model/task.ts';
import {
  diskError,
  diskErrorText,
  isLasting,
  makePrivate,
  overwrite,
  replaceAtOnce,
  TEMP,
  writeWhole,
} from './durable.ts';
import { type Lock, type LockOwner, tryLock, waitForLock } from './lock.ts';
import {
  type Credits,
  changeRecord,
  decodeRecord,
  encodeRecord,
  isOfNewerVersion,
  type RawRecord,
  type RequestRecord,
  readRecord,
} from './record.ts';
import { TaskIndex } from './task-index.ts';
import { type Distrust, distrustOf } from './trusted-folder.ts';

/** The folder of the journal, and the service and account of its requests. */
export interface JournalPlace {
  /** Absolute. */
  folder: string;
  provider: string;
  /** The address of the service. */
  service: string;
  account: string;
  clock: Clock;
  /** Warns the user. */
  warn(text: string): void;
}

const NAME = /^([0-9a-f]{32})-(\d{8}T\d{9}Z)-[0-9a-f]{6}\.json(\.corrupt)?$/;
const CORRUPT = '.corrupt';
// The lock for taking over a dead process's lock is named after that lock and the nonce of its owner.
const LEFTOVER = /\.(tmp|lock(\.([0-9a-f]{16}|unreadable))*)$/;
const KEPT_MS = 30 * 24 * 3600_000;
const DAY_MS = 24 * 3600_000;
// An update waits this long for another update. Then it is written without the lock: at worst a date is lost.
const UPDATE_PATIENCE_MS = 2_000;

type Fields = Partial<RequestRecord>;
type Change = Fields | ((now: RequestRecord) => Fields);

/** A record and its file. */
export class Entry {
  readonly #journal: Journal;
  readonly file: string;
  #raw: RawRecord;
  #record: RequestRecord;
  /** Changes that could not be written yet. */
  #unsaved: Fields = {};

  constructor(journal: Journal, file: string, raw: RawRecord) {
    this.#journal = journal;
    this.file = file;
    this.#raw = raw;
    this.#record = understood(raw);
  }

  get name(): string {
    return path.basename(this.file);
  }

  get record(): RequestRecord {
    return this.#record;
  }

  /** Whether its result is not delivered yet, or its outcome is unknown. */
  get isPending(): boolean {
    const { delivered, phase } = this.#record;
    return delivered === null && phase !== 'abandoned' && phase !== 'rejected';
  }

  /** Writes the record for the first time, with `change`. @throws Failure when it cannot be written */
  async begin(change: Fields = {}): Promise<void> {
    const { folder, clock } = this.#journal.place;
    this.#apply(change);
    try {
      await writeWhole(this.file, this.#text(), clock);
    } catch (error) {
      throw unwritable(error, folder);
    }
  }

  /**
   * Changes the record. A change that cannot be written causes a warning, and is written with the next change.
   * @param isOurs no other process may drop the record, so a missing record is written anew; otherwise it stays missing
   * @returns whether the change is on the disk
   */
  async update(change: Change, { isOurs = false } = {}): Promise<boolean> {
    const { folder, clock, warn } = this.#journal.place;
    try {
      if (isOurs) makePrivate(folder);
      // The lock on the request keeps others from a record that is ours.
      const patience = UPDATE_PATIENCE_MS * (0.5 + clock.random());
      const lock = isOurs
        ? null
        : await waitForLock(`${this.file}.lock`, clock, clock.monotonic() + patience);
      try {
        if (isOurs && !existsSync(this.file)) await writeWhole(this.file, this.#text(), clock);
        this.#merge(change);
        await writeWhole(this.file, this.#text(), clock);
        this.#unsaved = {};
        return true;
      } finally {
        if (lock && !('heldBy' in lock)) lock.release();
      }
    } catch (error) {
      if (diskError(error) === 'ENOENT' && !isOurs) return false;
      const reason = diskErrorText(error);
      if (reason === undefined) throw error;
      if (isOurs && this.#overwrite(change)) return true;
      const changes = changesOf(change, this.#record);
      this.#unsaved = { ...this.#unsaved, ...changes };
      this.#apply(changes);
      warn(`The record of this request could not be written (${reason}): ${this.file}`);
      return false;
    }
  }

  /**
   * Changes the record before a step that must not happen without the change. @throws Failure when it cannot be written
   */
  async require(change: Change): Promise<void> {
    if (await this.update(change, { isOurs: true })) return;
    throw unwritable(new Error('the change was not written'), this.#journal.place.folder);
  }

  /**
   * Writes over the record's own bytes, the last resort on a full disk. After a crash in between the record is set aside.
   */
  #overwrite(change: Change): boolean {
    try {
      this.#merge(change);
      overwrite(this.file, this.#text());
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Records the end of the task, its credits, and when its result was delivered (null: it was not). It is synchronous,
   * because a process that ends cannot wait.
   */
  close(status: TaskState, credits: Credits, delivered: string | null): void {
    try {
      // A damaged record stays as it is: the next command reports it.
      if (!this.#onDisk()) return;
      this.#merge((now) => ({ status, credits, delivered: now.delivered ?? delivered }));
      replaceAtOnce(this.file, this.#text());
    } catch (error) {
      if (diskErrorText(error) === undefined) throw error;
      if (diskError(error) !== 'ENOENT')
        this.#journal.place.warn(`The record could not be closed: ${this.file}`);
    }
  }

  /** Reads the record from the disk, then applies the unsaved changes and `change`. */
  #merge(change: Change): void {
    const there = this.#onDisk();
    if (there) this.#raw = there;
    this.#apply(this.#unsaved);
    this.#apply(changesOf(change, this.#record));
    const { taskId } = this.#record;
    if (taskId !== null && taskId !== there?.taskId) this.#journal.tasks.add(taskId, this.name);
  }

  #apply(fields: Fields): void {
    this.#raw = changeRecord(this.#raw, fields);
    this.#record = understood(this.#raw);
  }

  #onDisk(): RawRecord | undefined {
    return decodeRecord(this.name, readFileSync(this.file, 'utf8'));
  }

  #text(): string {
    return encodeRecord(this.name, this.#raw);
  }

  /** Reads the record from the disk again: other processes may have changed it. */
  refresh(): void {
    const [now] = this.#journal.read([this.name]);
    if (!now) return;
    this.#raw = now.#raw;
    this.#record = now.#record;
  }

  /** Removes the record. When that fails it only warns: the next command finds out that the record has no task. */
  drop(): void {
    const { taskId } = this.#record;
    try {
      rmSync(this.file, { force: true });
      if (taskId !== null) this.#journal.tasks.remove(taskId);
    } catch (error) {
      const reason = diskErrorText(error);
      if (reason === undefined) throw error;
      this.#journal.place.warn(`The record of this request could not be removed (${reason}): ${this.file}`);
    }
  }
}

function understood(raw: RawRecord): RequestRecord {
  const record = readRecord(raw);
  if (!record) throw new Error('a record that cannot be understood');
  return record;
}

/** A record without what the journal itself knows. */
export type Draft = Omit<
  RequestRecord,
  'created' | 'sentAt' | 'unsettledSince' | 'submitTimeout' | 'promptExcerpt'
> &
  Partial<Pick<RequestRecord, 'promptExcerpt'>>;

/** The records of requests: one file each, in a folder that only the user can read. */
export class Journal {
  readonly place: JournalPlace;
  readonly tasks: TaskIndex;
  #isTrusted = false;

  constructor(place: JournalPlace) {
    const beside = path.dirname(place.folder);
    this.place = place;
    this.tasks = new TaskIndex(path.join(beside, 'tasks'));
  }

  /** Creates the folder. @throws Failure when it cannot be created, or other users could change its files */
  prepare(): void {
    this.#checkTrust();
    try {
      makePrivate(this.place.folder);
    } catch (error) {
      throw unwritable(error, this.place.folder);
    }
  }

  /** Throws when another user could remove a record and so cause a second charge. */
  #checkTrust(): void {
    if (this.#isTrusted) return;
    const { folder } = this.place;
    let distrust: ReturnType<typeof distrustOf>;
    try {
      distrust = distrustOf(folder);
    } catch {
      // A path that cannot be inspected causes an error later, when the folder is used.
      return;
    }
    if (distrust) throw untrusted(folder, distrust);
    this.#isTrusted = true;
  }

  /**
   * Returns a record that is not on the disk yet. Its name sorts after the older records of the request, even if the
   * clock was set back.
   */
  draft(fields: Draft): Entry {
    const now = this.place.clock.wall();
    const before = this.#names().find((name) => name.startsWith(fields.request));
    const stamp = Math.max(now, before === undefined ? 0 : timeOf(NAME.exec(before)![2]!) + 1);
    const created = new Date(now).toISOString();
    const name = `${fields.request}-${stampOf(stamp)}-${randomBytes(3).toString('hex')}.json`;
    const begun = { created, sentAt: created, unsettledSince: created, submitTimeout: null };
    const record: RequestRecord = { promptExcerpt: null, ...fields, ...begun };
    return new Entry(this, path.join(this.place.folder, name), record as unknown as RawRecord);
  }

  /** Returns the records of a request, newest first; null for a record that exists and cannot be read. */
  find(request: string): (Entry | null)[] {
    const names = this.#names().filter((name) => name.startsWith(request));
    const entries = new Map(this.read(names).map((entry) => [entry.name, entry]));
    return names.flatMap((name) => entries.get(name) ?? (this.#isThere(name) ? [null] : []));
  }

  /** Returns whether an unreadable record still exists, or was set aside. Another process may also have dropped it. */
  #isThere(name: string): boolean {
    const file = path.join(this.place.folder, name);
    return existsSync(file) || existsSync(`${file}${CORRUPT}`);
  }

  /** Returns the records of all accounts, newest first. */
  all(): Entry[] {
    const entries = this.read(this.#names());
    const stamp = ({ name }: Entry) => NAME.exec(name)![2]!;
    return entries.sort((a, b) => (stamp(a) < stamp(b) ? 1 : -1));
  }

  /** Returns the record of a task. */
  byTask(taskId: string): Entry | undefined {
    this.#checkTrust();
    const isOfTask = ({ record }: Entry) => record.taskId === taskId;
    const name = this.tasks.find(taskId);
    const known = name !== undefined && NAME.test(name) ? this.read([name]).find(isOfTask) : undefined;
    const isNone = name === undefined && this.tasks.isComplete;
    return known || isNone ? known : this.all().find(isOfTask);
  }

  /** Returns whether a record belongs to the API key and the service address that are in use. */
  isOwn({ record }: Entry): boolean {
    const { provider, service, account } = this.place;
    return record.provider === provider && record.service === service && record.account === account;
  }

  /**
   * Takes the lock on a request, on the budget or on a file, by its name.
   * @param deadline on the monotonic clock; 0 = try once
   * @throws Failure when the disk refuses
   */
  async lock(
    name: string,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Lock | { heldBy: LockOwner; file: string }> {
    const { folder, clock } = this.place;
    const file = path.join(folder, `${name}.lock`);
    try {
      const lock = await waitForLock(file, clock, deadline, signal);
      return 'heldBy' in lock ? { ...lock, file } : lock;
    } catch (error) {
      throw diskErrorText(error) === undefined ? error : unwritable(error, folder);
    }
  }

  /**
   * Returns the credits that the requests of the last 24 hours cost or may still cost, without refunds.
   * @param own a record to leave out
   * @returns null when the credits of a record are unknown, or a record cannot be read
   */
  spentToday(own?: Entry): number | null {
    const since = this.place.clock.wall() - DAY_MS;
    let sum = 0;
    const names = this.#names().filter((name) => timeOf(NAME.exec(name)![2]!) >= since);
    const entries = this.read(names);
    const readable = new Set(entries.map(({ name }) => name));
    if (names.some((name) => !readable.has(name) && this.#isThere(name))) return null;
    for (const entry of entries) {
      if (entry.file === own?.file || !this.isOwn(entry) || entry.record.phase === 'rejected') continue;
      const spent = spentOn(entry.record.credits);
      if (spent === null) return null;
      sum += spent;
    }
    return sum;
  }

  /**
   * Removes records that were last used more than 30 days ago, and leftovers of crashes. A submit with an unknown outcome
   * stays on record until the user decides.
   */
  sweep(): void {
    const { folder, clock } = this.place;
    const now = clock.wall();
    for (const name of this.#files()) {
      const stamp = NAME.exec(name)?.[2];
      const file = path.join(folder, name);
      const touched = () => touchedAt(file) ?? now;
      if (stamp === undefined) {
        if (LEFTOVER.test(name) && touched() < now - DAY_MS) this.#sweepLeftover(file, now - touched());
      } else if (timeOf(stamp) < now - KEPT_MS) {
        const [entry] = this.read([name]);
        if (entry ? isOver(entry.record, now) : name.endsWith(CORRUPT) && touched() < now - KEPT_MS) {
          if (entry) entry.drop();
          else sweepAway(file);
        }
      }
    }
    if (!this.tasks.isComplete) {
      this.tasks.complete(
        this.all().flatMap(({ name, record: { taskId } }) => (taskId === null ? [] : [{ taskId, name }])),
      );
    }
  }

  /** Removes an old leftover. A held lock is touched every few seconds, but seems old after the clock has jumped. */
  #sweepLeftover(file: string, age: number): void {
    if (file.endsWith(TEMP) || age > KEPT_MS) {
      sweepAway(file);
      return;
    }
    try {
      const lock = tryLock(file, this.place.clock);
      if (!('heldBy' in lock)) lock.release();
    } catch (error) {
      if (diskErrorText(error) === undefined) throw error;
    }
  }

  /** Returns the names of all records, also of those set aside; newest first within a request. */
  #names(): string[] {
    return this.#files()
      .filter((name) => NAME.test(name))
      .sort((a, b) => (a < b ? 1 : -1));
  }

  #files(): string[] {
    this.#checkTrust();
    try {
      return readdirSync(this.place.folder);
    } catch (error) {
      if (diskError(error) === 'ENOENT') return [];
      throw diskErrorText(error) === undefined ? error : closed(error, this.place.folder);
    }
  }

  /** Returns the records of these names. A file that is no record is set aside, so that the warning comes once. */
  read(names: readonly string[]): Entry[] {
    const { folder, warn } = this.place;
    const entries: Entry[] = [];
    for (const name of names) {
      if (name.endsWith(CORRUPT)) continue;
      const file = path.join(folder, name);
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        const reason = diskErrorText(error);
        if (reason === undefined) throw error;
        if (diskError(error) !== 'ENOENT') warn(`A record cannot be read (${reason}): ${file}`);
        continue;
      }
      const raw = decodeRecord(name, text);
      if (raw) {
        entries.push(new Entry(this, file, raw));
        continue;
      }
      if (isOfNewerVersion(name, text)) {
        warn(`A record that a newer version of this skill wrote is not understood: ${file}`);
        continue;
      }
      try {
        renameSync(file, `${file}${CORRUPT}`);
      } catch {
        // Another process has set it aside already.
      }
      warn(`A record that cannot be read was set aside: ${file}${CORRUPT}`);
    }
    return entries;
  }
}

function changesOf(change: Change, now: RequestRecord): Fields {
  return typeof change === 'function' ? change(now) : change;
}

/** Removes a file. One that another program has open is removed by a later sweep. */
function sweepAway(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

function touchedAt(file: string): number | undefined {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}

/** Returns whether a record has been unused for 30 days and its outcome is known. */
function isOver({ phase, created, checked, delivered, used }: RequestRecord, now: number): boolean {
  if (phase === 'submitting' || phase === 'unknown') return false;
  const dates = [created, checked, delivered, used].map((date) => Date.parse(date ?? created));
  return Math.max(...dates) < now - KEPT_MS;
}

/** Returns the credits that a request cost or may still cost; null when they are unknown. */
function spentOn({ quoted, charged, refunded }: Credits): number | null {
  const cost = charged ?? quoted;
  return cost === null ? null : Math.max(0, cost - (refunded ?? 0));
}

function stampOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:.]/g, '');
}

function timeOf(stamp: string): number {
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

function untrusted(folder: string, { reason: distrust, repair }: Distrust): Failure {
  return new Failure(
    'INVALID_PAYLOAD',
    `The records in ${folder} are not safe: ${distrust}. Another user who can remove a record can cause a second charge, so nothing was done.`,
    { reason: { kind: 'unsafeFolder', distrust, repair } },
  );
}

function closed(error: unknown, folder: string): Failure {
  const why = diskErrorText(error)!;
  return unusable('unreadableFolder', `The records in ${folder} cannot be read: ${why}.`, error, folder, why);
}

function unwritable(error: unknown, folder: string): Failure {
  const why = diskErrorText(error) ?? (error instanceof Error ? error.message : 'the disk gives no reason');
  const message = `This request cannot be recorded in ${folder}: ${why}. Without a record it could be charged twice, so nothing was submitted.`;
  return unusable('unwritableFolder', message, error, folder, why);
}

/** Returns the failure of a folder that cannot be used: wrong input where that lasts. */
function unusable(
  kind: 'unreadableFolder' | 'unwritableFolder',
  message: string,
  cause: unknown,
  folder: string,
  why: string,
): Failure {
  const lasts = isLasting(cause);
  const code = lasts ? 'INVALID_PAYLOAD' : 'UNKNOWN_ERROR';
  return new Failure(code, message, { cause, reason: { kind, folder, why, lasts } });
}
