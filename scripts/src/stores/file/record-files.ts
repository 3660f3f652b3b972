import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import {
  diskError,
  diskErrorText,
  isLasting,
  makePrivate,
  onDisk,
  syncFolder,
  writeWhole,
} from '../../disk/durable.ts';
import { type Distrust, distrustOf } from '../../disk/trusted-folder.ts';
import type { Clock } from '../../model/clock.ts';
import { Failure } from '../../model/failure.ts';
import { CORRUPT, isRecordName, isShard, shardOf } from './names.ts';
import { decodeRecord, isOfNewerVersion, type RawRecord } from './record.ts';

/** The folder of all records, with one folder for each of 256 groups of requests. */
export class RecordFiles {
  /** Absolute. */
  readonly folder: string;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  #isTrusted = false;

  constructor(folder: string, clock: Clock, warn: (text: string) => void) {
    this.folder = folder;
    this.clock = clock;
    this.warn = warn;
  }

  /** Creates the folder. @throws Failure when it cannot be created, or other users could change its files */
  prepare(): void {
    this.checkTrust();
    try {
      makePrivate(this.folder);
      makePrivate(this.locks);
    } catch (error) {
      throw unwritable(error, this.folder);
    }
  }

  /** Throws when another user could remove a record and so cause a second charge. */
  checkTrust(): void {
    this.#isTrusted ||= checkTrusted(this.folder);
  }

  get locks(): string {
    return path.join(this.folder, 'locks');
  }

  /** @param name of a request, of a record or of the budget */
  lockOf(name: string): string {
    return path.join(this.locks, `${name}.lock`);
  }

  fileOf(name: string): string {
    return path.join(this.folder, shardOf(name), name);
  }

  shards(): string[] {
    return this.list('').filter(isShard);
  }

  namesIn(shard: string): string[] {
    return inOrder(this.list(shard));
  }

  namesOf(request: string): string[] {
    return inOrder(this.list(shardOf(request)).filter((name) => name.startsWith(request)));
  }

  /** Returns the names in a folder, which may be missing. @throws Failure when it cannot be read */
  list(name: string): string[] {
    this.checkTrust();
    try {
      return readdirSync(path.join(this.folder, name));
    } catch (error) {
      if (diskError(error) === 'ENOENT') return [];
      const why = diskErrorText(error);
      if (why === undefined) throw error;
      const message = `The records in ${this.folder} cannot be read: ${why}.`;
      throw unusable('unreadableFolder', message, error, this.folder, why);
    }
  }

  /** Returns whether an unreadable record still exists, or was set aside. Another process may also have dropped it. */
  isThere(name: string): boolean {
    const file = this.fileOf(name);
    return existsSync(file) || existsSync(`${file}${CORRUPT}`);
  }

  /** Returns the record of a name. A file that is no record is set aside, so that the warning comes once. */
  read(name: string): RawRecord | undefined {
    if (name.endsWith(CORRUPT)) return undefined;
    const file = this.fileOf(name);
    const text = onDisk(
      () => readFileSync(file, 'utf8'),
      (reason, error) => {
        if (diskError(error) !== 'ENOENT') this.warn(`A record cannot be read (${reason}): ${file}`);
      },
    );
    if (text === undefined) return undefined;
    const raw = decodeRecord(name, text);
    if (raw) return raw;
    if (isOfNewerVersion(name, text)) {
      this.warn(`A record that a newer version of this skill wrote is not understood: ${file}`);
      return undefined;
    }
    try {
      renameSync(file, `${file}${CORRUPT}`);
    } catch {
      // Another process has set it aside already.
    }
    this.warn(`A record that cannot be read was set aside: ${file}${CORRUPT}`);
    return undefined;
  }

  /** Writes the file of a record; a missing folder of its group is made. @throws the disk's error */
  async write(file: string, text: string): Promise<void> {
    try {
      await writeWhole(file, text, this.clock);
    } catch (error) {
      if (diskError(error) !== 'ENOENT') throw error;
      makeShard(path.dirname(file));
      await writeWhole(file, text, this.clock);
    }
  }
}

function inOrder(names: string[]): string[] {
  return names.filter(isRecordName).sort((a, b) => (a < b ? 1 : -1));
}

/** Makes the folder of a group, safe from a crash. The folder above it must be there. */
export function makeShard(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
    syncFolder(path.dirname(folder));
  } catch (error) {
    // Another process may have been faster.
    if (diskError(error) !== 'EEXIST') throw error;
  }
}

/** Checks that only this user can change a folder. @returns false when that cannot be inspected @throws Failure when others can */
export function checkTrusted(folder: string): boolean {
  let found: Distrust | undefined;
  try {
    found = distrustOf(folder);
  } catch {
    // A path that cannot be inspected causes an error later, when the folder is used.
    return false;
  }
  if (!found) return true;
  const { reason: distrust, repair } = found;
  const message = `The records in ${folder} are not safe: ${distrust}. Another user who can remove a record can cause a second charge, so nothing was done.`;
  throw new Failure('INVALID_PAYLOAD', message, { reason: { kind: 'unsafeFolder', distrust, repair } });
}

export function unwritable(error: unknown, folder: string): Failure {
  const why = diskErrorText(error) ?? (error instanceof Error ? error.message : 'the disk gives no reason');
  const message = `This request cannot be recorded in ${folder}: ${why}. Without a record it could be charged twice, so nothing was submitted.`;
  return unusable('unwritableFolder', message, error, folder, why);
}

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
