import { fstatSync, writeSync } from 'node:fs';
import { EXIT } from './exit-codes.ts';
import { boundedJson } from './render/bounded.ts';
import type { Outcome } from './render/envelope.ts';

/** Bytes of the longest document, with its newline: what the pipes of agents' hosts are known to pass whole. */
const MAX_DOCUMENT_BYTES = 64 * 1024;

let isAnswered = false;

/**
 * Writes the one document of this process and sets its exit code. The process then ends by itself, when the last byte
 * is out; it is never told to exit, which would cut a pipe. Later calls do nothing: the first answer stands.
 * @returns whether the whole document was written
 */
export async function finishWith(
  { envelope, exitCode }: Outcome,
  secrets: readonly string[],
): Promise<boolean> {
  if (isAnswered) return false;
  isAnswered = true;
  process.exitCode = exitCode;
  const indent = isTty(STDOUT) ? 2 : undefined;
  return write(STDOUT, `${boundedJson({ ...envelope }, MAX_DOCUMENT_BYTES - 1, secrets, indent)}\n`);
}

export function printText(text: string): void {
  isAnswered = true;
  void write(STDOUT, `${text}\n`);
}

export const screen = {
  write: (text: string): void => void write(STDERR, text),
  get isTTY(): boolean {
    return isTty(STDERR);
  },
  get columns(): number {
    // Some terminals say that they have none.
    return process.stderr.columns || 80;
  },
};

const STDOUT = 1;
const STDERR = 2;

/**
 * Writes all of a text to a descriptor. Directly, because the streams of Node cost 8 ms each to set up; through the
 * stream where the pipe is full and cannot wait. A reader that went away must not make a finished task end in a crash.
 * @returns whether all of it was written
 */
function write(descriptor: number, text: string): Promise<boolean> | boolean {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'EAGAIN') {
      // A reader that went away has had enough; anything else must not look like a success.
      if (descriptor === STDOUT && code !== 'EPIPE') {
        process.exitCode = EXIT.temporary;
        screen.write(`The document could not be written to standard output (${code}).\n`);
      }
      return false;
    }
    const stream = descriptor === STDOUT ? process.stdout : process.stderr;
    return new Promise((resolve) => {
      stream.on('error', () => resolve(false));
      const onEnd = (error?: Error | null) => resolve(!error);
      if (descriptor === STDERR && writeThroughMute) writeThroughMute(rest, onEnd);
      else stream.write(rest, onEnd);
    });
  }
}

let writeThroughMute: typeof process.stderr.write | undefined;

/**
 * Drops what Node itself writes to standard error for NODE_DEBUG: the headers of a request with the key in them, among
 * much else. It goes through the stream's method in all versions of Node from 20 to 26.
 */
export function muteNode(): void {
  writeThroughMute ??= process.stderr.write.bind(process.stderr);
  process.stderr.write = (_: unknown, encodingOrDone?: unknown, done?: unknown) => {
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (typeof callback === 'function') callback();
    return true;
  };
}

function isTty(descriptor: number): boolean {
  try {
    // Asking the stream would set it up; most often there is a pipe.
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (descriptor === STDOUT ? process.stdout : process.stderr).isTTY === true;
}
