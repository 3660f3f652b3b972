import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RequestRecord } from '../../model/request-record.ts';
import { diskErrorText } from './durable.ts';
import { factsOf } from './facts.ts';
import { IndexFiles, probe } from './index-files.ts';
import { readRecord } from './record.ts';
import type { RecordFiles } from './record-files.ts';
import { isSetAside, type Member, type Summary, summaryOf } from './summary.ts';

/** A member with the date and the size of its file, as of when it was read. */
export interface DatedMember extends Member {
  mtime: number;
  size: number;
  inode: number;
}

/** The summary of a group as it was when its folder had this date. */
export interface DatedSummary {
  /** The date of the folder in nanoseconds. */
  changed: string;
  summary: Summary;
}

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
  readonly #known = new Map<string, { dated: DatedSummary; isStable: boolean; members?: DatedMember[] }>();

  constructor(records: RecordFiles) {
    this.#records = records;
    this.#files = new IndexFiles(path.join(records.folder, 'index'));
  }

  /** Returns the summaries of all groups. @throws Failure when the records cannot be read */
  all(): [shard: string, summary: Summary][] {
    return this.#records.shards().map((shard) => [shard, this.of(shard)]);
  }

  /** Returns the summary of a group, as its records are now. */
  of(shard: string): Summary {
    const changed = this.#changed(shard);
    const known = this.#known.get(shard);
    if (known?.isStable && known.dated.changed === changed) return known.dated.summary;
    if (!known) {
      const saved = this.#files.summary(shard);
      if (saved?.changed === changed) {
        this.#known.set(shard, { dated: saved, isStable: true });
        return saved.summary;
      }
    }
    return this.#renew(shard, known?.members).summary;
  }

  /** Returns what is kept of each record of a group, for a query that the summary cannot answer. */
  members(shard: string): Member[] {
    this.of(shard);
    return this.#known.get(shard)?.members ?? this.#renew(shard).members;
  }

  #changed(shard: string): string {
    try {
      return String(statSync(path.join(this.#records.folder, shard), { bigint: true }).mtimeNs);
    } catch (error) {
      if (diskErrorText(error) === undefined) throw error;
      return 'missing';
    }
  }

  #renew(shard: string, before = this.#files.members(shard)): { summary: Summary; members: DatedMember[] } {
    const started = probe(this.#files.folder);
    for (;;) {
      const changed = this.#changed(shard);
      const members = this.#read(shard, before, started);
      const summary = summaryOf(members, this.#records.clock.wall());
      // A damaged record that was set aside just now has another name.
      const isStill = this.#changed(shard) === changed;
      if (!isStill && members.some(({ facts, name }) => facts === null && !isSetAside(name))) {
        if (this.#records.namesIn(shard).join() !== members.map(({ name }) => name).join()) continue;
      }
      const isStable = isStill && started !== null && Number(changed) / 1e6 < started - STABLE_MS;
      const dated = { changed, summary };
      this.#known.set(shard, { dated, isStable, members });
      if (isStable) this.#files.save(shard, dated, members);
      return { summary, members };
    }
  }

  /** Reads the records of a group that have changed since they were read before. */
  #read(shard: string, before: readonly DatedMember[], started: number | null): DatedMember[] {
    const known = new Map(before.map((member) => [member.name, member]));
    return this.#records.namesIn(shard).flatMap((name) => {
      const stat = lstatSync(path.join(this.#records.folder, shard, name), { throwIfNoEntry: false });
      if (!stat) return [];
      const { mtimeMs: mtime, size, ino: inode } = stat;
      const same = known.get(name);
      if (same && same.mtime === mtime && same.size === size && same.inode === inode) return [same];
      const [found] = this.#records.read([name]);
      const facts = found ? factsOf(readRecord(found.raw) as RequestRecord) : null;
      if (!found && !isSetAside(name) && !this.#records.isThere(name)) return [];
      // One that has just changed may change again with the same date: it is read again the next time.
      const isStable = started !== null && mtime < started - STABLE_MS;
      return [{ name, facts, mtime: isStable ? mtime : -1, size, inode }];
    });
  }
}
