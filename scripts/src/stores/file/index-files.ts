import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { discard, makePrivate, onDisk, replaceUnsynced, TEMP } from '../../disk/durable.ts';
import { COUNTS } from '../../model/spending-row.ts';
import { checkedLine, valueIn } from './checked-json.ts';
import type { RowTable } from './row-table.ts';
import { type Member, PARTS, type Summary } from './summary.ts';

// Another version of the program may keep something else. What a row of spending counts is part of it by itself.
const FORMAT = 3;
// The rows of a summary are for local days: in another time zone they are others.
const ZONE = [0, 6].map((month) => new Date(2026, month, 1).getTimezoneOffset()).join(' ');

/** Returns what a line is, so that one of another version or time zone is a damaged one. */
const ours = (what: string): string => `${FORMAT} ${COUNTS.join()} ${ZONE} ${what}`;

/** What the index has of a group. */
export interface GroupIndex {
  /** The date of the group's folder when it was made, in milliseconds; NaN where nothing was saved. */
  changed: number;
  /** A later change gives the folder another date. Only such a summary is saved. */
  isStable: boolean;
  /** Returns one part of the summary; undefined where it was saved and is damaged. */
  part<K extends keyof Summary>(name: K): Summary[K] | undefined;
  /** Likewise. */
  members(): Member[] | undefined;
}

/** Two files for each group, its summary and its members, and one with the sums of the rows of groups whose names begin alike. */
export class IndexFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  group(shard: string): GroupIndex {
    const [changed = 'NaN', ...lines] = this.#lines(shard);
    const nameOf = (part: string) => ours(`${shard} ${part} ${changed}`);
    return {
      changed: Number(changed),
      isStable: true,
      part: (name) => valueIn(nameOf(name), lines[PARTS.indexOf(name)]),
      members: () => valueIn(nameOf('members'), this.#lines(`${shard}.members`)[0]),
    };
  }

  /** Saves what is known of a group. A disk that refuses only costs time later. */
  saveGroup(shard: string, { changed, part, members }: GroupIndex): void {
    const lineOf = (name: string, value: unknown) => checkedLine(ours(`${shard} ${name} ${changed}`), value);
    if (!this.#tryToWrite(`${shard}.members`, [lineOf('members', members())])) return;
    this.#tryToWrite(shard, [String(changed), ...PARTS.map((name) => lineOf(name, part(name)))]);
  }

  /** Writes a file whole, and returns whether the disk let it. What a power cut leaves of it has a wrong checksum. */
  #tryToWrite(name: string, lines: readonly string[]): boolean {
    const write = () => replaceUnsynced(path.join(this.folder, name), lines.join('\n'));
    return onDisk(write, () => false) !== false;
  }

  rows(first: string, state: string): RowTable | undefined {
    const [line] = this.#lines(`${first}.rows`);
    return valueIn(ours(`${first} rows ${state}`), line);
  }

  saveRows(first: string, state: string, table: RowTable): void {
    this.#tryToWrite(`${first}.rows`, [checkedLine(ours(`${first} rows ${state}`), table)]);
  }

  #lines(name: string): string[] {
    try {
      return readFileSync(path.join(this.folder, name), 'utf8').split('\n');
    } catch {
      return [];
    }
  }
}

// Some disks keep dates to two seconds.
const FOLDER_MS = 2_000;

/** Returns the time of a disk, which may be another machine's, in milliseconds; null where it is unknown, or does not date folders. */
export function probe(folder: string): number | null {
  const file = path.join(folder, `${randomBytes(4).toString('hex')}${TEMP}`);
  const now = onDisk(
    () => {
      makePrivate(folder);
      writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
      const { mtimeMs } = statSync(file);
      return statSync(folder).mtimeMs >= mtimeMs - FOLDER_MS ? mtimeMs : null;
    },
    () => null,
  );
  discard(file);
  return now;
}
