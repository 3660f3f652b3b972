import type { CallOptions, Moment } from './values.ts';

/** A file that is whole: its length, its format and its hash are checked. */
export interface CheckedFile {
  /** From 1; the place of the file among those of the task. */
  number: number;
  /** A name without a path, made from the task's id, with the extension of the format. */
  name: string;
  bytes: number;
  sha256: string;
  contentType: string;
}

/** Receives a checked file. It is called once the whole file is there, so length and hash are known before the first byte. */
export type FileTarget = (
  file: CheckedFile,
) => import('node:stream').Writable | Promise<import('node:stream').Writable>;

/** The options of `download`. */
export interface DownloadOptions extends CallOptions {
  /** A folder, into which the files are renamed when they are whole; or a function that returns where to write each one. */
  to: string | FileTarget;
  /** Where a file is gathered before it goes to a function; a new folder below the system's own by default, removed afterwards. A folder that stays lets a later call resume. */
  temporaryFolder?: string;
  /** When the download has to be over; without it each file may take as long as it brings bytes. */
  until?: Moment;
  /** Called as bytes arrive; `total` is null where the host does not say. */
  onProgress?(file: { number: number; bytes: number; total: number | null }): void;
}

export interface DownloadedFile extends CheckedFile {
  /** Absolute; null where a function received the file. */
  path: string | null;
}

/** The formats of media files. */
export interface Signatures {
  /** Bytes from the beginning of a file that `kindOf` needs. */
  readonly bytes: number;
  /** Returns the format that begins with these bytes; null where it is none that is known. */
  kindOf(
    head: Uint8Array,
    contentType?: string,
  ): { ext: string; contentType: string; makes: 'video' | 'image' | 'audio' | 'model3d' } | null;
}
