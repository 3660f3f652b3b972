import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { onDisk } from '../../disk/durable.ts';
import { factsOf } from './facts.ts';
import { type GroupIndex, IndexFiles, probe } from './index-files.ts';
import { CORRUPT } from './names.ts';
import { understood } from './record.ts';
import type { RecordFiles } from './record-files.ts';
import { type RowTable, sumTables, tableOf } from './row-table.ts';
import { type Member, type Summary, summaryOf } from './summary.ts';

// A change may leave the date of a folder as it is, if it comes at once after another one: a folder is taken for unchanged
// only if its date was older than this, by the clock of its disk, when it was read.
const STABLE_MS = 2_000;

/**
 * What the records say in sum, kept beside them in small files. It only saves time: each file of the index holds for the
 * date of a folder of records, which every change of a record changes, and is made anew from the records where that date is
 * another one, or where it is missing or damaged. No write of a record waits for it.
 */
export class RecordIndex {
  readonly #records: RecordFiles;
  readonly #files: IndexFiles;
  readonly #known = new Map<string, GroupIndex>();

  constructor(records: RecordFiles) {
    this.#records = records;
    this.#files = new IndexFiles(path.join(records.folder, 'index'));
  }

  /** Returns one part of the summaries of all groups. @throws Failure when the records cannot be read */
  all<K extends keyof Summary>(name: K): [shard: string, part: Summary[K]][] {
    return this.#records.shards().map((shard) => [shard, this.#get(shard, ({ part }) => part(name))]);
  }

  members(shard: string): Member[] {
    return this.#get(shard, ({ members }) => members());
  }

  rows(): RowTable[] {
    const alike = new Map<string, string[]>();
    for (const shard of this.#records.shards()) {
      const first = shard.slice(0, 1);
      alike.set(first, [...(alike.get(first) ?? []), shard]);
    }
    return [...alike].map(([first, shards]) => this.#rowsOf(first, shards));
  }

  #rowsOf(first: string, shards: readonly string[]): RowTable {
    const dates = shards.map((shard) => this.#changed(shard));
    const state = shards.map((shard, n) => `${shard} ${dates[n]}`).join();
    const saved = this.#files.rows(first, state);
    if (saved) return saved;
    const tables = shards.map((shard) => this.#get(shard, ({ part }) => part('rows')));
    const table = tableOf(sumTables(tables, ''));
    // Of a group that changed a moment ago, the next change might not be seen.
    if (shards.every((shard, n) => isOf(this.#known.get(shard), dates[n]!)))
      this.#files.saveRows(first, state, table);
    return table;
  }

  /** Returns what a group has now: as it is known or was saved, if its folder has not changed since, else made from its records. */
  #get<T>(shard: string, of: (group: GroupIndex) => T | undefined): T {
    const known = this.#known.get(shard) ?? this.#files.group(shard);
    this.#known.set(shard, known);
    const found = isOf(known, this.#changed(shard)) ? of(known) : undefined;
    if (found !== undefined) return found;
    const made = this.#make(shard, known.members() ?? []);
    this.#known.set(shard, made);
    if (made.isStable) this.#files.saveGroup(shard, made);
    return of(made)!;
  }

  #changed(shard: string): number {
    return onDisk(
      () => statSync(path.join(this.#records.folder, shard)).mtimeMs,
      () => -1,
    );
  }

  #make(shard: string, before: readonly Member[]): GroupIndex {
    const started = probe(this.#files.folder);
    for (;;) {
      const changed = this.#changed(shard);
      const members = this.#read(shard, before, started);
      // A damaged record that was set aside just now has another name.
      const wasSetAside = (name: string) =>
        !name.endsWith(CORRUPT) &&
        !lstatSync(path.join(this.#records.folder, shard, name), { throwIfNoEntry: false });
      if (members.some(({ facts, name }) => facts === null && wasSetAside(name))) continue;
      const isStable = started !== null && changed < started - STABLE_MS && this.#changed(shard) === changed;
      const summary = summaryOf(members, this.#records.clock.wall());
      return { changed, isStable, part: (name) => summary[name], members: () => members };
    }
  }

  /** Reads the records of a group that have changed since they were read before. */
  #read(shard: string, before: readonly Member[], started: number | null): Member[] {
    const known = new Map(before.map((member) => [member.name, member]));
    return this.#records.namesIn(shard).flatMap((name): Member[] => {
      const stat = lstatSync(path.join(this.#records.folder, shard, name), { throwIfNoEntry: false });
      if (!stat) return [];
      const { mtimeMs: mtime, size, ino: inode } = stat;
      const same = known.get(name);
      if (same && same.mtime === mtime && same.size === size && same.inode === inode) return [same];
      const raw = this.#records.read(name);
      if (!raw && !name.endsWith(CORRUPT) && !this.#records.isThere(name)) return [];
      const facts = raw ? factsOf(understood(raw)) : null;
      // One that has just changed may change again with the same date: it is read again the next time.
      const isStable = started !== null && mtime < started - STABLE_MS;
      return [{ name, facts, mtime: isStable ? mtime : -1, size, inode }];
    });
  }
}

/** Returns whether what is known of a group holds for the date that its folder has now. */
function isOf(known: GroupIndex | undefined, changed: number): boolean {
  return known?.isStable === true && known.changed === changed;
}
