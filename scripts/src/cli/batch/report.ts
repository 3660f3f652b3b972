import { onDisk } from '../../disk/durable.ts';
import type { JsonObject } from '../../model/json.ts';
import { boundedJson } from '../render/bounded.ts';
import { writeOwn } from './own-file.ts';
import type { CheckedBatch } from './read-batch.ts';

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
