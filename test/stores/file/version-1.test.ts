// The old form's records, each under the command that made it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../scripts/src/model/json.ts';
import {
  allIn,
  claimOf,
  dateBefore,
  HOUR,
  journalIn,
  nextCommand,
  sweepNow,
  type TestJournal,
} from './support.ts';
import { VERSION_1 } from './version-1.ts';

const STATES: [prompt: string, kind: 'unknown' | 'submitted' | 'new', taskId: string | null][] = [
  ['submitting', 'unknown', null],
  ['submitting, with download', 'unknown', null],
  ['unknown', 'unknown', null],
  ['unknown, with download', 'unknown', null],
  ['abandoned', 'new', null],
  ['SUBMITTED', 'submitted', 'clv1submitted'],
  ['PROGRESS', 'submitted', 'clv1progress'],
  ['UNKNOWN', 'submitted', 'clv1unknown'],
  ['COMPLETED', 'submitted', 'clv1completed'],
  ['FAILED', 'submitted', 'clv1failed'],
  ['CANCEL', 'submitted', 'clv1cancel'],
  ['COMPLETED, delivered', 'submitted', 'clv1completed.delivered'],
  ['FAILED, delivered', 'submitted', 'clv1failed.delivered'],
  ['CANCEL, delivered', 'submitted', 'clv1cancel.delivered'],
  ['COMPLETED, with download', 'submitted', 'clv1download'],
  ['COMPLETED, with a file', 'submitted', 'clv1onefile'],
  ['COMPLETED, delivered, with two files', 'submitted', 'clv1twofiles'],
];

/** A journal that holds the old records, an hour later. */
function oldJournal(): TestJournal {
  const journal = journalIn();
  const flat = path.join(path.dirname(journal.folder), 'journal');
  mkdirSync(flat, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(VERSION_1)) copyFileSync(path.join(VERSION_1, name), path.join(flat, name));
  journal.clock.wallOffset += HOUR;
  return journal;
}

const claim = (journal: TestJournal, prompt: string) =>
  journal.claim(claimOf(prompt, { idempotencyKey: 'key-of-today' }), 0);

const parse = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as JsonObject;

describe('the records of version 1', () => {
  it('are all of these states, with a value for every field that is newer', async () => {
    const journal = oldJournal();
    expect(await journal.pending()).toHaveLength(
      STATES.filter(([prompt]) => !/delivered|abandoned/.test(prompt)).length,
    );
    const entries = allIn(journal);
    expect(entries).toHaveLength(STATES.length);
    for (const { file, record } of entries) {
      const { version, intent, ...old } = parse(file);
      expect(version).toBe(1);
      expect(record).toEqual({
        ...{ ...old, request: intent, sentAt: old.created, unsettledSince: old.created },
        ...{ submitTimeout: null, promptExcerpt: null, resubmitted: false, duration: null },
        ...{ used: null, wait: null, fileCount: null },
      });
    }
    expect(journal.warnings).toEqual([]);
  });

  it.each(STATES)('(%s) are claimed as %s, updated, and lose nothing', async (prompt, kind, taskId) => {
    const journal = oldJournal();
    const claimed = await claim(journal, prompt);
    if ('lock' in claimed) claimed.lock.release();
    expect(claimed).toMatchObject({ kind, entry: { record: { taskId } } });
    if (claimed.kind === 'new') {
      expect(claimed.entry.record.idempotencyKey).toBe('key-of-today');
      return;
    }
    const { entry } = claimed;
    const { version: _, intent, ...old } = parse(entry.file);
    expect(entry.record.idempotencyKey).toMatch(/^key-of-version-1-\d\d$/);
    const used = dateBefore(journal, 0);
    expect(await entry.update({ used })).toBe(true);
    const { checksum, ...now } = parse(entry.file);
    expect(now).toEqual({ version: 2, request: intent, ...old, used });
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    // From now on any damage shows.
    const [again] = nextCommand(journal).find(entry.record.request);
    expect(again!.record).toEqual(entry.record);
    expect((await claim(nextCommand(journal), prompt)).entry.record).toEqual(entry.record);
  });

  it('are closed, and found by their task', async () => {
    const journal = oldJournal();
    for (const [, kind, taskId] of STATES) {
      if (kind !== 'submitted') continue;
      const entry = (await journal.byTask(taskId!))!;
      const { version: _, intent, ...old } = parse(entry.file);
      entry.close('COMPLETED', { quoted: 15, charged: 15, refunded: null }, dateBefore(journal, 0));
      const { checksum: __, ...now } = parse(entry.file);
      expect(now).toEqual({
        version: 2,
        request: intent,
        ...old,
        status: ['FAILED', 'CANCEL'].includes(String(old.status)) ? old.status : 'COMPLETED',
        credits: { quoted: 15, charged: 15, refunded: null },
        delivered: old.delivered ?? dateBefore(journal, 0),
      });
    }
    sweepNow(journal);
    const next = nextCommand(journal);
    for (const [, , taskId] of STATES)
      if (taskId !== null) expect((await next.byTask(taskId))?.record.taskId).toBe(taskId);
  });
});
