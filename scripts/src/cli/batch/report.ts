import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { diskErrorText, replaceAtOnce } from '../../disk/durable.ts';
import type { JsonObject } from '../../model/json.ts';
import { boundedJson } from '../bounded.ts';

// The most that one line of the report may have: enough for the addresses of many files.
const MOST_BYTES = 64 * 1024;
const MOST_NAMES = 100;

/**
 * Writes the report of a batch, whole or not at all: a JSON object for each line. It replaces the report of an earlier run,
 * and no other file.
 * @param folder absolute
 * @param name the name of the batch
 * @returns its path; or why there is none
 */
export function writeReport(
  folder: string,
  name: string,
  rows: readonly JsonObject[],
  secrets: readonly string[],
): { file: string } | { problem: string } {
  const text = rows.map((row) => `${boundedJson(row, MOST_BYTES, secrets)}\n`).join('');
  try {
    const file = placeFor(folder, name);
    replaceAtOnce(file, text);
    return { file };
  } catch (error) {
    const problem = diskErrorText(error);
    if (problem === undefined) throw error;
    return { problem };
  }
}

function placeFor(folder: string, name: string): string {
  for (let n = 1; n < MOST_NAMES; n += 1) {
    const file = path.join(folder, `${name}.report${n === 1 ? '' : `-${n}`}.jsonl`);
    if (isReport(file)) return file;
  }
  return path.join(folder, `${name}.report-${Date.now()}.jsonl`);
}

/** Tells whether a file may be replaced: it is a report, it is empty, or it is not there. */
function isReport(file: string): boolean {
  const head = Buffer.alloc(16);
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
  try {
    const size = readSync(descriptor, head, 0, head.length, 0);
    return size === 0 || head.toString('utf8', 0, size).startsWith('{"line":');
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
}
