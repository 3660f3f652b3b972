import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { sha256Text } from '../../model/fingerprint.ts';
import { diskErrorText, makePrivate, TEMP } from './durable.ts';
import type { DatedMember, DatedSummary } from './record-index.ts';

// Another version of the program may keep something else.
const FORMAT = 1;

/** The files of the index: two for each group, the summary and what is kept of each record. */
export class IndexFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Returns the saved summary of a group; undefined where there is none that can be used. */
  summary(shard: string): DatedSummary | undefined {
    return this.#read(`${shard}.json`);
  }

  /** Returns what was saved of each record of a group. */
  members(shard: string): DatedMember[] {
    return this.#read<DatedMember[]>(`${shard}.members.json`) ?? [];
  }

  /** Saves what is known of a group. A disk that refuses only costs time later. */
  save(shard: string, summary: DatedSummary, members: DatedMember[]): void {
    try {
      this.#write(`${shard}.members.json`, members);
      this.#write(`${shard}.json`, summary);
    } catch (error) {
      if (diskErrorText(error) === undefined) throw error;
    }
  }

  #read<T>(name: string): T | undefined {
    try {
      const text = readFileSync(path.join(this.folder, name), 'utf8');
      const end = text.indexOf('\n');
      return text.slice(0, end) === checksumOf(name, text.slice(end + 1))
        ? (JSON.parse(text.slice(end + 1)) as T)
        : undefined;
    } catch {
      return undefined;
    }
  }

  #write(name: string, value: unknown): void {
    const text = JSON.stringify(value);
    const file = path.join(this.folder, name);
    const temp = `${file}.${randomBytes(4).toString('hex')}${TEMP}`;
    try {
      // Not synced: what a power cut leaves has a wrong checksum.
      writeFileSync(temp, `${checksumOf(name, text)}\n${text}`, { flag: 'wx', mode: 0o600 });
      renameSync(temp, file);
    } catch (error) {
      rmSync(temp, { force: true });
      throw error;
    }
  }
}

/** The rows of a summary are for local days: in another time zone they are others. */
function zone(): string {
  return [0, 6].map((month) => new Date(2026, month, 1).getTimezoneOffset()).join(' ');
}

function checksumOf(name: string, text: string): string {
  return sha256Text(`${FORMAT} ${zone()} ${name}\n${text}`).slice(0, 32);
}

// Some disks keep dates to two seconds.
const FOLDER_MS = 2_000;

/**
 * Returns the time of a disk, by the date of a file that is made there, in milliseconds; null where none can be made, and
 * where the disk does not date its folders.
 * The disk may be that of another machine, and its clock another one.
 */
export function probe(folder: string): number | null {
  const file = path.join(folder, `${randomBytes(4).toString('hex')}${TEMP}`);
  try {
    makePrivate(folder);
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      const now = fstatSync(descriptor).mtimeMs;
      // Some disks keep no date of a folder.
      return statSync(folder).mtimeMs < now - FOLDER_MS ? null : now;
    } finally {
      closeSync(descriptor);
      rmSync(file, { force: true });
    }
  } catch (error) {
    if (diskErrorText(error) === undefined) throw error;
    return null;
  }
}
