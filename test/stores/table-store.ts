// A record store over a table of rows: in memory, or in SQL. It is the plainest form of what the port asks for.
import { randomBytes } from 'node:crypto';
import {
  busy,
  firstRecord,
  type Holder,
  knownRecord,
  lostSubmitsOf,
  newestMade,
  type RequestClaim,
  requestNameOf,
  takenOver,
} from '../../scripts/src/model/claim-rules.ts';
import type { Clock } from '../../scripts/src/model/clock.ts';
import { dayOf } from '../../scripts/src/model/clock.ts';
import {
  type AccountId,
  allowedChange,
  type Credits,
  hasTaken,
  isPending,
  isReplaced,
  type RecordChange,
  type RequestRecord,
  spentOn,
} from '../../scripts/src/model/request-record.ts';
import { recordedRow, type SpendingRow, sumRows } from '../../scripts/src/model/spending-row.ts';
import type { TaskState } from '../../scripts/src/model/task.ts';
import type {
  Budget,
  Claimed,
  Lock,
  RecordStore,
  Reserved,
  StoredRequest,
} from '../../scripts/src/ports/record-store.ts';

/** A stored record; `version` grows with each change. Null: it is damaged. */
export interface Row {
  id: string;
  made: number;
  version: number;
  record: RequestRecord | null;
}

/** The rows, and the rights to change them. */
export interface Table {
  rows(request?: string): Promise<Row[]>;
  insert(request: string, row: Row): Promise<void>;
  /** Changes a row of this version. Resolves to false when it has another one, or is gone. */
  replace(id: string, version: number, record: RequestRecord): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Takes a right that nobody has. */
  take(name: string, nonce: string): Promise<boolean>;
  has(name: string, nonce: string): Promise<boolean>;
  release(name: string, nonce: string): Promise<void>;
}

const ME: Holder = { pid: process.pid, host: 'here' };

export class TableStore implements RecordStore {
  readonly account: AccountId;
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, account: AccountId, clock: Clock) {
    this.#table = table;
    this.account = account;
    this.#clock = clock;
  }

  async claim(claim: RequestClaim, deadline: number, signal?: AbortSignal): Promise<Claimed> {
    const request = requestNameOf(claim, this.account);
    for (;;) {
      const entry = knownRecord(await this.#entries(request), claim);
      if (entry && entry.record.taskId !== null) return { kind: 'submitted', entry };
      const lock = await this.lock(request, 0);
      if (!('heldBy' in lock)) return this.#underLock(request, claim, lock);
      if (this.#clock.monotonic() >= deadline) throw busy(lock.heldBy, request, claim);
      await this.#clock.sleep(50, signal);
    }
  }

  async #underLock(request: string, claim: RequestClaim, lock: Lock): Promise<Claimed> {
    try {
      const found = await this.#entries(request);
      const entry = knownRecord(found, claim);
      if (entry && entry.record.taskId !== null) {
        await lock.release();
        return { kind: 'submitted', entry };
      }
      if (entry) return { kind: 'unknown', entry, lock };
      const entries = found.filter((one) => one !== null);
      for (const one of entries) if (one.record.phase === 'rejected') await one.drop();
      const now = this.#clock.wall();
      const date = new Date(now).toISOString();
      const dates = { created: date, sentAt: date, unsettledSince: date };
      const record = { ...firstRecord(claim, this.account), ...dates, submitTimeout: null, duration: null };
      const row = { id: randomBytes(8).toString('hex'), made: now, version: 0, record };
      return {
        kind: 'new',
        entry: new TableEntry(this.#table, row),
        lock,
        unknown: lostSubmitsOf(entries, claim),
      };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  allOf(request: string): Promise<(StoredRequest | null)[]> {
    return this.#entries(request);
  }

  async underOtherAccount(claim: RequestClaim) {
    const isSame = ({ provider, service, account, request }: RequestRecord) =>
      provider === this.account.provider && request === requestNameOf(claim, { provider, service, account });
    return newestMade(await this.#all((record) => isSame(record) && !this.isOwn({ record })));
  }

  async lock(name: string, deadline: number, signal?: AbortSignal): Promise<Lock | { heldBy: Holder }> {
    const nonce = randomBytes(8).toString('hex');
    while (!(await this.#table.take(name, nonce))) {
      if (this.#clock.monotonic() >= deadline) return { heldBy: ME };
      await this.#clock.sleep(50, signal);
    }
    return {
      isOurs: () => this.#table.has(name, nonce),
      release: () => this.#table.release(name, nonce),
    };
  }

  async reserve(
    entry: TableEntry,
    change: RecordChange,
    budget: Budget | null,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Reserved> {
    if (!budget) return entry.store(change);
    const lock = await this.lock('budget', deadline, signal);
    if ('heldBy' in lock) return { kind: 'busy', holder: lock.heldBy };
    try {
      const spent = await this.#spentSince(budget.windowMs, entry);
      if (spent === null || spent + budget.credits > budget.limit) return { kind: 'exceeded', spent };
      return await entry.store(change);
    } finally {
      await lock.release();
    }
  }

  async #entries(request?: string): Promise<(TableEntry | null)[]> {
    const rows = await this.#table.rows(request);
    rows.sort((a, b) => b.made - a.made);
    return rows.map((row) => (row.record ? new TableEntry(this.#table, row) : null));
  }

  async #all(is: (record: RequestRecord) => boolean): Promise<TableEntry[]> {
    return (await this.#entries()).filter((entry) => entry !== null).filter(({ record }) => is(record));
  }

  async byTask(taskId: string): Promise<StoredRequest | undefined> {
    return (await this.#all((record) => record.taskId === taskId))[0];
  }

  byIdempotencyKey(idempotencyKey: string): Promise<StoredRequest[]> {
    return this.#all((record) => record.idempotencyKey === idempotencyKey);
  }

  async recordedAmong(taskIds: readonly string[]): Promise<ReadonlySet<string>> {
    const all = await this.#all(({ taskId }) => taskId !== null && taskIds.includes(taskId));
    return new Set(all.map(({ record }) => record.taskId!));
  }

  isOwn({ record }: { record: AccountId }): boolean {
    const { provider, service, account } = this.account;
    return record.provider === provider && record.service === service && record.account === account;
  }

  pending(): Promise<StoredRequest[]> {
    return this.#all(isPending);
  }

  replaced(): Promise<StoredRequest[]> {
    return this.#all((record) => isReplaced(record) && this.isOwn({ record }));
  }

  async #spentSince(windowMs: number, without: TableEntry): Promise<number | null> {
    const since = this.#clock.wall() - windowMs;
    let sum = 0;
    for (const { id, made, record } of await this.#table.rows()) {
      if (made < since || without.id === id) continue;
      if (record && !this.isOwn({ record })) continue;
      const spent = record && spentOn(record);
      if (spent === null) return null;
      sum += spent;
    }
    return sum;
  }

  async spending(since: number): Promise<SpendingRow[]> {
    const all = await this.#all(() => true);
    const rows = all.flatMap(({ record }) => recordedRow(record) ?? []);
    return sumRows(rows.filter(({ day }) => day >= dayOf(since)));
  }

  /** A database holds no damaged rows. */
  async unreadable(): Promise<number> {
    return 0;
  }

  async durationsOf(model: string): Promise<number[]> {
    const all = await this.#all((record) => record.model === model && record.duration !== null);
    return all.slice(0, 50).map(({ record }) => record.duration!);
  }
}

class TableEntry implements StoredRequest {
  readonly #table: Table;
  readonly #made: number;
  readonly id: string;
  #version: number;
  record: RequestRecord;

  constructor(table: Table, { id, made, version, record }: Row) {
    this.#table = table;
    this.#made = made;
    this.#version = version;
    this.id = id;
    this.record = record!;
  }

  async store(change: RecordChange): Promise<Reserved> {
    if (this.#version > 0) await this.require(change);
    else await this.#insert(change);
    return { kind: 'reserved' };
  }

  #changed(change: RecordChange): RequestRecord {
    const fields = allowedChange(this.record, typeof change === 'function' ? change(this.record) : change);
    return { ...this.record, ...fields, credits: { ...this.record.credits, ...fields.credits } };
  }

  async #insert(change: RecordChange): Promise<void> {
    this.record = this.#changed(change);
    this.#version = 1;
    const { id, record } = this;
    await this.#table.insert(record.request, { id, made: this.#made, version: 1, record });
  }

  async update(change: RecordChange, { isOurs = false } = {}): Promise<boolean> {
    for (;;) {
      const row = (await this.#table.rows(this.record.request)).find(({ id }) => id === this.id);
      if (!row && !isOurs) return false;
      if (!row) {
        await this.#insert(change);
        return true;
      }
      if (row.record) this.record = row.record;
      const record = this.#changed(change);
      if (!(await this.#table.replace(this.id, row.version, record))) continue;
      this.record = record;
      this.#version = row.version + 1;
      return true;
    }
  }

  async require(change: RecordChange): Promise<void> {
    if (!(await this.update(change)) || !hasTaken(this.record, change)) throw takenOver();
  }

  async refresh(): Promise<void> {
    const row = (await this.#table.rows(this.record.request)).find(({ id }) => id === this.id);
    if (row?.record) this.record = row.record;
  }

  drop(): Promise<void> {
    return this.#table.remove(this.id);
  }

  async close(status: TaskState, credits: Credits, delivered: string | null): Promise<void> {
    await this.update({ status, credits, delivered });
  }
}

/** A table in the memory of this process. */
export class MemoryTable implements Table {
  readonly #rows = new Map<string, Row & { request: string }>();
  readonly #rights = new Map<string, string>();

  async rows(request?: string): Promise<Row[]> {
    const all = [...this.#rows.values()].filter((row) => request === undefined || row.request === request);
    return structuredClone(all);
  }

  async insert(request: string, row: Row): Promise<void> {
    this.#rows.set(row.id, structuredClone({ ...row, request }));
  }

  async replace(id: string, version: number, record: RequestRecord): Promise<boolean> {
    const row = this.#rows.get(id);
    if (row?.version !== version) return false;
    this.#rows.set(id, structuredClone({ ...row, version: version + 1, record }));
    return true;
  }

  async remove(id: string): Promise<void> {
    this.#rows.delete(id);
  }

  async take(name: string, nonce: string): Promise<boolean> {
    if (this.#rights.has(name)) return false;
    this.#rights.set(name, nonce);
    return true;
  }

  async has(name: string, nonce: string): Promise<boolean> {
    return this.#rights.get(name) === nonce;
  }

  async release(name: string, nonce: string): Promise<void> {
    if (await this.has(name, nonce)) this.#rights.delete(name);
  }

  /** For a test: what a broken disk would leave. */
  damage(request: string): void {
    for (const row of this.#rows.values()) if (row.request === request) row.record = null;
  }

  /** For a test: the process that has this right is dead. */
  dies(name: string): void {
    this.#rights.delete(name);
  }
}
