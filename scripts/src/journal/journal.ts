import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  diskError,
  diskTrouble,
  makePrivate,
  overwrite,
  replaceAtOnce,
  writeWhole,
} from '../disk/durable.ts';
import { type Lock, type LockOwner, waitForLock } from '../disk/lock.ts';
import type { Clock } from '../http/clock.ts';
import { Failure } from '../types/failure.ts';
import type { TaskState } from '../types/task.ts';
import { Pace } from './pace.ts';
import { type Credits, readRecord, type WishRecord, writeRecord } from './record.ts';

/** Where the wishes of one service and one account are recorded, and whose they are. */
export interface JournalPlace {
  /** Absolute. */
  folder: string;
  provider: string;
  /** The address of the service. */
  service: string;
  account: string;
  clock: Clock;
  /** When this command began, on the wall clock: what was handed over since then may have been this very wish. */
  since: number;
  /** Tells a person of something odd. */
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

type Change = Partial<WishRecord> | ((now: WishRecord) => Partial<WishRecord>);

/** A record, and the file that it is in. */
export class Entry {
  readonly #journal: Journal;
  readonly file: string;
  record: WishRecord;
  /** Changes that a disk refused. */
  #unsaved: Partial<WishRecord> = {};

  constructor(journal: Journal, file: string, record: WishRecord) {
    this.#journal = journal;
    this.file = file;
    this.record = record;
  }

  /** Some result of it is still to come or to be handed over. */
  get isPending(): boolean {
    return this.record.delivered === null && this.record.phase !== 'abandoned';
  }

  /** It was pending when this command began: a command that runs beside the one that delivered it means the same wish. */
  get wasPending(): boolean {
    const { delivered } = this.record;
    return this.isPending || (delivered !== null && Date.parse(delivered) >= this.#journal.place.since);
  }

  /** Writes the record for the first time. @throws Failure when it cannot be written */
  async begin(): Promise<void> {
    const { folder, clock } = this.#journal.place;
    try {
      await writeWhole(this.file, writeRecord(this.record), clock);
    } catch (error) {
      throw unwritable(error, folder);
    }
  }

  /**
   * Changes the record. What cannot be written is warned of, and written with the next change.
   * @param isOurs nobody else may have dropped the record: one that has gone is written anew. Otherwise it stays away
   */
  async update(change: Change, { isOurs = false } = {}): Promise<void> {
    const { folder, clock, warn } = this.#journal.place;
    try {
      if (isOurs) makePrivate(folder);
      const lock = await waitForLock(
        `${this.file}.lock`,
        clock,
        clock.monotonic() + UPDATE_PATIENCE_MS * (0.5 + clock.random()),
      );
      try {
        if (isOurs && !existsSync(this.file)) await writeWhole(this.file, writeRecord(this.record), clock);
        this.#merge(change);
        await writeWhole(this.file, writeRecord(this.record), clock);
        this.#unsaved = {};
      } finally {
        if (!('heldBy' in lock)) lock.release();
      }
    } catch (error) {
      if (diskError(error) === 'ENOENT' && !isOurs) return;
      const trouble = diskTrouble(error);
      if (trouble === undefined) throw error;
      if (isOurs && this.#overwrite(change)) return;
      const changes = changesOf(change, this.record);
      this.#unsaved = { ...this.#unsaved, ...changes };
      this.record = { ...this.record, ...changes };
      warn(`The record of this wish could not be written (${trouble}): ${this.file}`);
    }
  }

  /** The last resort on a full disk: the place that the record has already. Cut by a crash, it is set aside. */
  #overwrite(change: Change): boolean {
    try {
      this.#merge(change);
      overwrite(this.file, writeRecord(this.record));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Notes how the task ended, what it cost, and when its result was handed over; null where it was not. At once, because
   * a process that ends waits for nothing.
   */
  close(status: TaskState, credits: Credits, delivered: string | null): void {
    try {
      // One that somebody has damaged is left to be found.
      if (!readRecord(readFileSync(this.file, 'utf8'))) return;
      this.#merge((now) => ({ status, credits, delivered: now.delivered ?? delivered }));
      replaceAtOnce(this.file, writeRecord(this.record));
    } catch (error) {
      if (diskTrouble(error) === undefined) throw error;
      if (diskError(error) !== 'ENOENT')
        this.#journal.place.warn(`The record could not be closed: ${this.file}`);
    }
  }

  /** The record as it lies on the disk, with what could not be written so far and with the change. */
  #merge(change: Change): void {
    const now = readRecord(readFileSync(this.file, 'utf8')) ?? this.record;
    this.record = { ...now, ...this.#unsaved };
    this.record = { ...this.record, ...changesOf(change, this.record) };
  }

  /** Reads the record again: other processes may have written it. */
  refresh(): void {
    const [now] = this.#journal.read([path.basename(this.file)]);
    if (now) this.record = now.record;
  }

  /** Takes the record away. One that stays is only warned of: the next command will find out that it has no task. */
  drop(): void {
    try {
      rmSync(this.file, { force: true });
    } catch (error) {
      const trouble = diskTrouble(error);
      if (trouble === undefined) throw error;
      this.#journal.place.warn(`The record of this wish could not be removed (${trouble}): ${this.file}`);
    }
  }
}

/** What lies in the journal under the name of an intent. */
export interface Found {
  /** Newest first. */
  entries: Entry[];
  /** A record that cannot be read is newer than all that can: nobody knows what became of that wish. */
  isUnreadable: boolean;
}

/** The records of wishes: one file each, in a folder that nobody else can read. */
export class Journal {
  readonly place: JournalPlace;
  /** What its processes share while they wait. */
  readonly pace: Pace;

  constructor(place: JournalPlace) {
    this.place = place;
    this.pace = new Pace(path.join(path.dirname(place.folder), 'pace'), place.service, place.clock);
  }

  /** Makes the folder ready. @throws Failure when there cannot be one */
  prepare(): void {
    try {
      makePrivate(this.place.folder);
    } catch (error) {
      throw unwritable(error, this.place.folder);
    }
  }

  /** A record that is not on the disk yet. */
  draft(wish: Omit<WishRecord, 'created'>): Entry {
    const created = new Date(this.place.clock.wall()).toISOString();
    const name = `${wish.intent}-${created.replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}.json`;
    return new Entry(this, path.join(this.place.folder, name), { ...wish, created });
  }

  find(intent: string): Found {
    const names = this.#names().filter((name) => name.startsWith(intent));
    const entries = this.read(names);
    const readable = new Set(entries.map(({ file }) => path.basename(file)));
    for (const name of names) {
      if (readable.has(name)) break;
      if (this.#isThere(name)) return { entries, isUnreadable: true };
    }
    return { entries, isUnreadable: false };
  }

  /** Whether a record that could not be read lies there still, or set aside; it may also have been dropped meanwhile. */
  #isThere(name: string): boolean {
    const file = path.join(this.place.folder, name);
    return existsSync(file) || existsSync(`${file}${CORRUPT}`);
  }

  /** All records of every account, newest first. */
  all(): Entry[] {
    const entries = this.read(this.#names());
    return entries.sort((a, b) => (a.record.created < b.record.created ? 1 : -1));
  }

  byTask(taskId: string): Entry | undefined {
    return this.all().find(({ record }) => record.taskId === taskId);
  }

  /** Whether a record was made with the key and for the address that are in use. */
  isOwn({ record }: Entry): boolean {
    const { provider, service, account } = this.place;
    return record.provider === provider && record.service === service && record.account === account;
  }

  /**
   * Takes the lock on an intent, on the budget or on a file, by its name.
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
   * Credits that the wishes of the last 24 hours were charged or may be; refunds are taken off.
   * @param own a record that is not counted
   * @returns null where the credits of one of them are not known
   */
  spentToday(own?: Entry): number | null {
    const since = this.place.clock.wall() - DAY_MS;
    let sum = 0;
    for (const entry of this.all()) {
      if (entry.file === own?.file || !this.isOwn(entry) || Date.parse(entry.record.created) < since)
        continue;
      const spent = spentOn(entry.record.credits);
      if (spent === null) return null;
      sum += spent;
    }
    return sum;
  }

  /** Removes what was delivered more than 30 days ago, and what crashes have left behind. */
  sweep(): void {
    const { folder, clock } = this.place;
    const now = clock.wall();
    for (const name of this.#files()) {
      const stamp = NAME.exec(name)?.[2];
      if (stamp === undefined) {
        const file = path.join(folder, name);
        // A lock that is held is touched every few seconds.
        const touched = touchedAt(file) ?? now;
        if (LEFTOVER.test(name) && touched < now - DAY_MS) sweepAway(file);
      } else if (timeOf(stamp) < now - KEPT_MS) {
        const [entry] = this.read([name]);
        const { phase, delivered, created } = entry?.record ?? {};
        const ended = phase === 'abandoned' ? created : delivered;
        if (entry && Date.parse(ended ?? '') < now - KEPT_MS) sweepAway(entry.file);
      }
    }
  }

  /** Names of records, whole or set aside, newest first within an intent. */
  #names(): string[] {
    return this.#files()
      .filter((name) => NAME.test(name))
      .sort((a, b) => (a < b ? 1 : -1));
  }

  #files(): string[] {
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
      const record = readRecord(text);
      if (record?.intent === NAME.exec(name)?.[1]) {
        entries.push(new Entry(this, file, record!));
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

function changesOf(change: Change, now: WishRecord): Partial<WishRecord> {
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

/** Credits that a wish cost, or may yet; null when nobody said. */
function spentOn({ quoted, charged, refunded }: Credits): number | null {
  const cost = charged ?? quoted;
  return cost === null ? null : Math.max(0, cost - (refunded ?? 0));
}

function timeOf(stamp: string): number {
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

function closed(error: unknown, folder: string): Failure {
  return new Failure('UNKNOWN_ERROR', `The records in ${folder} cannot be read: ${diskTrouble(error)}.`, {
    cause: error,
    nextSteps: [
      `Make ${folder} readable, or set ASYNC_MEDIA_STATE_DIR to the folder that holds the records, and run the same command again.`,
    ],
  });
}

function unwritable(error: unknown, folder: string): Failure {
  const reason = diskTrouble(error) ?? (error instanceof Error ? error.message : 'the disk gives no reason');
  return new Failure(
    'UNKNOWN_ERROR',
    `This wish cannot be recorded in ${folder}: ${reason}. Without a record it could be charged twice, so nothing was submitted.`,
    {
      cause: error,
      nextSteps: [
        `Make room in ${folder} or make it writable; or set ASYNC_MEDIA_STATE_DIR to a folder that is, and run the same command again.`,
        'Only if there is no such folder: the same command with --noJournal submits without a record; then a killed command cannot find its task by itself.',
      ],
    },
  );
}
