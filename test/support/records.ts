import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import type { RequestRecord } from '../../scripts/src/model/request-record.ts';
import { decodeRecord, encodeRecord, readRecord } from '../../scripts/src/stores/file/record.ts';

export interface RecordFile {
  file: string;
  record: RequestRecord;
}

/** The records below a state folder, oldest first; those that cannot be read are left out. */
export function recordsIn(state: string): RecordFile[] {
  return recordFilesIn(path.join(state, 'records')).flatMap((file) => {
    const name = path.basename(file);
    const raw = decodeRecord(name, readFileSync(file, 'utf8'));
    const record = raw && readRecord(raw);
    return record ? [{ file, record }] : [];
  });
}

/** The files of all records in a folder, in the order of their names. */
export function recordFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true }) as string[];
  const files = all.filter((file) => /^[0-9a-f]{2}.[0-9a-f]{32}-.*\.json$/.test(file));
  return files.sort().map((file) => path.join(folder, file));
}

/** Writes a record as the program would have, had it been so. */
export function rewrite({ file, record }: RecordFile, change: Partial<RequestRecord>): void {
  const raw = { ...record, ...change } as unknown as JsonObject;
  // Other processes may read it at this moment.
  writeFileSync(`${file}.test`, encodeRecord(path.basename(file), raw));
  renameSync(`${file}.test`, file);
}

/**
 * Lets so much time pass for every submit of which the outcome is not known.
 * @param payloadHash of the request that is meant: others may be written by their processes just now
 */
export function letPass(state: string, ms: number, payloadHash?: string): void {
  for (const { file, record } of recordsIn(state)) {
    if (payloadHash !== undefined && record.payloadHash !== payloadHash) continue;
    const earlier = (date: string) => new Date(Date.parse(date) - ms).toISOString();
    const { phase, sentAt, unsettledSince } = record;
    const change = { sentAt: earlier(sentAt), unsettledSince: earlier(unsettledSince) };
    if (phase === 'unknown') rewrite({ file, record }, change);
    // The process that sent it has died, and the time counts from the last moment at which that can have been.
    if (phase === 'submitting') rewrite({ file, record }, { ...change, submitTimeout: 0 });
  }
}
