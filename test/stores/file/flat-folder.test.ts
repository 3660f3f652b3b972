// The folder in which earlier versions kept all records side by side, taken over by this one. Real files and locks.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tryLock } from '../../../scripts/src/disk/lock.ts';
import { encodeRecord, type RawRecord } from '../../../scripts/src/stores/file/record.ts';
import { held } from '../../disk/locks.ts';
import { error, killedAt, real, resetDisk } from '../../disk/steps.ts';
import { failureOf } from '../../support/failures.ts';
import {
  allIn,
  claimOf,
  fieldsIn,
  journalIn,
  nextCommand,
  requestIn,
  spentIn,
  type TestJournal,
} from './support.ts';

vi.mock('node:fs', async (original) => (await import('../../disk/steps.ts')).watched(await original()));

afterEach(resetDisk);

const flatOf = (journal: TestJournal) => path.join(path.dirname(journal.folder), 'journal');

/** What an earlier version left: a record of each of these prompts, with a task of that name. */
function left(journal: TestJournal, ...prompts: string[]): string[] {
  const flat = flatOf(journal);
  mkdirSync(flat, { recursive: true, mode: 0o700 });
  return prompts.map((prompt) => {
    const entry = journal.draft(fieldsIn(journal, { prompt, phase: 'submitted', taskId: prompt }));
    writeFileSync(
      path.join(flat, entry.name),
      encodeRecord(entry.name, entry.record as unknown as RawRecord),
    );
    return entry.name;
  });
}

const claim = (journal: TestJournal, prompt: string, waitMs = 0) =>
  journal.claim(claimOf(prompt), journal.clock.now + waitMs);

const tasksIn = (journal: TestJournal) =>
  allIn(nextCommand(journal))
    .map(({ record }) => record.taskId)
    .sort();

let journal: TestJournal;
beforeEach(() => {
  journal = journalIn();
});

describe('the records of an earlier version', () => {
  it('are found by their request, their task, and as what is pending', async () => {
    for (const query of [
      async (journal: TestJournal) => (await claim(journal, 'two')).entry.record.taskId,
      async (journal: TestJournal) => (await journal.byTask('two'))?.record.taskId,
      async (journal: TestJournal) =>
        (await journal.pending()).find(({ record }) => record.taskId === 'two') && 'two',
    ]) {
      const journal = journalIn();
      left(journal, 'one', 'two', 'three');
      expect(await query(journal)).toBe('two');
      expect(tasksIn(journal)).toEqual(['one', 'three', 'two']);
      expect(await spentIn(nextCommand(journal))).toBe(45);
      expect(existsSync(path.join(journal.folder, 'journal'))).toBe(false);
    }
  });

  it('are moved a few hundred at a time by a command that asks for one, and are all found meanwhile', async () => {
    const prompts = Array.from({ length: 705 }, (_, n) => `n${n}`);
    left(journal, ...prompts);
    const flat = () => {
      const [folder] = readdirSync(journal.folder).filter((name) => name.startsWith('flat-'));
      return folder ? readdirSync(path.join(journal.folder, folder)).length : 0;
    };
    for (const still of [204, 0, 0]) {
      expect((await claim(nextCommand(journal), `n${704 - still}`)).kind).toBe('submitted');
      expect(flat()).toBeLessThanOrEqual(still + 1);
    }
    expect(flat()).toBe(0);
    expect(readdirSync(journal.folder).filter((name) => name.startsWith('flat-'))).toEqual([]);
    expect((await nextCommand(journal).pending()).length).toBe(705);
  });

  it.each([
    ['relative', (target: string) => path.basename(target)],
    ['absolute', (target: string) => target],
  ])('are found behind a link that is %s, whenever the command is killed', async (_, textOf) => {
    for (let n = 1, isKilled = true; isKilled; n += 1) {
      const journal = journalIn();
      left(journal, 'one', 'two');
      const target = `${flatOf(journal)}-elsewhere`;
      renameSync(flatOf(journal), target);
      symlinkSync(textOf(target), flatOf(journal));
      isKilled = await killedAt(n, () => journal.pending());
      expect((await claim(nextCommand(journal), 'two')).entry.record.taskId, `step ${n}`).toBe('two');
      expect(tasksIn(journal), `step ${n}`).toEqual(['one', 'two']);
      expect(lstatSync(flatOf(journal)).isFile()).toBe(true);
    }
  });

  it('on another disk keep a request from being submitted', async () => {
    left(journal, 'one');
    vi.mocked(renameSync).mockImplementation((from, to) => {
      if (String(from).endsWith('.json')) throw error('EXDEV');
      real.renameSync(from, to);
    });
    expect((await failureOf(claim(journal, 'one'))).message).toContain('another disk');
  });

  it('are safe whenever the command is killed: the next one finds each of them', async () => {
    const prompts = ['one', 'two', 'three', 'four'];
    let n = 1;
    for (let isKilled = true; isKilled; n += 3) {
      const journal = journalIn();
      left(journal, ...prompts);
      isKilled = await killedAt(n, () => journal.pending());
      for (const prompt of prompts) {
        expect((await claim(nextCommand(journal), prompt)).entry.record.taskId, `step ${n}`).toBe(prompt);
      }
      expect(tasksIn(journal)).toEqual([...prompts].sort());
      expect(lstatSync(flatOf(journal)).isFile()).toBe(true);
    }
    expect(n).toBeGreaterThan(30);
  });

  it('are taken over by many commands at once, each of which finds its own', async () => {
    const prompts = Array.from({ length: 40 }, (_, n) => `n${n}`);
    left(journal, ...prompts);
    const found = await Promise.all(prompts.map((prompt) => claim(nextCommand(journal), prompt)));
    expect(found.map(({ entry }) => entry.record.taskId)).toEqual(prompts);
    expect(tasksIn(journal)).toEqual([...prompts].sort());
  });

  it('are found by a command whose record another one moves at that moment', async () => {
    const [name] = left(journal, 'one');
    let moved = false;
    vi.mocked(renameSync).mockImplementation((from, to) => {
      real.renameSync(from, to);
      if (path.basename(String(from)) !== name || moved) return;
      moved = true;
      throw error('ENOENT');
    });
    expect((await claim(journal, 'one')).kind).toBe('submitted');
    expect(moved).toBe(true);
  });
});

describe('an earlier version that runs beside this one', () => {
  it('is stopped by a file in the place of its folder, and can neither read nor make a record', async () => {
    expect((await claim(journal, 'new')).kind).toBe('new');
    const flat = flatOf(journal);
    expect(statSync(flat).isFile()).toBe(true);
    expect(statSync(flat).mode & 0o777).toBe(0o600);
    expect(readFileSync(flat, 'utf8')).toContain('Update every copy of the skill');
    expect(() => readdirSync(flat)).toThrow('ENOTDIR');
    expect(() => mkdirSync(flat)).toThrow('EEXIST');
    expect(() => writeFileSync(path.join(flat, 'a.json'), '')).toThrow('ENOTDIR');
  });

  it('that made its folder anew, because the file was removed, is taken over once more', async () => {
    left(journal, 'one');
    await claim(journal, 'one');
    rmSync(flatOf(journal));
    left(journal, 'two');
    expect((await claim(nextCommand(journal), 'two')).entry.record.taskId).toBe('two');
    rmSync(flatOf(journal));
    left(journal, 'three');
    expect((await nextCommand(journal).byTask('three'))?.record.taskId).toBe('three');
    expect(tasksIn(journal)).toEqual(['one', 'three', 'two']);
  });

  it.each(['two', 'another'])(
    'and submits (%s) is waited for; nothing is submitted meanwhile',
    async (prompt) => {
      left(journal, 'one', 'two');
      const lock = held(
        tryLock(path.join(flatOf(journal), `${requestIn(journal, 'two')}.lock`), journal.clock),
      );
      const failure = await failureOf(claim(journal, prompt, 3_000));
      expect(failure.details.reason).toEqual({ kind: 'olderVersion' });
      expect(failure.message).toContain(String(process.pid));
      expect(journal.clock.now).toBeGreaterThanOrEqual(3_000);
      expect(statSync(flatOf(journal)).isDirectory()).toBe(true);
      // It ends, and its record is found.
      journal.clock.onSleep = () => lock.release();
      const claimed = await claim(nextCommand(journal), prompt, 3_000);
      expect(claimed.kind).toBe(prompt === 'two' ? 'submitted' : 'new');
    },
  );

  it('and took its lock just before the folder was renamed is known to submit that request', async () => {
    left(journal, 'one');
    await claim(journal, 'one');
    const taken = path.join(journal.folder, 'flat-00000000');
    mkdirSync(taken);
    const lock = held(tryLock(path.join(taken, `${requestIn(journal, 'late')}.lock`), journal.clock));
    const { code, details } = await failureOf(claim(nextCommand(journal), 'late'));
    expect(code).toBe('SUBMIT_OUTCOME_UNKNOWN');
    expect(details.reason).toMatchObject({ kind: 'requestBusy' });
    expect((await claim(nextCommand(journal), 'another')).kind).toBe('new');
    lock.release();
    expect((await claim(nextCommand(journal), 'late')).kind).toBe('new');
  });
});
