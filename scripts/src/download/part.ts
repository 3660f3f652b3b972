import {
  constants,
  ftruncateSync,
  lstatSync,
  readFileSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, lstat, open, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { diskError } from '../disk/durable.ts';
import { isObject, type Json } from '../model/json.ts';

interface Identity {
  /** A strong entity tag, or a date of last modification: what `If-Range` takes. `PRINTABLE`. */
  validator: string;
  /** Bytes of the whole file; null when the host does not say. */
  total: number | null;
  contentType: string;
}

/** What a header can carry and a file can name. */
export const PRINTABLE = /^[ -~]{1,512}$/;

const PART = '.part';
const NOTE = `${PART}.json`;
// Longer than any service keeps its results: an older part cannot be resumed.
const KEPT_MS = 7 * 24 * 3_600_000;
// A lock is taken by way of files that are there for an instant.
const LOCKING_MS = 60_000;
const LONGEST_NOTE_BYTES = 4_096;

/**
 * A partly downloaded file: its bytes and, beside them, a note that identifies the file. Both outlive the process. Only one
 * process at a time may open it: see `lockOf`.
 */
export class Part {
  readonly path: string;
  readonly handle: FileHandle;
  /** The file that the bytes belong to; null when it is not known, so that no other process can resume the part. */
  identity: Identity | null = null;
  /** Bytes that an earlier process left, of the file that `identity` names. */
  readonly found: number;

  private constructor(file: string, handle: FileHandle, size: number) {
    this.path = file;
    this.handle = handle;
    const identity = size > 0 ? readNote(noteOf(file)) : null;
    const fits = identity !== null && size <= (identity.total ?? size);
    this.identity = fits ? identity : null;
    this.found = fits ? size : 0;
    if (!fits) this.restart();
  }

  /** Opens the part of a file: as an earlier process left it, or empty. @param stem the path without extension */
  static async open(stem: string): Promise<Part> {
    const file = `${stem}${PART}`;
    const handle = (await openOwn(file)) ?? (await open(file, 'wx+', 0o666));
    return new Part(file, handle, (await handle.stat()).size);
  }

  static lockOf(stem: string): string {
    return `${stem}${PART}.lock`;
  }

  /** Empties the part. The note goes first: after a kill in between, the bytes cannot count as those of another file. */
  restart(): void {
    this.identity = null;
    try {
      unlinkSync(noteOf(this.path));
    } catch (error) {
      if (diskError(error) !== 'ENOENT') throw error;
    }
    ftruncateSync(this.handle.fd, 0);
  }

  /** Writes the note that identifies the file, before its bytes are written. */
  identify(identity: Identity): void {
    const text = JSON.stringify({ version: 1, ...identity });
    writeFileSync(noteOf(this.path), text, { flag: 'wx', mode: 0o600 });
    this.identity = identity;
  }

  /** Keeps the bytes for the next process. Returns their number; 0 when the next process could not use them. */
  async keep(): Promise<number> {
    if (this.identity === null) return 0;
    const { size } = await this.handle.stat();
    await this.handle.datasync();
    return size;
  }

  async close(): Promise<void> {
    await this.handle.close().catch(() => {});
  }

  async remove(): Promise<void> {
    await this.close();
    await removeAll([this.path, noteOf(this.path)]);
  }
}

export async function sizeOfPart(stem: string): Promise<number> {
  const stat = await lstat(`${stem}${PART}`).catch(() => null);
  return stat?.size ?? 0;
}

/** Removes parts that are older than a week, and what dead processes left of the file that is saved now. */
export async function removeOldParts(stem: string, now: number): Promise<void> {
  const folder = path.dirname(stem);
  const own = path.basename(stem);
  for (const name of await readdir(folder).catch(() => [])) {
    const rest = name.startsWith(`${own}.`) ? name.slice(own.length) : '';
    if (rest === '' && !name.endsWith(NOTE)) continue;
    const file = path.join(folder, name);
    // An earlier version gave each part a name of its own.
    if (/^\.[0-9a-f]{8}\.part$/.test(rest)) await removeAll([file]);
    else if (rest.startsWith(`${PART}.lock.`)) {
      if (now - (await touchedAt(file)) > LOCKING_MS) await removeAll([file]);
    } else if (name.endsWith(NOTE) && readNote(file) !== null) {
      const part = file.slice(0, -NOTE.length + PART.length);
      const touched = (await touchedAt(part)) || (await touchedAt(file));
      if (now - touched > KEPT_MS) await removeAll([part, file, `${part}.lock`]);
    }
  }
}

/** Milliseconds since the epoch; 0 where there is no such file. */
async function touchedAt(file: string): Promise<number> {
  return (await lstat(file).catch(() => null))?.mtimeMs ?? 0;
}

/** Removes files; a file that cannot be removed stays. */
async function removeAll(files: readonly string[]): Promise<void> {
  for (const file of files) await unlink(file).catch(() => {});
}

/** Opens an existing part; null when there is none. Anything but a plain file of this user is removed, not written to. */
async function openOwn(file: string): Promise<FileHandle | null> {
  try {
    await lstat(file);
  } catch (error) {
    if (diskError(error) === 'ENOENT') return null;
    throw error;
  }
  // Neither through a symbolic link nor waiting for the other end of a pipe.
  const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch(() => null);
  if (handle && isOurs(await handle.stat())) return handle;
  await handle?.close();
  await unlink(file);
  return null;
}

/** Returns true for a plain file of this user with a single name: a second hard link may be another file of the user. */
function isOurs(stat: Stats): boolean {
  return stat.isFile() && stat.nlink === 1 && stat.uid === (process.getuid?.() ?? stat.uid);
}

const noteOf = (part: string): string => `${part.slice(0, -PART.length)}${NOTE}`;

function readNote(file: string): Identity | null {
  try {
    const stat = lstatSync(file);
    if (!isOurs(stat) || stat.size > LONGEST_NOTE_BYTES) return null;
    const value = JSON.parse(readFileSync(file, 'utf8')) as Json;
    if (!isObject(value) || value.version !== 1) return null;
    const { validator, total, contentType } = value;
    if (typeof validator !== 'string' || !PRINTABLE.test(validator) || typeof contentType !== 'string')
      return null;
    return total === null || Number.isSafeInteger(total)
      ? ({ validator, total, contentType } as Identity)
      : null;
  } catch {
    return null;
  }
}
