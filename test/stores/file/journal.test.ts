// Real files; only the errors of a disk, and another process at the worst moment, are simulated.
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Credits, RequestRecord } from '../../../scripts/src/model/request-record.ts';
import type { Entry } from '../../../scripts/src/stores/file/entry.ts';
import { encodeRecord, type RawRecord } from '../../../scripts/src/stores/file/record.ts';
import { DEAD, held } from '../../disk/locks.ts';
import { error, killedAt, real, refuse, resetDisk } from '../../disk/steps.ts';
import { tempFolder } from '../../support/command.ts';
import { failureOf } from '../../support/failures.ts';
import {
  allIn,
  DAY,
  dateBefore,
  FILE,
  fieldsIn,
  HOUR,
  journalIn,
  namesIn,
  nextCommand,
  onDisk,
  PatientClock,
  recorded,
  recordedAgo,
  requestIn,
  SECOND,
  spentIn,
  sweepNow,
  type TestJournal,
} from './support.ts';

vi.mock('node:fs', async (original) => (await import('../../disk/steps.ts')).watched(await original()));

afterEach(resetDisk);

const NO_CREDITS: Credits = { quoted: null, charged: null, refunded: null };

const REFUSALS = [
  ['ENOSPC', 'fault 43', 'the disk is full'],
  ['EBUSY', 'fault 45', 'another program holds the file'],
  ['EROFS', 'fault 44', 'the disk is read-only'],
] as const;

/** Of each record its task; null where it cannot be read. */
const tasksOf = (entries: (Entry | null)[]) =>
  entries.map((entry) => (entry === null ? null : entry.record.taskId));
const find = (journal: TestJournal) => journal.find(requestIn(journal));

/** The newest record of the request, as the next command reads it. */
function twinOf(journal: TestJournal): Entry {
  const [entry] = find(nextCommand(journal));
  if (!entry) throw new Error('it cannot be read');
  return entry;
}

let journal: TestJournal;
beforeEach(() => {
  journal = journalIn();
});

describe('the search for a record', () => {
  it('is not there where there is no folder, and none is made', () => {
    expect(allIn(journal)).toEqual([]);
    expect(find(journal)).toEqual([]);
    expect(existsSync(journal.folder)).toBe(false);
  });

  it('is no file of another name, even of the same content', async () => {
    const { file } = await recorded(journal);
    const text = readFileSync(file, 'utf8');
    for (const name of ['notes.json', `${requestIn(journal)}.json`, `${path.basename(file)}.bak`])
      writeFileSync(path.join(journal.folder, name), text);
    expect(allIn(journal)).toHaveLength(1);
    expect(journal.warnings).toEqual([]);
  });

  it('may be dropped at the moment it is read: then there was nothing', async () => {
    await recordedAgo(journal, HOUR, { taskId: 'older' });
    const newest = await recorded(journal);
    vi.mocked(readFileSync).mockImplementationOnce((name, options) => {
      rmSync(newest.file);
      return real.readFileSync(name, options);
    });
    expect(tasksOf(find(journal))).toEqual(['older']);
    expect(journal.warnings).toEqual([]);
  });
});

describe('a record', () => {
  it('is in a folder and a file for its owner alone, and is not there before it begins', async () => {
    journal.prepare();
    const entry = journal.draft(fieldsIn(journal));
    expect(namesIn(journal)).toEqual([]);
    await entry.store();
    expect(path.basename(entry.file)).toMatch(/^[0-9a-f]{32}-20261121T120000000Z-[0-9a-f]{6}\.json$/);
    expect(entry.record.created).toBe('2026-11-21T12:00:00.000Z');
    expect(onDisk(entry)).toMatchObject(entry.record);
  });

  it('has a name that sorts behind the others of its request, even with a clock that was set back', async () => {
    const first = await recorded(journal, { taskId: 'first' });
    journal.clock.wallOffset -= DAY;
    await recorded(journal, { taskId: 'second' });
    await recorded(journal, { taskId: 'third' });
    expect(tasksOf(find(journal))).toEqual(['third', 'second', 'first']);
    expect(twinOf(journal).record.created).toBe(dateBefore(journal, 0));
    // A damaged one has its place too.
    renameSync(first.file, `${first.file}.corrupt`);
    await recorded(journal, { taskId: 'fourth' });
    expect(tasksOf(find(journal))).toEqual(['fourth', 'third', 'second', null]);
  });

  it('is read again for what others wrote, and stays as known where it cannot be', async () => {
    const entry = await recorded(journal);
    const twin = twinOf(journal);
    await twin.update({ taskId: 'ckx1' });
    entry.refresh();
    expect(entry.record.taskId).toBe('ckx1');
    twin.drop();
    entry.refresh();
    expect(entry.record.taskId).toBe('ckx1');
  });
});

describe('an update', () => {
  it('of many processes at once loses nothing', async () => {
    const first = journalIn(undefined, { clock: new PatientClock() });
    await recorded(first);
    // Each is held up between reading and writing.
    const held = new Set<unknown>();
    vi.mocked(renameSync).mockImplementation((from, to) => {
      if (held.has(from)) return real.renameSync(from, to);
      held.add(from);
      throw error('EBUSY');
    });
    const updates = Array.from({ length: 12 }, async (_, n) => {
      const entry = twinOf(first);
      await entry.update(({ files }) => ({ files: [...files, { ...FILE, bytes: n }] }));
    });
    await Promise.all(updates);
    expect(
      twinOf(first)
        .record.files.map(({ bytes }) => bytes)
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(held.size).toBe(12);
  });

  it('waits about two seconds for another one, and is then made all the same', async () => {
    const entry = await recorded(journal);
    const lock = held(await journal.lock(path.basename(entry.file), 0));
    await entry.update({ taskId: 'ckx1' });
    expect(journal.clock.now).toBeGreaterThan(SECOND);
    expect(journal.clock.now).toBeLessThan(4 * SECOND);
    expect(onDisk(entry).taskId).toBe('ckx1');
    expect(lock.isOurs()).toBe(true);
  });

  it('fault 46: makes a damaged record whole', async () => {
    const entry = await recorded(journal);
    writeFileSync(entry.file, '{"version":');
    await entry.update({ taskId: 'ckx1' });
    expect(onDisk(entry)).toMatchObject({ ...entry.record, taskId: 'ckx1' });
  });

  it.each(REFUSALS)(
    'that the disk refuses (%s, %s) is warned of, and the command continues',
    async (code, _, words) => {
      const entry = await recorded(journal);
      vi.mocked(renameSync).mockImplementation(refuse(code));
      await entry.update({ taskId: 'ckx1' });
      expect(entry.record.taskId).toBe('ckx1');
      expect(onDisk(entry).taskId).toBeNull();
      expect(journal.warnings).toEqual([
        `The record of this request could not be written (${words}): ${entry.file}`,
      ]);
      expect(namesIn(journal)).toEqual([path.basename(entry.file)]);
    },
  );

  it('fault 45: nor does a record that cannot be dropped stop anything', async () => {
    const entry = await recorded(journal);
    vi.mocked(rmSync).mockImplementationOnce(refuse('EBUSY'));
    entry.drop();
    expect(journal.warnings).toEqual([
      `The record of this request could not be removed (another program holds the file): ${entry.file}`,
    ]);
    entry.drop();
    expect(namesIn(journal)).toEqual([]);
    entry.drop();
    expect(journal.warnings).toHaveLength(1);
  });

  it('hides no bug', async () => {
    const entry = await recorded(journalIn());
    await expect(
      entry.update(() => {
        throw new TypeError('a bug');
      }),
    ).rejects.toThrow(TypeError);
  });
});

describe('a record that is closed', () => {
  it('says at once how the task ended and when its result was delivered, and keeps the rest', async () => {
    const entry = await recorded(journal, { taskId: 'ckx1', phase: 'submitted', status: 'PROGRESS' });
    const before = onDisk(entry);
    const delivered = dateBefore(journal, 0);
    const credits = { quoted: 15, charged: 15, refunded: 15 };
    expect(entry.close('COMPLETED', credits, delivered)).toBeUndefined();
    const checksum = expect.not.stringMatching(String((before as { checksum?: string }).checksum));
    expect(onDisk(entry)).toEqual({ ...before, status: 'COMPLETED', credits, delivered, checksum });
    expect(statSync(entry.file).mode & 0o777).toBe(0o600);
    expect(namesIn(journal)).toEqual([path.basename(entry.file)]);
    expect(twinOf(journal).isPending).toBe(false);
    expect(journal.warnings).toEqual([]);
  });

  it('stays pending where nothing was delivered, and keeps the date of the first delivery', async () => {
    const entry = await recorded(journal, { taskId: 'ckx1', phase: 'submitted' });
    entry.close('COMPLETED', NO_CREDITS, null);
    expect(twinOf(journal).isPending).toBe(true);
    const first = dateBefore(journal, HOUR);
    entry.close('COMPLETED', NO_CREDITS, first);
    const again = twinOf(journal);
    again.close('COMPLETED', NO_CREDITS, dateBefore(journal, 0));
    expect(onDisk(entry).delivered).toBe(first);
    // Nor is it taken back by a command that did not get it.
    again.close('COMPLETED', NO_CREDITS, null);
    expect(onDisk(entry).delivered).toBe(first);
  });

  it('keeps what other processes wrote since it was read', async () => {
    const mine = await recorded(journal);
    const theirs = twinOf(journal);
    await theirs.update({ taskId: 'ckx1', phase: 'submitted', download: '/theirs' });
    mine.close('FAILED', NO_CREDITS, dateBefore(journal, 0));
    expect(onDisk(mine)).toMatchObject({ taskId: 'ckx1', download: '/theirs', status: 'FAILED' });
  });

  it('is not brought back when it was dropped, nor is it by an update', async () => {
    const mine = await recorded(journal);
    twinOf(journal).drop();
    await mine.update({ taskId: 'ckx1' });
    expect(journal.warnings).toEqual([expect.stringContaining('was removed while it ran')]);
    mine.close('COMPLETED', NO_CREDITS, dateBefore(journal, 0));
    expect(namesIn(journal)).toEqual([]);
    rmSync(journal.folder, { recursive: true });
    mine.close('COMPLETED', NO_CREDITS, dateBefore(journal, 0));
    expect(existsSync(journal.folder)).toBe(false);
    expect(journal.warnings).toHaveLength(1);
  });

  it('fault 46: leaves a damaged one for the next command to find', async () => {
    const entry = await recorded(journal);
    writeFileSync(entry.file, '{"version":');
    entry.close('COMPLETED', NO_CREDITS, dateBefore(journal, 0));
    expect(readFileSync(entry.file, 'utf8')).toBe('{"version":');
    expect(find(nextCommand(journal))).toEqual([null]);
  });

  it('is old or new whenever its process is killed', async () => {
    const entry = await recorded(journal, { taskId: 'ckx1', phase: 'submitted' });
    const old = onDisk(entry) as unknown as RawRecord;
    const seen: (string | null)[] = [];
    for (let n = 1, isKilled = true; isKilled; n += 1) {
      writeFileSync(entry.file, encodeRecord(entry.name, old));
      isKilled = await killedAt(n, () => entry.close('COMPLETED', NO_CREDITS, dateBefore(journal, 0)));
      seen.push(onDisk(entry).delivered);
    }
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.slice(0, -1)).toEqual(seen.slice(0, -1).map(() => null));
    expect(seen.at(-1)).toBe(dateBefore(journal, 0));
  });

  it.each(REFUSALS)('that the disk refuses (%s, %s) is warned of, and stays as it was', async (code) => {
    const entry = await recorded(journal, { taskId: 'ckx1', phase: 'submitted' });
    const before = onDisk(entry);
    for (const call of [renameSync, openSync, readFileSync]) {
      vi.mocked<(...args: never[]) => unknown>(call).mockImplementationOnce(refuse(code));
      entry.close('COMPLETED', NO_CREDITS, dateBefore(journal, 0));
      expect(onDisk(entry)).toEqual(before);
      expect(namesIn(journal)).toEqual([path.basename(entry.file)]);
    }
    expect(journal.warnings).toEqual(Array(3).fill(`The record could not be closed: ${entry.file}`));
    expect(journal.clock.sleeps).toEqual([]);
  });

  it('hides no bug', async () => {
    const entry = await recorded(journalIn());
    vi.mocked(renameSync).mockImplementationOnce(() => {
      throw new TypeError('a bug');
    });
    expect(() => entry.close('COMPLETED', NO_CREDITS, null)).toThrow(TypeError);
  });
});

describe('fault 46: a record that cannot be read', () => {
  const damage: [string, (text: string) => string][] = [
    ['cut short', (text) => text.slice(0, 100)],
    ['empty', () => ''],
    ['of zeros', (text) => '\0'.repeat(text.length)],
    [
      'of another request',
      (text) => text.replace(/"request": "[0-9a-f]+"/, `"request": "${'a'.repeat(32)}"`),
    ],
  ];

  it.each(damage)('(%s) is set aside with one warning, and is not read again', async (_, spoil) => {
    const { file } = await recorded(journal);
    const spoilt = spoil(readFileSync(file, 'utf8'));
    writeFileSync(file, spoilt);
    for (let n = 0; n < 2; n += 1) expect(find(journal)).toEqual([null]);
    expect(allIn(journal)).toEqual([]);
    expect(journal.warnings).toEqual([`A record that cannot be read was set aside: ${file}.corrupt`]);
    expect(namesIn(journal)).toEqual([`${path.basename(file)}.corrupt`]);
    expect(readFileSync(`${file}.corrupt`, 'utf8')).toBe(spoilt);
  });

  it('does not hide the others, nor its own place among them', async () => {
    await recordedAgo(journal, 2 * HOUR, { taskId: 'a' });
    const { file } = await recordedAgo(journal, HOUR, { taskId: 'b' });
    writeFileSync(file, 'no');
    expect(tasksOf(find(journal))).toEqual([null, 'a']);
    await recorded(journal, { taskId: 'c' });
    expect(tasksOf(find(journal))).toEqual(['c', null, 'a']);
  });

  it('is none of another request', async () => {
    const { file } = await recorded(journal, { prompt: 'another' });
    writeFileSync(file, 'no');
    expect(find(journal)).toEqual([]);
    expect(journal.warnings).toEqual([]);
  });

  it('counts also where it cannot be set aside', async () => {
    const { file } = await recorded(journal);
    writeFileSync(file, 'no');
    vi.mocked(renameSync).mockImplementation(refuse('EROFS'));
    expect(find(journal)).toEqual([null]);
  });

  it('counts also when another process sets it aside at the same moment', async () => {
    const { file } = await recorded(journal);
    writeFileSync(file, 'no');
    vi.mocked(readFileSync).mockImplementationOnce((name, options) => {
      renameSync(file, `${file}.corrupt`);
      return real.readFileSync(name, options);
    });
    expect(find(journal)).toEqual([null]);
  });
});

describe('a record of a newer version', () => {
  const rewrite = (entry: Entry, change: object) => {
    const raw = { ...onDisk(entry), version: 3, ...change } as unknown as RawRecord;
    writeFileSync(entry.file, encodeRecord(entry.name, raw));
  };

  it('is used and updated as far as it is understood, and keeps every field that is not known', async () => {
    const entry = await recorded(journal, { phase: 'submitted', taskId: 'ckx1' });
    const newer = {
      phase: 'streaming',
      priority: 'high',
      queue: ['fast', null, { at: 1 }],
      later: null,
      credits: { quoted: 15, charged: 15, refunded: null, tax: { rate: 0.19 } },
      files: [{ ...FILE, preview: '/a.jpg' }],
    };
    rewrite(entry, newer);
    const twin = twinOf(journal);
    expect(twin.record).toMatchObject({ phase: 'submitted', taskId: 'ckx1' });
    const credits = { quoted: 15, charged: 15, refunded: 15 };
    await twin.update(({ files }) => ({ credits, files: [...files, { ...FILE, path: '/b' }] }));
    twin.close('FAILED', credits, dateBefore(journal, 0));
    expect(onDisk(entry)).toMatchObject({
      ...{ ...newer, version: 3, status: 'FAILED', delivered: dateBefore(journal, 0) },
      credits: { ...newer.credits, ...credits },
      files: [...newer.files, { ...FILE, path: '/b' }],
    });
    expect(twinOf(journal).record.status).toBe('FAILED');
    expect(namesIn(journal).filter((name) => name.endsWith('.corrupt'))).toEqual([]);
  });

  it('that is not understood counts as one that cannot be read, and is not set aside', async () => {
    const entry = await recorded(journal);
    rewrite(entry, { taskId: ['part-1', 'part-2'] });
    const before = readFileSync(entry.file, 'utf8');
    for (let n = 0; n < 2; n += 1) expect(find(nextCommand(journal))).toEqual([null]);
    expect(allIn(journal)).toEqual([]);
    expect(journal.warnings).toEqual([
      `A record that a newer version of this skill wrote is not understood: ${entry.file}`,
    ]);
    expect(namesIn(journal)).toEqual([entry.name]);
    expect(readFileSync(entry.file, 'utf8')).toBe(before);
  });
});

describe('the sweep', () => {
  it('removes what was last used more than 30 days ago, and nothing of which the outcome is unknown', async () => {
    const used = (change: Partial<RequestRecord>, created = 400) =>
      recordedAgo(journal, created * DAY, { phase: 'submitted', taskId: 'ckx1', ...change });
    const at = (days: number) => dateBefore(journal, days * DAY);
    const old = [
      await used({ delivered: at(31) }),
      await used({ checked: at(31), used: at(31) }),
      await used({}),
      await used({ phase: 'rejected', taskId: null }),
      await used({ phase: 'abandoned', taskId: null }),
    ];
    const kept = [
      await used({ delivered: at(29) }),
      await used({ checked: at(29) }),
      await used({ delivered: at(300), used: at(29) }),
      await used({ phase: 'unknown', taskId: null }),
      await used({ phase: 'submitting', taskId: null }),
      await used({ delivered: at(29) }, 29),
      await used({}, 29),
    ];
    expect(namesIn(journal)).toHaveLength(old.length + kept.length);
    sweepNow(journal);
    expect(namesIn(journal)).toEqual(kept.map(({ name }) => name).sort());
  });

  const fileOf = (journal: TestJournal, name: string) =>
    path.join(
      journal.folder,
      name.includes('.lock') || !/^[0-9a-f]{32}/.test(name) ? 'locks' : name.slice(0, 2),
      name,
    );
  const touch = (journal: TestJournal, name: string, ago: number) => {
    const at = (journal.clock.wall() - ago) / 1000;
    utimesSync(fileOf(journal, name), at, at);
  };
  const leave = (journal: TestJournal, name: string, ago: number, text = '') => {
    writeFileSync(fileOf(journal, name), text);
    touch(journal, name, ago);
  };

  it('removes what crashes left behind: temporary files and locks of yesterday', async () => {
    const { name } = await recorded(journal);
    const request = requestIn(journal);
    const dead = JSON.stringify(DEAD);
    const leftovers = [`${request}.lock`, 'budget.lock', `${request}.lock.0123456789abcdef`];
    for (const name of leftovers) leave(journal, name, 25 * HOUR, dead);
    leave(journal, 'a.json.01234567.tmp', 25 * HOUR);
    // Of these nobody can say whether their owner lives, but for their age.
    const unknown = JSON.stringify({ ...DEAD, host: 'elsewhere' });
    leave(journal, 'old.lock', 31 * DAY, unknown);
    leave(journal, 'unwritten.lock', 31 * DAY);
    const kept = ['b.json.01234567.tmp', 'file-a.lock', 'notes.txt', 'my.lock.txt', 'elsewhere.lock'];
    leave(journal, 'b.json.01234567.tmp', 23 * HOUR);
    leave(journal, 'file-a.lock', 23 * HOUR, dead);
    leave(journal, 'notes.txt', 400 * DAY);
    leave(journal, 'my.lock.txt', 400 * DAY, dead);
    leave(journal, 'elsewhere.lock', 25 * HOUR, unknown);
    sweepNow(journal);
    expect(namesIn(journal)).toEqual([...kept, name].sort());
  });

  it('fault 32: leaves a lock that is held, also when the clock jumps by a day', async () => {
    journal.prepare();
    const lock = held(await journal.lock('budget', 0));
    touch(journal, 'budget.lock', 0);
    for (const jump of [2 * DAY, -4 * DAY, 2 * DAY]) {
      journal.clock.wallOffset += jump;
      sweepNow(journal);
      expect(lock.isOurs()).toBe(true);
    }
  });

  it('keeps what cannot be read as long as it keeps others', async () => {
    const { file, name } = await recordedAgo(journal, 31 * DAY, { phase: 'submitted', taskId: 'ckx1' });
    writeFileSync(file, 'no');
    touch(journal, name, 29 * DAY);
    for (let n = 0; n < 2; n += 1) {
      sweepNow(journal);
      expect(namesIn(journal)).toEqual([`${name}.corrupt`]);
    }
    expect(journal.warnings).toHaveLength(1);
    touch(journal, `${name}.corrupt`, 31 * DAY);
    sweepNow(journal);
    expect(namesIn(journal)).toEqual([]);
  });

  it('fault 45: leaves for later what another program holds', async () => {
    const old = [
      await recordedAgo(journal, 41 * DAY, { phase: 'submitted', taskId: 'ckx1' }),
      await recordedAgo(journal, 40 * DAY, { phase: 'submitted', taskId: 'ckx2' }),
    ];
    let held = 1;
    vi.mocked(rmSync).mockImplementation((file, options) => {
      if (old.some((entry) => entry.file === file) && held-- > 0) refuse('EBUSY')();
      real.rmSync(file, options);
    });
    sweepNow(journal);
    expect(old.filter(({ file }) => existsSync(file))).toHaveLength(1);
    sweepNow(journal);
    expect(namesIn(journal)).toEqual([]);
  });
});

describe('what was spent today', () => {
  const spend = (journal: TestJournal, credits: Partial<Credits>, ago = 0) =>
    recordedAgo(journal, ago, { credits: { quoted: null, charged: null, refunded: null, ...credits } });

  it('is what was charged, or quoted as long as nothing was, without what came back', async () => {
    await spend(journal, { quoted: 15 });
    await spend(journal, { quoted: 15, charged: 20 });
    await spend(journal, { quoted: 15, charged: 30, refunded: 30 });
    await spend(journal, { charged: 40, refunded: 5 });
    await spend(journal, { charged: 1, refunded: 100 });
    expect(await spentIn(journal)).toBe(15 + 20 + 0 + 35 + 0);
  });

  it('counts both submits of a request that was submitted twice: the first may be charged as well', async () => {
    const twice = async (credits: Partial<Credits>) => {
      const journal = journalIn();
      const none = { quoted: null, charged: null, refunded: null };
      await recorded(journal, { resubmitted: true, credits: { ...none, ...credits } });
      return spentIn(journal);
    };
    expect(await twice({ quoted: 15 })).toBe(30);
    expect(await twice({ quoted: 15, charged: 20 })).toBe(35);
    expect(await twice({ charged: 20 })).toBe(40);
    expect(await twice({ quoted: 15, charged: 15, refunded: 15 })).toBe(15);
    expect(await twice({})).toBeNull();
  });

  it('is that of 24 hours', async () => {
    await spend(journal, { charged: 10 }, DAY + 1);
    await spend(journal, { charged: 1 }, DAY);
    expect(await spentIn(journal)).toBe(1);
  });

  it('is not less with a clock that was set back', async () => {
    await spend(journal, { charged: 10 });
    journal.clock.wallOffset -= 3 * DAY;
    await spend(journal, { charged: 1 });
    expect(await spentIn(journal)).toBe(11);
  });
});

describe('a disk that takes no record', () => {
  const expectRefusal = async (
    work: Promise<unknown> | (() => unknown),
    folder: string,
    reason: string,
    lasts = true,
  ) => {
    const { code, message, details } = await failureOf(work);
    expect(code).toBe(lasts ? 'INVALID_PAYLOAD' : 'UNKNOWN_ERROR');
    expect(message).toContain(folder);
    expect(message).toContain(`: ${reason}. `);
    expect(message).toContain('nothing was submitted');
    expect(details.reason).toEqual({ kind: 'unwritableFolder', folder, why: reason, lasts });
  };

  it('fault 44: because a file is where the folder should be', async () => {
    const folder = path.join(tempFolder(), 'file');
    writeFileSync(folder, '');
    await expectRefusal(() => journalIn(folder).prepare(), folder, 'a file is where the folder should be');
    const below = path.join(folder, 'journal');
    await expectRefusal(() => journalIn(below).prepare(), below, 'a folder on the way is a file');
    const { message } = await failureOf(() => journalIn(folder).find('a'.repeat(32)));
    expect(message).toBe(`The records in ${folder} cannot be read: a folder on the way is a file.`);
    await expectRefusal(journalIn(folder).lock('a', 0), folder, 'a folder on the way is a file');
  });

  it('fault 44: because the folder is gone', async () => {
    journal.prepare();
    rmSync(journal.folder, { recursive: true });
    await expectRefusal(journal.draft(fieldsIn(journal)).store(), journal.folder, 'the folder is gone');
    await expectRefusal(journal.lock('a', 0), journal.folder, 'the folder is gone');
  });

  it.each([
    ['fault 43', 'ENOSPC', 'the disk is full', false],
    ['fault 43', 'EDQUOT', 'the disk quota is used up', false],
    ['fault 44', 'EROFS', 'the disk is read-only', true],
    ['fault 44', 'EACCES', 'permission is denied', true],
    ['fault 44', 'EWHATEVER', 'EWHATEVER', false],
  ])('%s: because of %s', async (_, code, reason, lasts) => {
    journal.prepare();
    vi.mocked(openSync).mockImplementation(refuse(code));
    await expectRefusal(journal.draft(fieldsIn(journal)).store(), journal.folder, reason, lasts);
    expect(namesIn(journal)).toEqual([]);
  });

  it('fault 44: a folder where a record should be is one that cannot be read, and no other is kept from being', async () => {
    journal.prepare();
    mkdirSync(journal.draft(fieldsIn(journal)).file.replace(/[0-9a-f]{6}\.json$/, '000000.json'), {
      recursive: true,
    });
    expect(find(journal)).toEqual([null]);
    const other = await recorded(journal, { request: 'f'.repeat(32), taskId: 'ckx9' });
    expect(allIn(journal).map(({ file }) => file)).toEqual([other.file]);
  });
});
