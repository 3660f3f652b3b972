import type { RequestRecord } from '../../model/request-record.ts';
import { Entry } from './entry.ts';
import { madeAt, newName } from './names.ts';
import type { RawRecord } from './record.ts';
import type { RecordFiles } from './record-files.ts';

/** A record without what the journal itself knows. */
export type Draft = Omit<RequestRecord, Known> & Partial<Pick<RequestRecord, Known>>;
type Known = 'created' | 'sentAt' | 'unsettledSince' | 'submitTimeout' | 'duration' | 'promptExcerpt';

/**
 * Returns a record that is not on the disk yet. Its name sorts after the older records of the request, even if the clock
 * was set back.
 * @param before the name of the newest of those
 */
export function draftAfter(before: string | undefined, fields: Draft, files: RecordFiles): Entry {
  const wall = files.clock.wall();
  const now = new Date(wall).toISOString();
  const begun = { created: now, sentAt: now, unsettledSince: now, submitTimeout: null, duration: null };
  const record: RequestRecord = { promptExcerpt: null, ...begun, ...fields };
  const made = before === undefined ? wall : Math.max(wall, madeAt(before) + 1);
  return new Entry(files, newName(fields.request, made), record as unknown as RawRecord, true);
}
