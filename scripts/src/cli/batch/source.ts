import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../../model/failure.ts';
import { plain } from '../../model/text.ts';
import { refused } from '../refused.ts';
import { codeOf, readStdin } from '../request/payload.ts';

/** Where a line is in its file; bytes. */
export interface LinePlace {
  /** From 1, as an editor counts. */
  number: number;
  at: number;
  size: number;
}

/** The lines of a batch file. Only their places are held: a file may be larger than the memory. */
export interface Source {
  /** How its name appears in messages, and in the name of the report. */
  name: string;
  format: 'jsonl' | 'txt';
  places: LinePlace[];
  /** Reads a line. @param use gets its bytes, which are another line's afterwards */
  read<T>(place: LinePlace, use: (bytes: Buffer) => T): Promise<T>;
  close(): Promise<void>;
}

const MOST_LINES = 10_000;
const MOST_LINE_BYTES = 64 * 1024 * 1024;
const CHUNK = 256 * 1024;
const HEAD = 1024;
const FLAG = '--batch';
// What a shell gives as a file: standard input, and the output of a command in <(…).
const DESCRIPTOR = /^\/(dev\/(stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

type ReadAt = (buffer: Buffer, at: number) => Promise<number>;

/**
 * Opens the file of a batch.
 * @param file `-`: standard input
 * @throws Failure INVALID_PAYLOAD
 */
export async function openSource(file: string, signal: AbortSignal): Promise<Source> {
  if (file === '-')
    return sourceOf('batch', undefined, inMemory(await readStdin(signal, FLAG)), async () => {});
  const format = formatOf(file);
  const name = path.basename(file, path.extname(file));
  let handle: FileHandle | undefined;
  try {
    // Opening another pipe than one of the shell's would wait until a process writes to it, for ever where none does.
    const flags = DESCRIPTOR.test(file) ? 0 : (constants.O_NONBLOCK ?? 0);
    const opened = await open(file, constants.O_RDONLY | flags);
    handle = opened;
    return await sourceOf(name, format, await readerOf(opened, file, signal), () => opened.close());
  } catch (error) {
    await handle?.close();
    throw unreadable(error, file);
  }
}

/** Reads a regular file in pieces; what a shell passes, and UTF-16, as a whole. */
async function readerOf(handle: FileHandle, file: string, signal: AbortSignal): Promise<ReadAt> {
  const stat = await handle.stat();
  if (!stat.isFile()) {
    if (!stat.isDirectory() && DESCRIPTOR.test(file))
      return inMemory(await readStdin(signal, FLAG, handle.createReadStream({ autoClose: false })));
    const kind = stat.isDirectory() ? 'a folder' : stat.isFIFO() ? 'a named pipe' : 'no regular file';
    const hint = 'name a .jsonl or .txt file, or pass the lines on standard input: --batch - < lines.jsonl';
    throw refused(FLAG, 'a file', `${plain(file, 120)}, ${kind}`, hint);
  }
  // The byte order mark of UTF-16.
  const head = Buffer.alloc(2);
  await handle.read(head, 0, 2, 0);
  if (head[0] === 0xff && head[1] === 0xfe) {
    if (stat.size > MOST_LINE_BYTES) throw tooLarge(`${stat.size} bytes of UTF-16`);
    return inMemory((await handle.readFile()).toString('utf16le'));
  }
  return async (buffer, at) => (await handle.read(buffer, 0, buffer.length, at)).bytesRead;
}

function inMemory(text: string): ReadAt {
  const bytes = Buffer.from(text);
  return async (buffer, at) => bytes.copy(buffer, 0, at, at + buffer.length);
}

async function sourceOf(
  name: string,
  format: Source['format'] | undefined,
  readAt: ReadAt,
  close: () => Promise<void>,
): Promise<Source> {
  // One block for all lines, one after the other: blocks of their own would pile up until a garbage collection.
  let scratch = Buffer.alloc(0);
  let last: Promise<unknown> = Promise.resolve();
  const read = <T>({ at, size }: LinePlace, use: (bytes: Buffer) => T): Promise<T> => {
    const result = last.then(async () => {
      if (scratch.length < size) scratch = Buffer.alloc(size);
      const bytes = scratch.subarray(0, size);
      await readAt(bytes, at);
      return use(bytes);
    });
    // The result itself is not kept: it may hold an image.
    last = result.then(
      () => {},
      () => {},
    );
    return result;
  };
  const places = await placesIn(readAt);
  // Without an ending the first line tells: an object begins with a brace, and hardly a prompt does.
  const isObject = await read(places[0]!, (bytes) => /^(\ufeff)?\s*\{/.test(bytes.toString('utf8', 0, HEAD)));
  return { name, format: format ?? (isObject ? 'jsonl' : 'txt'), places, read, close };
}

/** Returns where the lines are that are not empty. */
async function placesIn(readAt: ReadAt): Promise<LinePlace[]> {
  const places: LinePlace[] = [];
  const chunk = Buffer.alloc(CHUNK);
  let number = 1;
  let start = 0;
  let isEmpty = true;
  const end = (at: number) => {
    if (!isEmpty) places.push({ number, at: start, size: at - start });
    if (at - start > MOST_LINE_BYTES) throw tooLarge(`line ${number} of ${at - start} bytes`);
    if (places.length > MOST_LINES) throw tooLarge(`more than ${MOST_LINES} lines`);
    number += 1;
    start = at + 1;
    isEmpty = true;
  };
  let at = 0;
  for (;;) {
    const size = await readAt(chunk, at);
    if (size === 0) break;
    const part = chunk.subarray(0, size);
    if (part.includes(0)) {
      throw refused(FLAG, 'a text file', 'bytes that are no text', 'name a .jsonl or .txt file');
    }
    for (let from = 0; from < size; ) {
      const found = part.indexOf(10, from);
      const until = found < 0 ? size : found;
      isEmpty &&= isBlank(part, from, until);
      if (found >= 0) end(at + found);
      from = until + 1;
    }
    at += size;
  }
  end(at);
  if (places.length === 0) {
    throw refused(FLAG, 'at least one line', 'nothing', 'write a request or a prompt into each line');
  }
  return places;
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let n = from; n < to; n += 1) {
    const byte = bytes[n]!;
    // The three bytes of a byte order mark, which some editors put before the first line.
    const isMark = byte === 0xef || byte === 0xbb || byte === 0xbf;
    if (byte !== 32 && byte !== 9 && byte !== 13 && !(isMark && to - from <= 4)) return false;
  }
  return true;
}

function formatOf(file: string): Source['format'] | undefined {
  const ending = path.extname(file).toLowerCase();
  if (ending === '.jsonl' || ending === '.ndjson') return 'jsonl';
  if (ending === '.txt') return 'txt';
  if (ending === '') return undefined;
  const hint =
    ending === '.json'
      ? 'write each object into a line of its own, and name the file .jsonl'
      : 'name it .jsonl (an object a line) or .txt (a prompt a line)';
  throw refused(FLAG, 'a .jsonl or .txt file', plain(file, 120), hint);
}

function tooLarge(received: string): Failure {
  const expected = `at most ${MOST_LINES} lines of ${MOST_LINE_BYTES / 1024 / 1024} MiB`;
  return refused(FLAG, expected, received, 'split the file into several batches');
}

function unreadable(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'code' in error) || 'details' in error) return error;
  const received = `${plain(file, 120)} (${codeOf(error)})`;
  const hint = 'check the path; it is taken from the folder in which the command runs';
  return refused(FLAG, 'a file that can be read', received, hint);
}
