import { describe, expect, it } from 'vitest';
import { unsavedTasks } from '../../../scripts/src/core/batch/known-lines.ts';
import type { Line } from '../../../scripts/src/core/batch/track.ts';
import { isUnsaved, type RequestRecord } from '../../../scripts/src/model/request-record.ts';
import type { StoredRequest } from '../../../scripts/src/ports/record-store.ts';

const FILE = { path: '/out/1.mp4', bytes: 1, sha256: '', contentType: 'video/mp4', number: 1 };

const record = (more: Partial<RequestRecord>): RequestRecord =>
  ({ status: 'COMPLETED', taskId: 'ck1', download: '/out', files: [], ...more }) as RequestRecord;

const stored = (taskId: string | null, more: Partial<RequestRecord> = {}): StoredRequest =>
  ({ record: record({ taskId, ...more }) }) as StoredRequest;

describe('a task without its whole result here', () => {
  it.each<[boolean, string, Partial<RequestRecord>]>([
    [true, 'runs on', { status: 'PROGRESS', download: null }],
    [true, 'is COMPLETED, and none of its files is saved', { fileCount: null }],
    [true, 'has one of two files, which lies in two places', { fileCount: 2, files: [FILE, FILE] }],
    [false, 'has all its files', { fileCount: 2, files: [FILE, { ...FILE, number: 2 }] }],
    [false, 'was to give its address alone', { download: null }],
    [false, 'ended without a result', { status: 'FAILED' }],
    [false, 'is not known', { taskId: null, status: 'UNKNOWN' }],
  ])('%s: %s, delivered or not', (expected, _, more) => {
    for (const delivered of [null, '2026-11-21T11:00:00.000Z'])
      expect(isUnsaved(record({ delivered, ...more }))).toBe(expected);
  });
});

describe('the earlier tasks of a line that a batch names', () => {
  const lineOf = (taskId: string | null, entry: StoredRequest | undefined, older: StoredRequest[] = []) =>
    ({
      number: 3,
      taskId,
      known: { entry, isUnknown: false, older },
    }) as unknown as Line;

  it.each<[string, Line, string[]]>([
    ['made once more: that of before', lineOf('new', stored('before')), ['before']],
    [
      'whose task of before is saved: none',
      lineOf('new', stored('before', { fileCount: 1, files: [FILE] })),
      [],
    ],
    ['not made once more: the older ones alone', lineOf(null, stored('kept'), [stored('old')]), ['old']],
    ['resumed: the older ones alone', lineOf('kept', stored('kept'), [stored('old')]), ['old']],
    ['whose newest submit is unknown', lineOf(null, stored(null), [stored('old')]), ['old']],
    ['without a record', lineOf('new', undefined), []],
  ])('%s', (_, line, expected) => {
    expect(unsavedTasks([line])).toEqual(expected.map((taskId) => ({ line: 3, taskId })));
  });

  it('are not those that another line returns', () => {
    const lines = [lineOf('a', stored('b')), lineOf('b', undefined)];
    expect(unsavedTasks(lines)).toEqual([]);
  });
});
