import { randomBytes } from 'node:crypto';

/** The name of a record's file: its request, when it was made, and a random part. A damaged record has one more extension. */
const RECORD = /^([0-9a-f]{32})-(\d{8}T\d{9}Z)-[0-9a-f]{6}\.json(\.corrupt)?$/;

/** The extension of a damaged record, which is never acted on. */
export const CORRUPT = '.corrupt';

/** Returns a new name for a record. @param made milliseconds by the wall clock; names of a request sort by it */
export function newName(request: string, made: number): string {
  const stamp = new Date(made).toISOString().replace(/[-:.]/g, '');
  return `${request}-${stamp}-${randomBytes(3).toString('hex')}.json`;
}

export function isRecordName(name: string): boolean {
  return RECORD.test(name);
}

export function madeAt(name: string): number {
  const [stamp] = name.slice(33).split('-', 1) as [string];
  return Date.parse(stamp.replace(/(....)(..)(..)T(..)(..)(..)/, '$1-$2-$3T$4:$5:$6.'));
}

export function newestFirst(a: string, b: string): number {
  const [first, second] = [a.slice(33), b.slice(33)];
  return first < second ? 1 : first > second ? -1 : 0;
}

/** Returns the folder of a record or of a request, below that of all records: no folder gets too many files. */
export function shardOf(name: string): string {
  return name.slice(0, 2);
}

export function isShard(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name);
}
