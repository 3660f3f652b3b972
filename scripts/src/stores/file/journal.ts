import path from 'node:path';
import { diskErrorText } from '../../disk/durable.ts';
import { type Lock, type LockOwner, waitForLock } from '../../disk/lock.ts';
import {
  busy,
  firstRecord,
  knownRecord,
  lostSubmitsOf,
  newestMade,
  type RequestClaim,
  type RequestIdentity,
  requestNameOf,
} from '../../model/claim-rules.ts';
import { type Clock, dayOf } from '../../model/clock.ts';
import type { AccountId, RecordChange, RequestRecord } from '../../model/request-record.ts';
import type { SpendingRow } from '../../model/spending-row.ts';
import type { Budget, Claimed, RecordStore, Reserved } from '../../ports/record-store.ts';
import { type Draft, Entry } from './entry.ts';
import { accountName, markOf } from './facts.ts';
import { FlatFolder, olderVersion } from './flat-folder.ts';
import { otherAccounts } from './known-accounts.ts';
import { madeAt, newestFirst, newName } from './names.ts';
import type { RawRecord } from './record.ts';
import { RecordFiles, unwritable } from './record-files.ts';
import { RecordIndex } from './record-index.ts';
import { accountsIn, sumTables } from './row-table.ts';
import { DURATIONS, type Summary, spentFrom } from './summary.ts';
import { sweepDaily } from './sweep.ts';

export interface JournalOptions extends AccountId {
  /** Absolute. Beside it lies what an earlier version left. */
  folder: string;
  clock: Clock;
  warn(text: string): void;
}

const PAUSE_MS = 100;

/** The records of requests: one file each, in a folder that only the user can read. */
export class Journal implements RecordStore {
  readonly options: JournalOptions;
  readonly account: AccountId;
  readonly #files: RecordFiles;
  readonly #index: RecordIndex;
  readonly #flat: FlatFolder;

  constructor(options: JournalOptions) {
    const { folder, clock, warn, provider, service, account } = options;
    this.options = options;
    this.account = { provider, service, account };
    this.#files = new RecordFiles(folder, clock, warn);
    this.#index = new RecordIndex(this.#files);
    this.#flat = new FlatFolder(this.#files, path.join(path.dirname(folder), 'journal'));
  }

  prepare(): void {
    this.#files.prepare();
  }

  async claim(claim: RequestClaim, deadline: number, signal?: AbortSignal): Promise<Claimed<Entry, Lock>> {
    const { clock } = this.options;
    const request = requestNameOf(claim, this.account);
    this.prepare();
    for (;;) {
      const older = this.#flat.takeOver();
      const owner = older ?? this.#flat.move(request);
      const entry = owner ? undefined : knownRecord(this.find(request), claim);
      if (entry && entry.record.taskId !== null) return { kind: 'submitted', entry };
      const lock = owner ? { heldBy: owner } : await this.lock(request, 0);
      if (!('heldBy' in lock)) return this.#underLock(request, claim, lock);
      if (clock.monotonic() >= deadline) {
        throw older ? olderVersion(older) : busy(lock.heldBy, this.#files.lockOf(request), claim);
      }
      await clock.sleep(PAUSE_MS * (0.5 + clock.random()), signal);
    }
  }

  async allOf(request: string): Promise<(Entry | null)[]> {
    return this.find(request);
  }

  async underOtherAccount(request: RequestIdentity): Promise<Entry | undefined> {
    const inRecords = () => accountsIn(this.#index.rows());
    const others = otherAccounts(this.options.folder, this.account, inRecords);
    return newestMade(others.flatMap((account) => this.find(requestNameOf(request, account))));
  }

  /** Reads the records again under the lock: another process may have submitted the request. */
  #underLock(request: string, claim: RequestClaim, lock: Lock): Claimed<Entry, Lock> {
    try {
      const names = this.#files.namesOf(request);
      const found = this.#found(names);
      const entry = knownRecord(found, claim);
      if (entry && entry.record.taskId !== null) {
        lock.release();
        return { kind: 'submitted', entry };
      }
      if (entry) return { kind: 'unknown', entry, lock };
      const entries = found.filter((one) => one !== null);
      for (const one of entries) if (one.record.phase === 'rejected') void one.drop();
      sweepDaily(this.#files, this.#index);
      const draft = this.draft(firstRecord(claim, this.account), names);
      return { kind: 'new', entry: draft, lock, unknown: lostSubmitsOf(entries, claim) };
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Returns a record that is not on the disk yet. Its name sorts after those of its request, also after the clock was set back.
   * @param names the older records of the request, newest first
   */
  draft(fields: Draft, [before] = this.#files.namesOf(fields.request)): Entry {
    const wall = this.options.clock.wall();
    const now = new Date(wall).toISOString();
    const begun = { created: now, sentAt: now, unsettledSince: now, submitTimeout: null, duration: null };
    const record: RequestRecord = { promptExcerpt: null, ...begun, ...fields };
    const made = before === undefined ? wall : Math.max(wall, madeAt(before) + 1);
    return new Entry(this.#files, newName(fields.request, made), record as unknown as RawRecord, true);
  }

  /** Returns the records of a request, newest first; null for a record that exists and cannot be read. */
  find(request: string): (Entry | null)[] {
    return this.#found(this.#files.namesOf(request));
  }

  #found(names: readonly string[]): (Entry | null)[] {
    return names.flatMap((name) => {
      const [entry] = this.#entries([name]);
      return entry ?? (this.#files.isThere(name) ? [null] : []);
    });
  }

  #entries(names: readonly string[]): Entry[] {
    return names.flatMap((name) => {
      const raw = this.#files.read(name);
      return raw ? [new Entry(this.#files, name, raw)] : [];
    });
  }

  async reserve(
    entry: Entry,
    change: RecordChange,
    budget: Budget | null,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Reserved> {
    if (budget === null) {
      await entry.store(change);
      return { kind: 'reserved' };
    }
    const lock = await this.lock('budget', deadline, signal);
    if ('heldBy' in lock) return { kind: 'busy', holder: lock.heldBy };
    try {
      const spent = await this.#spentSince(budget.windowMs, entry);
      if (spent === null || spent + budget.credits > budget.limit) return { kind: 'exceeded', spent };
      await entry.store(change);
      return { kind: 'reserved' };
    } finally {
      lock.release();
    }
  }

  async lock(name: string, deadline: number, signal?: AbortSignal): Promise<Lock | { heldBy: LockOwner }> {
    try {
      return await waitForLock(this.#files.lockOf(name), this.options.clock, deadline, signal);
    } catch (error) {
      throw diskErrorText(error) === undefined ? error : unwritable(error, this.options.folder);
    }
  }

  async byTask(taskId: string): Promise<Entry | undefined> {
    return this.#marked('task', taskId, (record) => record.taskId === taskId)[0];
  }

  async byIdempotencyKey(key: string): Promise<Entry[]> {
    const found = this.#marked('key', key, (record) => record.idempotencyKey === key);
    return found.sort((a, b) => newestFirst(a.name, b.name));
  }

  #marked(kind: 'task' | 'key', text: string, is: (record: RequestRecord) => boolean): Entry[] {
    const mark = markOf(text);
    return this.#parts(`${kind}s`).flatMap(([shard, marks]) => {
      if (!marks.includes(mark)) return [];
      const members = this.#index.members(shard).filter(({ facts }) => facts?.[kind] === mark);
      return this.#entries(members.map(({ name }) => name)).filter(({ record }) => is(record));
    });
  }

  async recordedAmong(taskIds: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const id of taskIds) if (await this.byTask(id)) found.add(id);
    return found;
  }

  isOwn({ record }: { record: AccountId }): boolean {
    return accountName(record) === accountName(this.account);
  }

  async pending(): Promise<Entry[]> {
    return this.#named(({ pending }) => pending).filter((entry) => entry.isPending);
  }

  async replaced(): Promise<Entry[]> {
    return this.#named(({ replaced }) => replaced).filter((entry) => this.isOwn(entry));
  }

  #named(names: (state: Summary['state']) => string[]): Entry[] {
    const all = this.#parts('state').flatMap(([, state]) => names(state));
    return this.#entries(all.sort(newestFirst));
  }

  async #spentSince(windowMs: number, without: Entry): Promise<number | null> {
    const since = this.options.clock.wall() - windowMs;
    const own = accountName(this.account);
    let sum = 0;
    if ((await this.unreadable(since)) > 0) return null;
    for (const [shard, recent] of this.#parts('recent')) {
      const rows = since >= recent.from ? recent.spent : spentFrom(this.#index.members(shard), since);
      for (const [made, account, spent, name] of rows) {
        if (made < since || account !== own || without.name === name) continue;
        if (spent === null) return null;
        sum += spent;
      }
    }
    return sum;
  }

  async spending(since: number): Promise<SpendingRow[]> {
    this.#beforeQuery();
    return sumTables(this.#index.rows(), dayOf(since));
  }

  async unreadable(since: number): Promise<number> {
    const names = this.#parts('state').flatMap(([, { damaged }]) => damaged);
    return names.filter((name) => madeAt(name) >= since && this.#files.isThere(name)).length;
  }

  async durationsOf(model: string): Promise<number[]> {
    const all = this.#parts('durations').flatMap(([, durations]) => durations[model] ?? []);
    all.sort(([a], [b]) => b - a);
    return all.slice(0, DURATIONS).map(([, seconds]) => seconds);
  }

  #parts<K extends keyof Summary>(name: K): [shard: string, part: Summary[K]][] {
    this.#beforeQuery();
    return this.#index.all(name);
  }

  /** Takes over the records of an earlier version. @throws Failure when the records are not safe */
  #beforeQuery(): void {
    this.#files.checkTrust();
    if (this.#flat.isOpen && this.#flat.takeOver()) {
      this.options.warn(
        'An older version of this program is submitting a request: its records are left out here.',
      );
    }
    this.#flat.move();
  }
}
