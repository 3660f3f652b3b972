import type { Readable } from 'node:stream';

export interface FileInfo {
  /** A MIME type. */
  mediaType: string;
  bytes: number;
}

/** Where files are kept: a folder, or S3. Keys are made by this program, such as `results/<id>/1`; never by a user. */
export interface FileStore {
  /**
   * Stores a file, whole or not at all; replaces what the key held.
   * @param source the path of a file of this machine, which may be moved; or the bytes
   */
  put(key: string, source: string | Uint8Array, info: FileInfo): Promise<void>;
  /**
   * Returns the bytes from `start` to `end`, both included; all of them by default.
   * @throws FileMissing
   */
  open(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** A key that holds nothing is no error. */
  delete(key: string): Promise<void>;
  /** Returns the keys below a prefix whose files are older than a time. */
  list(prefix: string, before: Date): Promise<string[]>;
}

/** A key that holds no file. */
export class FileMissing extends Error {
  override readonly name = 'FileMissing';

  constructor(key: string, options?: ErrorOptions) {
    super(`no file is stored as ${key}`, options);
  }
}
