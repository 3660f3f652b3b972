import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { createAtOnce, onDisk, replaceAtOnce } from '../../disk/durable.ts';
import { systemClock } from '../../model/clock.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { boundedJson } from '../render/bounded.ts';
import type { LineRequest } from './line-command.ts';
import type { CheckedBatch } from './read-batch.ts';

const MOST_NAMES = 100;

/**
 * Writes a file, whole or not at all, in the place of an earlier one that begins with `head`. A file of another origin
 * stays: the name then gets a number. @throws the disk's error
 */
export function writeOwn(folder: string, name: string, ending: string, text: string, head: string): string {
  for (let n = 1; n < MOST_NAMES; n += 1) {
    const file = path.join(folder, `${name}${n === 1 ? '' : `-${n}`}${ending}`);
    // Another process may write the same name at the same time.
    if (createAtOnce(file, text)) return file;
    if (!beginsWith(file, head)) continue;
    replaceAtOnce(file, text);
    return file;
  }
  const file = path.join(folder, `${name}-${systemClock.wall()}${ending}`);
  replaceAtOnce(file, text);
  return file;
}

function beginsWith(file: string, text: string): boolean {
  const expected = Buffer.from(text);
  const head = Buffer.alloc(expected.length);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const size = readSync(descriptor, head, 0, head.length, 0);
      return size === 0 || head.equals(expected);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/** Writes a line into a batch of its own. @param folder absolute. Null where it cannot be written. */
export function writeLine(folder: string, name: string, { model, payload, image }: LineRequest) {
  const line = { model, payload: JSON.parse(payload) as Json, image: image && path.resolve(image) };
  const text = `${JSON.stringify(line)}\n`;
  return onDisk(
    () => writeOwn(folder, name, '.jsonl', text, text),
    () => null,
  );
}

// The most that one line of the report may have: enough for the addresses of many files.
const MOST_BYTES = 64 * 1024;

/** Writes a JSON object for each line, whole or not at all, in the place of the report of an earlier run of the same file. */
export function writeReport(
  folder: string,
  { name, file: batch }: Pick<CheckedBatch, 'name' | 'file'>,
  rows: readonly JsonObject[],
  secrets: readonly string[],
): { file: string } | { problem: string } {
  const text = rows.map((row) => `${boundedJson({ batch, ...row }, MOST_BYTES, secrets)}\n`).join('');
  const head = text.slice(0, text.indexOf(',"line":') + 1);
  return onDisk(
    () => ({ file: writeOwn(folder, `${name}.report`, '.jsonl', text, head) }),
    (problem) => ({ problem }),
  );
}
