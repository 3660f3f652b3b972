import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readlinkSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import {
  createAtOnce,
  discard,
  diskError,
  diskErrorText,
  makePrivate,
  onDisk,
  TEMP,
} from '../../disk/durable.ts';
import { type LockOwner, tryLock } from '../../disk/lock.ts';
import { Failure } from '../../model/failure.ts';
import { isRecordName } from './names.ts';
import { checkTrusted, makeShard, type RecordFiles, unwritable } from './record-files.ts';

const TAKEN = /^flat-[0-9a-f]{8}$/;
const LOCK = /^([0-9a-f]{32}|budget)\.lock$/;
// So many records are moved by a command that asks for one request. A command that asks for all of them moves all.
const SLICE = 500;

/**
 * The folder in which earlier versions kept all records side by side. It is taken over as a whole, and its records are
 * moved to their groups later. A file takes its place: a version that would not find the moved records, and would submit
 * their requests again, stops there.
 */
export class FlatFolder {
  readonly #records: RecordFiles;
  readonly #folder: string;
  #isMoved = false;

  constructor(records: RecordFiles, folder: string) {
    this.#records = records;
    this.#folder = folder;
  }

  /** Whether an earlier version can use the folder, and has. */
  get isOpen(): boolean {
    const isFolder = () => lstatSync(this.#folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    // Where the disk refuses, the records themselves cannot be read either, and say so.
    return onDisk(isFolder, () => false);
  }

  /**
   * Takes the folder over, unless a process of such a version is submitting.
   * @returns that process
   * @throws Failure when the disk refuses: then nothing must be submitted
   */
  takeOver(): LockOwner | undefined {
    try {
      for (;;) {
        const stat = lstatSync(this.#folder, { throwIfNoEntry: false });
        if (stat?.isFile()) return undefined;
        if (!stat) {
          if (createAtOnce(this.#folder, NOTE)) return undefined;
          continue;
        }
        checkTrusted(this.#folder);
        const owner = this.#liveOwner(path.relative(this.#records.folder, this.#folder));
        if (owner) return owner;
        makePrivate(this.#records.folder);
        if (stat.isSymbolicLink()) makeAbsolute(this.#folder);
        const taken = path.join(this.#records.folder, `flat-${randomBytes(4).toString('hex')}`);
        try {
          renameSync(this.#folder, taken);
        } catch (error) {
          // Another process was faster.
          if (diskError(error) !== 'ENOENT') throw error;
        }
      }
    } catch (error) {
      throw diskErrorText(error) === undefined ? error : unwritable(error, this.#folder);
    }
  }

  /**
   * Moves records to their groups: those of a request and a few more, or all.
   * @returns the process that is submitting the request, by a lock that came with the folder
   */
  move(request?: string): LockOwner | undefined {
    if (this.#isMoved) return undefined;
    let owner: LockOwner | undefined;
    let isLeft = false;
    for (const folder of this.#records.list('').filter((name) => TAKEN.test(name))) {
      owner ??= this.#liveOwner(folder, (name) => name === `${request}.lock`);
      const names = this.#records.list(folder).filter(isRecordName);
      const isWanted = (name: string) => request === undefined || name.startsWith(request);
      const others = names.filter((name) => !isWanted(name));
      for (const name of [...names.filter(isWanted), ...others.slice(0, SLICE)]) this.#moveOne(folder, name);
      if (others.length > SLICE) isLeft = true;
      else if (!this.#liveOwner(folder)) discard(path.join(this.#records.folder, folder));
    }
    this.#isMoved = !isLeft && !owner;
    return owner;
  }

  #moveOne(folder: string, name: string): void {
    const from = path.join(this.#records.folder, folder, name);
    const to = this.#records.fileOf(name);
    try {
      if (!existsSync(path.dirname(to))) makeShard(path.dirname(to));
      renameSync(from, to);
    } catch (error) {
      // Another process has moved it.
      if (diskError(error) === 'ENOENT') return;
      throw diskErrorText(error) === undefined ? error : unwritable(error, this.#records.folder);
    }
  }

  /** Returns the living owner of a lock in a folder, which is named from that of the records. */
  #liveOwner(folder: string, isOne: (name: string) => boolean = (name) => LOCK.test(name)) {
    for (const name of this.#records.list(folder).filter(isOne)) {
      const lock = tryLock(path.join(this.#records.folder, folder, name), this.#records.clock);
      if ('heldBy' in lock) return lock.heldBy;
      lock.release();
    }
    return undefined;
  }
}

/** Makes a link name its folder by an absolute path: a relative one leads nowhere once the link has been moved. */
function makeAbsolute(link: string): void {
  if (path.isAbsolute(readlinkSync(link)) || !existsSync(link)) return;
  const temp = `${link}.${randomBytes(4).toString('hex')}${TEMP}`;
  symlinkSync(realpathSync(link), temp, 'dir');
  renameSync(temp, link);
}

const NOTE = `A newer version of async-media-workflow keeps its records in the folder "records" beside this file.
This file stops older versions: they would not find those records, and could charge a request twice.
Update every copy of the skill that uses this state folder.
`;

export function olderVersion({ pid, host }: LockOwner): Failure {
  const message = `An older version of this program (process ${pid} on ${host}) is submitting a request with this state folder; nothing was submitted here.`;
  return new Failure('UNKNOWN_ERROR', message, { reason: { kind: 'olderVersion' } });
}
