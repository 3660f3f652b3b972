import { boundedJson } from '../types/bounded.ts';
import type { Envelope, Outcome } from '../types/envelope.ts';

/** Bytes of the longest document, with its newline: what the pipes of agents' hosts are known to pass whole. */
const MAX_DOCUMENT_BYTES = 64 * 1024;

let written = false;

/**
 * Writes the one document of this process and sets its exit code. The process then ends by itself, when the last byte
 * is out; it is never told to exit, which would cut a pipe. Later calls do nothing: the first answer stands.
 */
export function finishWith({ envelope, exitCode }: Outcome, secrets: readonly string[]): void {
  if (written) return;
  written = true;
  process.exitCode = exitCode;
  const { ok, status, taskId, data, errorCode, errorMessage, retryAfter }: Envelope = envelope;
  const document = { ok, status, taskId, data, errorCode, errorMessage, retryAfter };
  const indent = process.stdout.isTTY ? 2 : undefined;
  process.stdout.write(`${boundedJson(document, MAX_DOCUMENT_BYTES - 1, secrets, indent)}\n`);
}

/** True once the document is out. */
export function isFinished(): boolean {
  return written;
}

/** Writes text that is asked for as such (`--help`, `--version`). */
export function printText(text: string): void {
  written = true;
  process.stdout.write(`${text}\n`);
}

/** A reader that went away must not turn a finished task into a crash. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') process.exitCode ||= 70;
    });
  }
}
