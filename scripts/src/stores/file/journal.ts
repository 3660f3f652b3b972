import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../http/clock.ts';
import { Failure } from '../../model/failure.ts';
import type { TaskState } from '../../model/task.ts';
import {
  diskError,
  diskTrouble,
  makePrivate,
  overwrite,
  replaceAtOnce,
  TEMP,
  writeWhole,
} from './durable.ts';
import { type Lock, type LockOwner, tryLock, waitForLock } from './lock.ts';
import { RateLimiter } from './rate-limiter.ts';
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

/** Where the requests of one service and one account are recorded, and whose they are. */
export interface JournalPlace {
  /** Absolute. */
  folder: string;
  provider: string;
  /** The address of the service. */
  service: string;
  account: string;
  clock: Clock;
  /** Tells the user of something odd. */
  warn(text: string): void;
}

const NAME = /^([0-9a-f]{32})-(\d{8}T\d{9}Z)-[0-9a-f]{6}\.json(\.corrupt)?$/;
const CORRUPT = '.corrupt';
// A lock on taking over the lock of a dead process has its name and the nonce of that owner.
const LEFTOVER = /\.(tmp|lock(\.([0-9a-f]{16}|unreadable))*)$/;
const KEPT_MS = 30 * 24 * 3600_000;
const DAY_MS = 24 * 3600_000;
// An update waits this long for another one; then it is made all the same, because what may get lost is a date.
const UPDATE_PATIENCE_MS = 2_000;

type Fields = Partial<RequestRecord>;
type Change = Fields | ((now: RequestRecord) => Fields);

/** A record, and the file that it is in. */
export class Entry {
  readonly #journal: Journal;
  readonly file: string;
  #raw: RawRecord;
  #record: RequestRecord;
  /** Changes that a disk refused. */
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

  /** A result of it is still to come or to be delivered, or nobody knows whether there will be one. */
  get isPending(): boolean {
    const { delivered, phase } = this.#record;
    return delivered === null && phase !== 'abandoned' && phase !== 'rejected';
  }

  /** Writes the record for the first time, with a last change. @throws Failure when it cannot be written */
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
   * Changes the record. What cannot be written is warned of, and written with the next change.
   * @param isOurs nobody else may have dropped the record: one that has gone is written anew. Otherwise it stays away
   * @returns whether the change is on the disk
   */
  async update(change: Change, { isOurs = false } = {}): Promise<boolean> {
    const { folder, clock, warn } = this.#journal.place;
    try {
      if (isOurs) makePrivate(folder);
      const lock = await waitForLock(
        `${this.file}.lock`,
        clock,
        clock.monotonic() + UPDATE_PATIENCE_MS * (0.5 + clock.random()),
      );
      try {
        if (isOurs && !existsSync(this.file)) await writeWhole(this.file, this.#text(), clock);
        this.#merge(change);
        await writeWhole(this.file, this.#text(), clock);
        this.#unsaved = {};
        return true;
      } finally {
        if (!('heldBy' in lock)) lock.release();
      }
    } catch (error) {
      if (diskError(error) === 'ENOENT' && !isOurs) return false;
      const trouble = diskTrouble(error);
      if (trouble === undefined) throw error;
      if (isOurs && this.#overwrite(change)) return true;
      const changes = changesOf(change, this.#record);
      this.#unsaved = { ...this.#unsaved, ...changes };
      this.#apply(changes);
      warn(`The record of this request could not be written (${trouble}): ${this.file}`);
      return false;
    }
  }

  /** Changes the record before something that must not happen without that. @throws Failure when it cannot be written */
  async require(change: Change): Promise<void> {
    if (await this.update(change, { isOurs: true })) return;
    throw unwritable(new Error('the change was not written'), this.#journal.place.folder);
  }

  /** The last resort on a full disk: the place that the record has already. Cut by a crash, it is set aside. */
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
   * Notes how the task ended, what it cost, and when its result was delivered; null where it was not. At once, because
   * a process that ends waits for nothing.
   */
  close(status: TaskState, credits: Credits, delivered: string | null): void {
    try {
      // One that somebody has damaged is left to be found.
      if (!this.#onDisk()) return;
      this.#merge((now) => ({ status, credits, delivered: now.delivered ?? delivered }));
      replaceAtOnce(this.file, this.#text());
    } catch (error) {
      if (diskTrouble(error) === undefined) throw error;
      if (diskError(error) !== 'ENOENT')
        this.#journal.place.warn(`The record could not be closed: ${this.file}`);
    }
  }

  /** The record as it lies on the disk, with what could not be written so far and with the change. */
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

  /** Reads the record again: other processes may have written it. */
  refresh(): void {
    const [now] = this.#journal.read([this.name]);
    if (!now) return;
    this.#raw = now.#raw;
    this.#record = now.#record;
  }

  /** Takes the record away. One that stays is only warned of: the next command will find out that it has no task. */
  drop(): void {
    const { taskId } = this.#record;
    try {
      rmSync(this.file, { force: true });
      if (taskId !== null) this.#journal.tasks.remove(taskId);
    } catch (error) {
      const trouble = diskTrouble(error);
      if (trouble === undefined) throw error;
      this.#journal.place.warn(`The record of this request could not be removed (${trouble}): ${this.file}`);
    }
  }
}

function understood(raw: RawRecord): RequestRecord {
  const record = readRecord(raw);
  if (!record) throw new Error('a record that nothing was understood of');
  return record;
}

/** The records of requests: one file each, in a folder that nobody else can read. */
export class Journal {
  readonly place: JournalPlace;
  /** What its processes share while they wait. */
  readonly pace: RateLimiter;
  readonly tasks: TaskIndex;
  #isTrusted = false;

  constructor(place: JournalPlace) {
    const beside = path.dirname(place.folder);
    this.place = place;
    this.pace = new RateLimiter(path.join(beside, 'pace'), place.service, place.clock);
    this.tasks = new TaskIndex(path.join(beside, 'tasks'));
  }

  /** Makes the folder ready. @throws Failure when there cannot be one, or others could change what is in it */
  prepare(): void {
    this.#checkTrust();
    try {
      makePrivate(this.place.folder);
    } catch (error) {
      throw unwritable(error, this.place.folder);
    }
  }

  /** Whoever can take a record away can cause a second charge. */
  #checkTrust(): void {
    if (this.#isTrusted) return;
    const { folder } = this.place;
    let distrust: ReturnType<typeof distrustOf>;
    try {
      distrust = distrustOf(folder);
    } catch {
      // A way that cannot even be polled at is told when the folder is used.
      return;
    }
    if (distrust) throw untrusted(folder, distrust);
    this.#isTrusted = true;
  }

  /** A record that is not on the disk yet. Its name sorts behind those of the same request, whatever the clock says. */
  draft(fields: Omit<RequestRecord, 'created' | 'sentAt' | 'unsettledSince'>): Entry {
    const now = this.place.clock.wall();
    const before = this.#names().find((name) => name.startsWith(fields.request));
    const stamp = Math.max(now, before === undefined ? 0 : timeOf(NAME.exec(before)![2]!) + 1);
    const created = new Date(now).toISOString();
    const name = `${fields.request}-${stampOf(stamp)}-${randomBytes(3).toString('hex')}.json`;
    const record: RequestRecord = { ...fields, created, sentAt: created, unsettledSince: created };
    return new Entry(this, path.join(this.place.folder, name), record as unknown as RawRecord);
  }

  /** The records of a request, newest first; null where one lies there that cannot be read. */
  find(request: string): (Entry | null)[] {
    const names = this.#names().filter((name) => name.startsWith(request));
    const entries = new Map(this.read(names).map((entry) => [entry.name, entry]));
    return names.flatMap((name) => entries.get(name) ?? (this.#isThere(name) ? [null] : []));
  }

  /** Whether a record that could not be read lies there still, or set aside; it may also have been dropped meanwhile. */
  #isThere(name: string): boolean {
    const file = path.join(this.place.folder, name);
    return existsSync(file) || existsSync(`${file}${CORRUPT}`);
  }

  /** All records of every account, newest first. */
  all(): Entry[] {
    const entries = this.read(this.#names());
    const stamp = ({ name }: Entry) => NAME.exec(name)![2]!;
    return entries.sort((a, b) => (stamp(a) < stamp(b) ? 1 : -1));
  }

  byTask(taskId: string): Entry | undefined {
    this.#checkTrust();
    const isOfTask = ({ record }: Entry) => record.taskId === taskId;
    const name = this.tasks.find(taskId);
    const known = name !== undefined && NAME.test(name) ? this.read([name]).find(isOfTask) : undefined;
    const isNone = name === undefined && this.tasks.isComplete;
    return known || isNone ? known : this.all().find(isOfTask);
  }

  /** Whether a record was made with the key and for the address that are in use. */
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
      throw diskTrouble(error) === undefined ? error : unwritable(error, folder);
    }
  }

  /**
   * Credits that the requests of the last 24 hours were charged or may be; refunds are taken off.
   * @param own a record that is not counted
   * @returns null where the credits of one of them are not known, or one cannot be read
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
   * Removes records that were last used more than 30 days ago, and what crashes have left behind. A submit of which
   * nobody knows the outcome stays on record until somebody decides.
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

  /** A lock that is held is touched every few seconds; but a clock that jumps makes it look old. */
  #sweepLeftover(file: string, age: number): void {
    if (file.endsWith(TEMP) || age > KEPT_MS) {
      sweepAway(file);
      return;
    }
    try {
      const lock = tryLock(file, this.place.clock);
      if (!('heldBy' in lock)) lock.release();
    } catch (error) {
      if (diskTrouble(error) === undefined) throw error;
    }
  }

  /** Names of records, whole or set aside, newest first within a request. */
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
      throw diskTrouble(error) === undefined ? error : closed(error, this.place.folder);
    }
  }

  /** Reads records; what is none is set aside, so that it is warned of once. */
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
        const trouble = diskTrouble(error);
        if (trouble === undefined) throw error;
        if (diskError(error) !== 'ENOENT') warn(`A record cannot be read (${trouble}): ${file}`);
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
        // Another process was quicker.
      }
      warn(`A record that cannot be read was set aside: ${file}${CORRUPT}`);
    }
    return entries;
  }
}

function changesOf(change: Change, now: RequestRecord): Fields {
  return typeof change === 'function' ? change(now) : change;
}

/** What another program holds just now is swept away another time. */
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

/** Nothing is to come of it that anybody may still ask for. */
function isOver({ phase, created, checked, delivered, used }: RequestRecord, now: number): boolean {
  if (phase === 'submitting' || phase === 'unknown') return false;
  const dates = [created, checked, delivered, used].map((date) => Date.parse(date ?? created));
  return Math.max(...dates) < now - KEPT_MS;
}

/** Credits that a request cost, or may yet; null when nobody said. */
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
    `The records in ${folder} are not safe: ${distrust}. Whoever can remove a record can cause a second charge, so nothing was done.`,
    { reason: { kind: 'unsafeFolder', distrust, repair } },
  );
}

function closed(error: unknown, folder: string): Failure {
  return new Failure('UNKNOWN_ERROR', `The records in ${folder} cannot be read: ${diskTrouble(error)}.`, {
    cause: error,
    reason: { kind: 'unreadableFolder', folder },
  });
}

function unwritable(error: unknown, folder: string): Failure {
  const why = diskTrouble(error) ?? (error instanceof Error ? error.message : 'the disk gives no reason');
  return new Failure(
    'UNKNOWN_ERROR',
    `This request cannot be recorded in ${folder}: ${why}. Without a record it could be charged twice, so nothing was submitted.`,
    { cause: error, reason: { kind: 'unwritableFolder', folder } },
  );
}
